"""The operations that fill a draft: each is one transaction, one history row, and safe to send again.

An operation is known by a UUIDv7 that the phone gives it. Sent again it answers with its stored outcome
and changes nothing, so a lost reply or a double tap costs nothing.
"""

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, select
from sqlalchemy.orm import Mapped, mapped_column

from webapp.attachments.models import Attachment
from webapp.database import Base, RowId, UtcDateTime, db, now
from webapp.inspections.answers import REMARK_LENGTH, Answer, InspectionPhoto, Value
from webapp.inspections.models import Inspection

if TYPE_CHECKING:
    from webapp.accounts.models import User

PHOTO_LIMIT = 9


class OperationKind(StrEnum):
    """What an operation does to a draft."""

    ANSWER = "answer"
    REMARK = "remark"
    PHOTO = "photo"
    PHOTO_REMOVE = "photo-remove"


PHOTO_KINDS = frozenset({OperationKind.PHOTO, OperationKind.PHOTO_REMOVE})


class Outcome(StrEnum):
    """What became of an operation."""

    APPLIED = "applied"
    # Another device's change came first; both are kept until the inspector chooses.
    CONFLICT = "conflict"
    # The same device had already sent a later change of the same thing.
    SUPERSEDED = "superseded"


class OperationRefused(Exception):
    """The operation can't be applied; ``message`` says why to the inspector, ``status`` to the phone."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.message = message


class Operation(RowId, Base):
    """One applied operation; all of them together are the history of a draft."""

    __tablename__ = "operations"
    __table_args__ = (Index("ix_operations_inspection_id_item_kind", "inspection_id", "item", "kind"),)

    uuid: Mapped[UUID] = mapped_column(unique=True)
    institution_id: Mapped[int] = mapped_column(ForeignKey("institutions.id"))
    inspection_id: Mapped[int] = mapped_column(ForeignKey("inspections.id", ondelete="CASCADE"))
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    device: Mapped[str] = mapped_column(String(40))
    seq: Mapped[int] = mapped_column()
    kind: Mapped[OperationKind] = mapped_column()
    item: Mapped[str] = mapped_column(String(20))
    value: Mapped[str] = mapped_column(String(REMARK_LENGTH))
    base: Mapped[int] = mapped_column()
    # The phone's clock, kept as it was told; nothing is decided by it.
    at: Mapped[str] = mapped_column(String(40))
    received_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    body_digest: Mapped[str] = mapped_column(String(64))
    outcome: Mapped[Outcome] = mapped_column()
    revision: Mapped[int] = mapped_column()

    @property
    def shows_photos(self) -> bool:
        """Whether the item's photos must be shown anew."""
        return self.kind in PHOTO_KINDS or self.outcome == Outcome.CONFLICT


@dataclass(frozen=True, kw_only=True)
class Change:
    """An operation as it was sent."""

    op: UUID
    kind: OperationKind
    item: str
    value: str
    base: int = 0
    device: str = ""
    seq: int = 0
    at: str = ""

    @property
    def digest(self) -> str:
        """SHA-256 of what the operation says, to tell a repetition from an impostor."""
        said = [str(self.op), self.kind, self.item, self.value, self.base, self.device, self.seq]
        return hashlib.sha256(json.dumps(said, ensure_ascii=False).encode()).hexdigest()


def apply(inspection: Inspection, *changes: Change, by: "User") -> list[Operation]:
    """Apply changes to a draft in one transaction and return their history rows.

    A change whose operation is known changes nothing; its stored row is returned.

    :raises OperationRefused: 404 unknown item, 409 the op's id was used for something else, 422 a value
        that is none, 423 the inspection was submitted; nothing of the call is kept
    """
    try:
        operations = [_apply_one(inspection, change, by) for change in changes]
        db.session.commit()
    except OperationRefused:
        db.session.rollback()
        raise
    return operations


def _apply_one(inspection: Inspection, change: Change, by: "User") -> Operation:
    known = db.session.scalar(select(Operation).where(Operation.uuid == change.op))
    if known is not None:
        return _repeated(known, inspection, change)
    _check(inspection, change)
    answer = _answer_of(inspection, change.item)
    outcome = _outcome(inspection, change, answer)
    if outcome == Outcome.APPLIED:
        _write(answer, inspection, change, by)
    elif outcome == Outcome.CONFLICT:
        answer.rival = {"op": str(change.op), "kind": change.kind, "value": change.value}
    operation = Operation(
        uuid=change.op,
        institution_id=inspection.institution_id,
        inspection_id=inspection.id,
        user_id=by.id,
        device=change.device,
        seq=change.seq,
        kind=change.kind,
        item=change.item,
        value=change.value,
        base=change.base,
        at=change.at,
        body_digest=change.digest,
        outcome=outcome,
        revision=answer.revision,
    )
    db.session.add(operation)
    return operation


def _repeated(known: Operation, inspection: Inspection, change: Change) -> Operation:
    if known.inspection_id != inspection.id or known.body_digest != change.digest:
        raise OperationRefused(409, "这条操作编号已用于另一内容，未保存。请刷新页面后重试。")
    return known


def _check(inspection: Inspection, change: Change) -> None:
    if not inspection.is_draft:
        raise OperationRefused(423, "本次自查已上报，不能再修改。")
    whole = change.item == "" and change.kind != OperationKind.ANSWER
    item = inspection.checklist.items.get(change.item)
    if not whole and (item is None or item.subcategory not in inspection.scope):
        raise OperationRefused(404, "清单中没有这一项。")
    if change.kind == OperationKind.ANSWER and change.value not in set(Value):
        raise OperationRefused(422, "请选择“是”“否”或“合理缺项”。")
    if len(change.value) > REMARK_LENGTH:
        raise OperationRefused(422, f"备注最多 {REMARK_LENGTH} 个字，现有 {len(change.value)} 个字。")


def _answer_of(inspection: Inspection, item: str) -> Answer:
    answer = db.session.get(Answer, (inspection.id, item))
    if answer is None:
        answer = Answer(
            inspection_id=inspection.id,
            item=item,
            institution_id=inspection.institution_id,
            chapter=inspection.checklist.items[item].subcategory if item else "",
            value=None,
            remark="",
            revision=0,
        )
        db.session.add(answer)
    return answer


def _outcome(inspection: Inspection, change: Change, answer: Answer) -> Outcome:
    """Decide by the item's revision and the device's own order, never by a clock."""
    if change.base >= answer.revision or change.kind in PHOTO_KINDS:
        return Outcome.APPLIED
    last = db.session.scalar(
        select(Operation)
        .where(
            Operation.inspection_id == inspection.id,
            Operation.item == change.item,
            Operation.kind == change.kind,
            Operation.outcome == Outcome.APPLIED,
        )
        .order_by(Operation.id.desc())
        .limit(1)
    )
    if last is None or last.revision <= change.base or last.value == change.value:
        return Outcome.APPLIED
    if last.device != change.device:
        return Outcome.CONFLICT
    return Outcome.APPLIED if change.seq > last.seq else Outcome.SUPERSEDED


def _write(answer: Answer, inspection: Inspection, change: Change, by: "User") -> None:
    match change.kind:
        case OperationKind.ANSWER:
            _count(inspection, answer.value, Value(change.value))
            answer.value = Value(change.value)
        case OperationKind.REMARK:
            answer.remark = change.value
        case OperationKind.PHOTO_REMOVE:
            _remove_photo(inspection, change)
        case OperationKind.PHOTO:
            _add_photo(inspection, change, by)
    if answer.rival is not None and answer.rival["kind"] == change.kind:
        answer.rival = None
    answer.revision += 1
    inspection.changed_at = now()


def _count(inspection: Inspection, old: Value | None, new: Value) -> None:
    inspection.answered += old is None
    inspection.failed += (new == Value.NO) - (old == Value.NO)


def _add_photo(inspection: Inspection, change: Change, by: "User") -> None:
    """Tie a photo, uploaded before by the same inspector, to the item."""
    attachment = db.session.scalar(
        select(Attachment).where(Attachment.uuid == _uuid(change.value), Attachment.uploader_id == by.id)
    )
    if attachment is None:
        raise OperationRefused(422, "照片还没有上传完成，请重新添加。")
    if len(inspection.photos_of(change.item)) >= PHOTO_LIMIT:
        raise OperationRefused(422, f"每一项最多 {PHOTO_LIMIT} 张照片。")
    attachment.belong_to(inspection.institution_id, inspection.district)
    if all(photo.attachment_id != attachment.id for photo in inspection.photos):
        inspection.photos.append(
            InspectionPhoto(institution_id=inspection.institution_id, attachment=attachment, item=change.item)
        )


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _remove_photo(inspection: Inspection, change: Change) -> None:
    for photo in list(inspection.photos):
        if photo.item == change.item and str(photo.attachment.uuid) == change.value:
            inspection.photos.remove(photo)
