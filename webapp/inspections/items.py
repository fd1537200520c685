"""What operations do to the items of a draft: answers, remarks and photos, with the rule for conflicts."""

from collections.abc import Collection
from datetime import datetime
from typing import TYPE_CHECKING, Any, cast
from uuid import UUID

from sqlalchemy import Connection, Table, bindparam, func, insert, select, update
from sqlalchemy.orm.attributes import set_committed_value

from webapp.attachments.models import Attachment
from webapp.database import db, now
from webapp.inspections.answers import REMARK_LENGTH, Answer, InspectionPhoto, ItemState, Value
from webapp.inspections.models import Inspection
from webapp.inspections.operations import (
    APPLIED,
    OPERATIONS,
    PHOTO_KINDS,
    PHOTO_LIMIT,
    Applied,
    Change,
    OperationKind,
    OperationRefused,
    Outcome,
)

if TYPE_CHECKING:
    from webapp.accounts.models import User


# Made once, and sent past the session, whose bookkeeping costs more than they do: every answer on every
# phone sends these.
_answers, _inspections = (cast(Table, model.__table__) for model in (Answer, Inspection))
STATE = ("item", "chapter", "value", "remark", "revision", "rival")
_ANSWERS = select(*(_answers.c[name] for name in STATE)).where(
    _answers.c.inspection_id == bindparam("inspection"),
    _answers.c.item.in_(bindparam("items", expanding=True)),
)
_BEGIN = insert(_answers)
_CHANGE = (
    update(_answers)
    .where(_answers.c.inspection_id == bindparam("inspection"), _answers.c.item == bindparam("code"))
    .values({name: bindparam(name) for name in STATE[2:]})
)
_TOTALS = (
    update(_inspections)
    .where(_inspections.c.id == bindparam("inspection"))
    .values({name: bindparam(name) for name in ("answered", "failed", "changed_at")})
)


class Items:
    """The items of a draft that some changes are about, read in as many statements for one as for fifty."""

    def __init__(
        self, inspection: Inspection, changes: Collection[Change], *, by: "User", database: Connection
    ) -> None:
        self._inspection, self._database = inspection, database
        self.answers: dict[str, ItemState] = {}
        self.read({change.item for change in changes})
        # Items that have no row yet, and those whose row says something else.
        self._begun: set[str] = set()
        self._changed: set[str] = set()
        self._answered, self._failed = inspection.answered, inspection.failed
        self._changed_at: datetime | None = None
        # Older operations decide nothing where the sender has seen them all.
        behind = {change.item for change in changes if self._is_behind(change)}
        self._last = {(last.item, last.kind): last for last in self._last_applied(behind)} if behind else {}
        self._uploads: dict[UUID, Attachment] = {}
        # By attachment the photos that were taken out and whose rows are still there.
        self._taken_out: dict[int, InspectionPhoto] = {}
        if any(change.kind in PHOTO_KINDS for change in changes):
            self._read_photos(changes, by)

    def read(self, codes: Collection[str]) -> None:
        """Read what the draft says of further items."""
        asked = {"inspection": self._inspection.id, "items": list(codes - self.answers.keys())}
        for row in self._database.execute(_ANSWERS, asked):
            self.answers[row.item] = ItemState(*row)

    def write(self) -> None:
        """Write what has changed: a statement for new items, one for others, one for the totals."""
        inspection = self._inspection
        if self._begun:
            place = {"inspection_id": inspection.id, "institution_id": inspection.institution_id}
            self._database.execute(_BEGIN, [place | self._columns(code, STATE) for code in self._begun])
        if changed := self._changed - self._begun:
            rows = [
                {"inspection": inspection.id, "code": code, **self._columns(code, STATE[2:])}
                for code in changed
            ]
            self._database.execute(_CHANGE, rows)
        if self._changed_at is not None:
            totals = {
                "answered": self._answered,
                "failed": self._failed,
                "changed_at": self._changed_at,
            }
            self._database.execute(_TOTALS, {"inspection": inspection.id, **totals})
            for name, value in totals.items():
                set_committed_value(inspection, name, value)
        self._begun, self._changed, self._changed_at = set(), set(), None

    def _columns(self, code: str, names: Collection[str]) -> dict[str, Any]:
        return {name: getattr(self.answers[code], name) for name in names}

    def _is_behind(self, change: Change) -> bool:
        answer = self.answers.get(change.item)
        return answer is not None and change.base < answer.revision

    def _last_applied(self, codes: Collection[str]) -> list[Applied]:
        of_inspection = OPERATIONS.c.inspection_id == self._inspection.id, OPERATIONS.c.item.in_(codes)
        newest = (
            select(func.max(OPERATIONS.c.id))
            .where(*of_inspection, OPERATIONS.c.outcome == Outcome.APPLIED)
            .group_by(OPERATIONS.c.item, OPERATIONS.c.kind)
        )
        found = self._database.execute(select(*APPLIED).where(OPERATIONS.c.id.in_(newest)))
        return [Applied(*row) for row in found]

    def _read_photos(self, changes: Collection[Change], by: "User") -> None:
        named = {uuid for change in changes if (uuid := _uuid(change.value))}
        own = select(Attachment).where(Attachment.uuid.in_(named), Attachment.uploader_id == by.id)
        self._uploads = {attachment.uuid: attachment for attachment in db.session.scalars(own)}
        # Read now: later, what is not written yet would have to be written first.
        _ = self._inspection.photos

    def apply(self, change: Change) -> tuple[Outcome, int]:
        """Apply a change; return what became of it and the item's revision.

        :raises OperationRefused: 404 unknown item, 422 a value that is none; nothing is changed
        """
        self._check(change)
        answer = self.answers.get(change.item) or self._begin(change.item)
        outcome = self._outcome(change, answer)
        if outcome == Outcome.APPLIED:
            self._apply_to(answer, change)
        elif outcome == Outcome.CONFLICT:
            answer.rival = {"op": str(change.op), "kind": change.kind, "value": change.value}
        if outcome != Outcome.SUPERSEDED:
            self._changed.add(change.item)
        return outcome, answer.revision

    def remember(self, operation: Applied) -> None:
        """Let the following changes be measured by this one."""
        if operation.outcome == Outcome.APPLIED:
            self._last[operation.item, operation.kind] = operation

    def _check(self, change: Change) -> None:
        inspection = self._inspection
        whole = change.item == "" and change.kind != OperationKind.ANSWER
        item = inspection.checklist.items.get(change.item)
        if not whole and (item is None or item.subcategory not in inspection.scope):
            raise OperationRefused(404, "清单中没有这一项。")
        if change.kind == OperationKind.ANSWER and change.value not in set(Value):
            raise OperationRefused(422, "请选择“是”“否”或“合理缺项”。")
        if len(change.value) > REMARK_LENGTH:
            raise OperationRefused(422, f"备注最多 {REMARK_LENGTH} 个字，现有 {len(change.value)} 个字。")
        if change.kind == OperationKind.PHOTO:
            self._check_photo(change)

    def _check_photo(self, change: Change) -> None:
        if _uuid(change.value) not in self._uploads:
            raise OperationRefused(422, "照片还没有上传完成，请重新添加。")
        if len(self._inspection.photos_of(change.item)) >= PHOTO_LIMIT:
            raise OperationRefused(422, f"每一项最多 {PHOTO_LIMIT} 张照片。")

    def _begin(self, code: str) -> ItemState:
        chapter = self._inspection.checklist.items[code].subcategory if code else ""
        self.answers[code] = begun = ItemState(code, chapter)
        self._begun.add(code)
        return begun

    def _outcome(self, change: Change, answer: ItemState) -> Outcome:
        """Decide by the item's revision and the device's own order, never by a clock."""
        if change.base >= answer.revision or change.kind in PHOTO_KINDS:
            return Outcome.APPLIED
        last = self._last.get((change.item, change.kind))
        if last is None or last.revision <= change.base or last.value == change.value:
            return Outcome.APPLIED
        if last.device != change.device:
            return Outcome.CONFLICT
        return Outcome.APPLIED if change.seq > last.seq else Outcome.SUPERSEDED

    def _apply_to(self, answer: ItemState, change: Change) -> None:
        match change.kind:
            case OperationKind.ANSWER:
                self._count(answer.value, Value(change.value))
                answer.value = Value(change.value)
            case OperationKind.REMARK:
                answer.remark = change.value
            case OperationKind.PHOTO:
                self._add_photo(change)
            case OperationKind.PHOTO_REMOVE:
                self._remove_photo(change)
        if answer.rival is not None and answer.rival["kind"] == change.kind:
            answer.rival = None
        answer.revision += 1
        self._changed_at = now()

    def _count(self, old: Value | None, new: Value) -> None:
        self._answered += old is None
        self._failed += (new == Value.NO) - (old == Value.NO)

    def _add_photo(self, change: Change) -> None:
        """Tie a photo, uploaded before by the same inspector, to the item."""
        inspection, attachment = self._inspection, self._uploads[UUID(change.value)]
        attachment.belong_to(inspection.institution_id, inspection.district)
        if any(photo.attachment_id == attachment.id for photo in inspection.photos):
            return
        photo = self._taken_out.pop(attachment.id, None) or InspectionPhoto(
            institution_id=inspection.institution_id, attachment_id=attachment.id, attachment=attachment
        )
        photo.item = change.item
        inspection.photos.append(photo)

    def _remove_photo(self, change: Change) -> None:
        for photo in list(self._inspection.photos):
            if photo.item == change.item and str(photo.attachment.uuid) == change.value:
                self._inspection.photos.remove(photo)
                self._taken_out[photo.attachment_id] = photo


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
