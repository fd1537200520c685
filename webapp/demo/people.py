"""Who is in the demo: officials, institutions with their registrations, departments and staff."""

import secrets
from collections.abc import Iterable
from datetime import datetime, time, timedelta
from random import Random
from typing import Any

from sqlalchemy import delete, insert, select, update

from webapp import sitewide
from webapp.accounts import officials
from webapp.accounts.models import Kind, User
from webapp.attachments.models import Attachment
from webapp.catalog import catalog
from webapp.database import db, now
from webapp.demo import cast, photos
from webapp.formats import LOCAL, local_date
from webapp.institutions.changes import propose
from webapp.institutions.departments import Department
from webapp.institutions.models import DocumentKind, Institution, InstitutionRevision
from webapp.institutions.registrations import Registration, register
from webapp.messages.models import Message
from webapp.sample import sample_credit_code, sample_id_number, sample_mobile

READ_AFTER = timedelta(days=7)
rng = Random(20261101)  # noqa: S311 - sample numbers, not secrets


def add_officials() -> None:
    """Add the reviewers, the system administrator and the auditor."""
    for name, mobile, kind, district in cast.OFFICIALS:
        _add_user(name, mobile, kind=kind, district=district, created_at=working_hour(240))
    db.session.commit()
    system = db.session.scalars(select(User).where(User.kind == Kind.SYSTEM)).one()
    (former, left), (newcomer, new) = cast.FORMER, cast.NEWCOMER
    gone = _add_user(
        former, sample_mobile(rng), kind=Kind.REVIEWER, district=left, created_at=working_hour(240)
    )
    officials.deactivate(gone, by=system)
    facts = officials.Facts(
        name=newcomer, id_number=sample_id_number(rng), mobile=sample_mobile(rng), district=new
    )
    officials.add(Kind.REVIEWER, facts, by=system)[0].created_at = working_hour(1)
    sitewide.change(cast.SETTINGS, by=system)


def add_institutions() -> None:
    """Register the institutions, decide on them, and give the approved ones departments and staff."""
    for facts in cast.INSTITUTIONS:
        moment = working_hour(facts["days_ago"])
        registration = _registered(facts, moment)
        if facts.get("waits"):
            continue
        _decided(registration, facts.get("returned"), working_hour(facts["days_ago"] - 1, 14))
        if registration.institution.is_approved:
            _staffed(registration.institution, working_hour(facts["days_ago"] - 1, 16))


def add_change() -> None:
    """Let the clinic ask for another name, as its new licence has it."""
    clinic = db.session.scalars(select(Institution).where(Institution.name == cast.CLINIC)).one()
    administrator = db.session.scalars(User.administrators_of(clinic.id)).one()
    licence = DocumentKind.LICENCE
    photo = Attachment.take_in(photos.licence(licence), f"{licence}.jpg", uploader=administrator)
    db.session.flush()
    present = [str(document.uuid) for document in clinic.documents_of(licence)]
    changes = {"name": [clinic.name, cast.CHANGE["name"]], licence.value: [present, [str(photo.uuid)]]}
    moment = working_hour(cast.CHANGE["days_ago"])
    propose(clinic, changes, by=administrator).submitted_at = moment
    date_messages(moment)


def add_reminders() -> None:
    """Give inspectors a message that they have not read."""
    for inspector in db.session.scalars(select(User).where(User.is_inspector)):
        Message.send(inspector, "自查提醒", "本季度的专项自查请在季度末前完成并上报。", "/inspections/new")
    db.session.commit()
    date_messages(working_hour(1))


def put_messages_in_order() -> None:
    """Let messages lie in the order of their dates, as if each had been sent on its day."""
    rows = db.session.execute(select(Message.__table__).order_by(Message.sent_at, Message.id)).mappings()
    dated = [{name: value for name, value in row.items() if name != "id"} for row in rows]
    db.session.execute(delete(Message))
    db.session.execute(insert(Message), dated)
    db.session.commit()


def working_hour(days_ago: int, hour: int = 10) -> datetime:
    """Return a moment in working hours some days ago; what would be a weekend is the Friday before."""
    day = local_date(now()) - timedelta(days=days_ago)
    day -= timedelta(days=max(0, day.weekday() - 4))
    return datetime.combine(day, time(hour, rng.randrange(60)), LOCAL)


def date_messages(moment: datetime) -> None:
    """Date the messages that the last verb sent; old ones count as read."""
    read_at = moment + timedelta(hours=3) if now() - moment > READ_AFTER else None
    undated = Message.sent_at > now() - timedelta(minutes=1)
    db.session.execute(update(Message).where(undated).values(sent_at=moment, read_at=read_at))
    db.session.commit()


def _registered(facts: dict[str, Any], moment: datetime) -> Registration:
    fields = {name: facts[name] for name in Institution.DATA if name in facts}
    data = fields | {
        "credit_code": sample_credit_code(rng),
        "legal_person_id_number": sample_id_number(rng),
        "contact_phone": sample_mobile(rng),
        "scope": _scope(facts["name"]),
    }
    account = {
        "name": facts["registrant"],
        "id_number": sample_id_number(rng),
        "mobile": facts["mobile"] or sample_mobile(rng),
        "password": cast.PASSWORD,
    }
    applicant = register(data, _documents(), account)
    assert applicant.institution is not None
    applicant.created_at = applicant.institution.created_at = moment
    registration = db.session.scalars(Registration.of(applicant)).one()
    registration.submitted_at = moment
    date_messages(moment)
    return registration


def _scope(name: str) -> list[str]:
    every = catalog().current_checklist().subcategories
    if name == cast.HOSPITAL:
        return [code for code in every if code not in cast.NOT_IN_HOSPITAL]
    return [code for code in every if code in cast.CLINIC_SCOPE]


def _documents() -> dict[DocumentKind, list[Attachment]]:
    return {
        kind: [Attachment.take_in(photos.licence(kind), f"{kind}.jpg", draft=secrets.token_hex(32))]
        for kind in DocumentKind
    }


def _decided(registration: Registration, reason: str | None, moment: datetime) -> None:
    reviewer = db.session.scalars(User.reviewers_of(registration.district)).first()
    assert reviewer is not None
    if reason:
        registration.return_(reason, by=reviewer)
    else:
        registration.approve(by=reviewer)
    registration.decisions[-1].at = moment
    revision = select(InstitutionRevision).where(
        InstitutionRevision.institution_id == registration.institution_id
    )
    for made in db.session.scalars(revision):
        made.made_at = moment
    date_messages(moment)


def _staffed(institution: Institution, moment: datetime) -> None:
    departments = {}
    for number, name in enumerate(cast.DEPARTMENTS[institution.name], start=1):
        departments[name] = Department(institution_id=institution.id, name=name, code=f"KS{number:02d}")
    db.session.add_all(departments.values())
    db.session.flush()
    for name, mobile, department, inspects, scores in _staff_of(institution):
        user = _add_user(
            name,
            mobile or sample_mobile(rng),
            kind=Kind.MEMBER,
            institution=institution,
            department_id=departments[department].id,
            created_at=moment,
        )
        user.grant(inspects=institution.scope if inspects else (), scores=scores)
    db.session.commit()


def _staff_of(institution: Institution) -> Iterable[tuple[str, str | None, str, bool, bool]]:
    return (rest for owner, *rest in cast.STAFF if owner == institution.name)  # type: ignore[misc]


def _add_user(name: str, mobile: str, **columns: Any) -> User:
    user = User(name=name, mobile=mobile, id_number=sample_id_number(rng), **columns)
    user.set_password(cast.PASSWORD)
    db.session.add(user)
    return user
