"""Handing an inspection in: what is missing, and the frozen record with its digest.

The record holds the answers, remarks and photo digests, and names the checklist's file and the
institution's revision by their digests: a published checklist never changes, so its digest pins every
item's text and law. The record's own SHA-256 (FIPS 180-4) includes the digest of the institution's record
before it, so a record that is changed, dropped or slipped in breaks the chain.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import delete, select

from webapp.accounts.models import User
from webapp.audit.models import record
from webapp.chain import digest_of
from webapp.database import db, now
from webapp.formats import local_date
from webapp.inspections.answers import Answer
from webapp.inspections.figures import sums_of
from webapp.inspections.models import Inspection, InspectionKind
from webapp.inspections.payloads import Manifest
from webapp.institutions.models import Institution, InstitutionRevision
from webapp.messages.models import Message
from webapp.sums import Sums

if TYPE_CHECKING:
    from webapp.catalog import Checklist, Item


class Incomplete(Exception):
    """Something stands in the way of handing in.

    Items without answer; codes of those with two answers to choose between, empty for the whole; and what the
    phone has sent, but nobody has received: operations and photos by their UUIDs.
    """

    def __init__(
        self,
        missing: "list[Item]",
        rivals: Sequence[str],
        operations: Sequence[str] = (),
        photos: Sequence[str] = (),
    ) -> None:
        self.missing = missing
        self.rivals = rivals
        self.operations = operations
        self.photos = photos
        super().__init__(f"还不能上报：{'，'.join(self._reasons())}。")

    def _reasons(self) -> list[str]:
        reasons = {
            "{} 项没有回答": self.missing,
            "{} 项在两台设备上填得不同，请先选定": self.rivals,
            "{} 条内容还没有传到": self.operations,
            "{} 张照片还没有传到": self.photos,
        }
        return [words.format(len(what)) for words, what in reasons.items() if what]


def submit(inspection: Inspection, *, by: User, at: datetime | None = None) -> None:
    """Freeze a draft; submitting a submitted one again changes nothing.

    :param at: when it is handed in, by default now; the demo hands in records of past months
    :raises Incomplete: items are unanswered, or two devices' answers wait for a choice
    """
    if inspection.is_draft:
        freeze(inspection, by=by, at=at)
        db.session.commit()


def freeze(
    inspection: Inspection, *, by: User, at: datetime | None = None, manifest: Manifest | None = None
) -> None:
    """Freeze a draft in the running transaction.

    :param manifest: what else must have arrived
    :raises Incomplete: something is missing; nothing is changed
    """
    answers = inspection.answers()
    _check(inspection, answers, manifest)
    institution = db.session.get_one(Institution, inspection.institution_id, with_for_update=True)
    inspection.revision = db.session.scalars(InstitutionRevision.latest_of(institution.id)).one()
    inspection.district, inspection.level = institution.district, institution.level
    # The table's checks hold for the finished row only, so nothing is written before the digest stands.
    with db.session.no_autoflush:
        inspection.submitted_at = at or now()
        inspection.inspected_on = local_date(inspection.submitted_at)
        inspection.record = _record_of(inspection, answers)
        _link(inspection)
    db.session.execute(delete(Answer).where(Answer.inspection_id == inspection.id))
    for photo in inspection.photos:
        photo.attachment.belong_to(institution.id, institution.district)
        photo.attachment.release()
    record("inspection-submitted", by=by, about=inspection, digest=inspection.digest)
    _tell_administrators(inspection)
    # Last, because whoever counts into the same month waits from here to the end.
    sums_of(inspection, Sums()).store()


def _check(inspection: Inspection, answers: dict[str, Answer], manifest: Manifest | None) -> None:
    missing = [i for i in inspection.items if i.code not in answers or answers[i.code].value is None]
    rivals = [code for code in ("", *(item.code for item in inspection.items)) if _has_rival(answers, code)]
    operations = manifest.missing_operations(inspection) if manifest else []
    photos = manifest.missing_photos(inspection) if manifest else []
    if missing or rivals or operations or photos:
        raise Incomplete(missing, rivals, operations, photos)


def _has_rival(answers: dict[str, Answer], code: str) -> bool:
    return code in answers and answers[code].rival is not None


def _link(inspection: Inspection) -> None:
    last = db.session.execute(
        select(Inspection.chain_number, Inspection.digest)
        .where(Inspection.institution_id == inspection.institution_id, Inspection.chain_number.is_not(None))
        .order_by(Inspection.chain_number.desc())
        .limit(1)
    ).first()
    number, inspection.previous_digest = last if last else (0, None)
    inspection.chain_number = (number or 0) + 1
    assert inspection.record is not None
    inspection.digest = digest_of(inspection.record, inspection.previous_digest)


def _tell_administrators(inspection: Inspection) -> None:
    """Send a message to each administrator but the one who handed in: one query, one insert."""
    inspector = inspection.inspector
    others = User.administrators_of(inspection.institution_id).where(User.id != inspector.id)
    Message.send_to_all(
        db.session.scalars(others.with_only_columns(User.id)),
        f"收到自查上报：{inspection.short_titles}",
        f"{inspector.name}上报了{inspection.kind_title}，"
        f"共 {inspection.total} 项，否 {inspection.failed} 项。",
        f"/inspections/{inspection.uuid}",
    )


def _record_of(inspection: Inspection, answers: dict[str, Answer]) -> dict[str, Any]:
    assert inspection.submitted_at is not None
    photos: dict[str, list[str]] = {}
    for photo in inspection.photos:
        photos.setdefault(photo.item, []).append(photo.attachment.sha256)
    whole = answers.get("")
    return record_of(
        uuid=inspection.uuid,
        kind=inspection.kind,
        checklist=inspection.checklist,
        institution={"uuid": str(inspection.institution.uuid), "revision": inspection.revision.digest},
        inspector={"uuid": str(inspection.inspector.uuid), "name": inspection.inspector.name},
        submitted_at=inspection.submitted_at,
        remark=whole.remark if whole else "",
        answers={code: [answer.value, answer.remark] for code, answer in sorted(answers.items()) if code},
        photos=photos,
    )


def record_of(
    *,
    uuid: UUID,
    kind: InspectionKind,
    checklist: "Checklist",
    institution: dict[str, str],
    inspector: dict[str, str],
    submitted_at: datetime,
    remark: str,
    answers: Mapping[str, Sequence[str | None]],
    photos: dict[str, list[str]],
) -> dict[str, Any]:
    """Return the record to be frozen.

    :param institution: ``uuid``, and the digest of its ``revision``
    :param inspector: ``uuid`` and ``name``
    :param answers: value and remark by item code, in the order of the codes
    :param photos: SHA-256 of each photo by item code
    """
    return {
        "inspection": str(uuid),
        "kind": kind,
        "checklist": {"slug": checklist.slug, "version": checklist.version, "sha256": checklist.digest},
        "institution": institution,
        "inspector": inspector,
        "submitted_at": submitted_at.isoformat(),
        "remark": remark,
        "answers": answers,
        "photos": photos,
    }
