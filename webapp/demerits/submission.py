"""Handing an entry in: the frozen record with its digest, chained per institution as inspections are."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import select

from webapp.accounts.models import User
from webapp.audit.models import record
from webapp.catalog import DemeritRules
from webapp.chain import digest_of
from webapp.database import db, now
from webapp.demerits.figures import count_entry
from webapp.demerits.models import Demerit
from webapp.demerits.persons import MedicalPerson
from webapp.demerits.thresholds import watched
from webapp.formats import local_date
from webapp.institutions.models import Institution, InstitutionRevision
from webapp.messages.models import Message


def submit(demerit: Demerit, *, by: User, at: datetime | None = None) -> None:
    """Freeze an entry that was kept; submitting a submitted one again changes nothing.

    :param at: when it is handed in, by default now; the demo hands in entries of past months
    """
    if not demerit.is_draft:
        return
    institution = db.session.get_one(Institution, demerit.institution_id, with_for_update=True)
    demerit.revision = db.session.scalars(InstitutionRevision.latest_of(institution.id)).one()
    demerit.district, demerit.level = institution.district, institution.level
    moment = at or now()
    # The table's checks hold for the finished row only, so nothing is written before the digest stands.
    with watched(demerit.person, local_date(moment)), db.session.no_autoflush:
        demerit.submitted_at = moment
        demerit.recorded_on = local_date(moment)
        demerit.record = _record_of(demerit, by)
        _link(demerit)
    for photo in demerit.attachments:
        photo.belong_to(institution.id, institution.district)
        photo.release()
    record("demerit-submitted", by=by, about=demerit, digest=demerit.digest)
    _tell_administrators(demerit, by)
    count_entry(demerit)
    db.session.commit()


def _link(demerit: Demerit) -> None:
    last = db.session.execute(
        select(Demerit.chain_number, Demerit.digest)
        .where(Demerit.institution_id == demerit.institution_id, Demerit.chain_number.is_not(None))
        .order_by(Demerit.chain_number.desc())
        .limit(1)
    ).first()
    number, demerit.previous_digest = last if last else (0, None)
    demerit.chain_number = (number or 0) + 1
    assert demerit.record is not None
    demerit.digest = digest_of(demerit.record, demerit.previous_digest)


def _tell_administrators(demerit: Demerit, scorer: User) -> None:
    others = User.administrators_of(demerit.institution_id).where(User.id != scorer.id)
    Message.send_to_all(
        db.session.scalars(others.with_only_columns(User.id)),
        "收到记分上报",
        f"{scorer.name}上报了{demerit.person.name}的不良执业行为记分，共 {demerit.points} 分。",
        f"/demerits/{demerit.uuid}",
    )


def _record_of(demerit: Demerit, scorer: User) -> dict[str, Any]:
    assert demerit.submitted_at is not None
    person = {name: getattr(demerit.person, name) for name in MedicalPerson.DATA}
    return record_of(
        uuid=demerit.uuid,
        person={"uuid": str(demerit.person.uuid), **person},
        rules=demerit.rules,
        institution={"uuid": str(demerit.institution.uuid), "revision": demerit.revision.digest},
        scorer={"uuid": str(scorer.uuid), "name": scorer.name},
        submitted_at=demerit.submitted_at,
        conduct_on=demerit.conduct_on,
        items=demerit.items,
        points=demerit.points,
        photos=[photo.sha256 for photo in demerit.attachments],
    )


def record_of(
    *,
    uuid: UUID,
    person: dict[str, str],
    rules: DemeritRules,
    institution: dict[str, str],
    scorer: dict[str, str],
    submitted_at: datetime,
    conduct_on: date,
    items: list[str],
    points: Decimal,
    photos: list[str],
) -> dict[str, Any]:
    """Return the record to be frozen.

    :param person: ``uuid`` and a value for each of :attr:`MedicalPerson.DATA`
    :param institution: ``uuid``, and the digest of its ``revision``
    :param scorer: ``uuid`` and ``name``
    :param items: codes of the ticked items
    :param photos: SHA-256 of each photo
    """
    return {
        "demerit": str(uuid),
        "person": person,
        "rules": {"slug": rules.slug, "version": rules.version, "sha256": rules.digest},
        "institution": institution,
        "scorer": scorer,
        "submitted_at": submitted_at.isoformat(),
        "conduct_on": conduct_on.isoformat(),
        "items": {code: str(rules.items[code].points) for code in items},
        "points": str(points),
        "photos": photos,
    }
