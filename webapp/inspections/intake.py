"""Taking operations in: a whole batch in one transaction, each operation with an outcome of its own.

An operation is checked before it changes anything, so a refused one leaves nothing behind and takes no other
with it. The inspection's row is locked meanwhile, or SQLite's writer's lock is held.
"""

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING, Any, Self
from uuid import UUID

from sqlalchemy import bindparam, insert, or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import lazyload

from webapp.database import db
from webapp.inspections.answers import ItemState
from webapp.inspections.discarded import DiscardedInspection
from webapp.inspections.items import Items
from webapp.inspections.models import Inspection
from webapp.inspections.operations import (
    APPLIED,
    OPERATIONS,
    WHOLE_KINDS,
    Applied,
    Change,
    OperationKind,
    OperationRefused,
    Outcome,
)
from webapp.inspections.payloads import Beginning, Manifest
from webapp.inspections.receipts import Piece, Receipt, Result, Unreadable
from webapp.inspections.submission import Incomplete, freeze

if TYPE_CHECKING:
    from webapp.accounts.models import User


# Made once: every answer on every phone sends these.
_DRAFT = (
    select(Inspection)
    .where(
        Inspection.uuid == bindparam("uuid"),
        Inspection.institution_id == bindparam("institution"),
        Inspection.inspector_id == bindparam("inspector"),
    )
    .with_for_update(of=Inspection)
    # Whose it is, is known: the sender's.
    .options(lazyload(Inspection.inspector))
)
_ARRIVED = select(*APPLIED).where(OPERATIONS.c.uuid.in_(bindparam("operations", expanding=True)))
_HISTORY = insert(OPERATIONS)


class Intake:
    """A batch on its way into one inspection, which may not be there yet, or not any more."""

    def __init__(
        self,
        uuid: UUID,
        changes: Collection[Change],
        *,
        by: "User",
        inspection: Inspection | None = None,
        discarded: DiscardedInspection | None = None,
    ) -> None:
        self.inspection = inspection
        self._uuid, self._changes, self._by, self._discarded = uuid, changes, by, discarded
        self._database = db.session.connection()
        arrived = self._database.execute(_ARRIVED, {"operations": [change.op for change in changes]})
        self._known = {row.uuid: Applied(*row) for row in arrived}
        self._shown: dict[str, list[Applied]] = {}
        self._rivals: set[str] = set()
        self._unwritten: list[dict[str, Any]] = []
        self._items = self._read_items()

    @classmethod
    def open(cls, uuid: UUID, changes: Collection[Change], *, by: "User") -> Self | None:
        """Begin to take a batch in; None where the inspector has no such inspection and begins none."""
        intake = cls._looking(uuid, changes, by)
        if intake._known and intake._is_nowhere:
            # Between two statements of this one, the same batch has begun it: now it is there.
            intake = cls._looking(uuid, changes, by)
        begins = any(change.kind == OperationKind.CREATE for change in changes)
        if intake._is_nowhere and (not begins or _is_somebody_elses(uuid, by)):
            return None
        return intake

    @classmethod
    def _looking(cls, uuid: UUID, changes: Collection[Change], by: "User") -> Self:
        mine = {"uuid": uuid, "institution": by.institution_id, "inspector": by.id}
        inspection = db.session.scalar(_DRAFT, mine)
        discarded = None if inspection else db.session.scalar(DiscardedInspection.of(by, uuid))
        return cls(uuid, changes, by=by, inspection=inspection, discarded=discarded)

    @property
    def _is_nowhere(self) -> bool:
        return self.inspection is None and self._discarded is None

    def take(self, change: Change) -> Result:
        """Take in one operation."""
        try:
            outcome, revision = self.apply(change)
        except OperationRefused as refused:
            return Result(op=change.op, status=refused.status, message=refused.message)
        except Incomplete as why:
            self._rivals.update(why.rivals)
            return Result.of_incomplete(change.op, why)
        return Result.told(change.op, outcome, revision)

    def apply(self, change: Change) -> tuple[Outcome, int]:
        """Apply an operation that is not known yet; return what became of it, now or before.

        :raises OperationRefused: 404 unknown item, 409 the identifier is used for something else, 410 the
            draft was deleted, 422 a value that is none, 423 it was submitted, 424 it was not created
        :raises Incomplete: something is missing for a submission
        """
        if self._discarded is not None:
            return self._discarded.outcome_of(change.op)
        known = self._known.get(change.op)
        if known is not None:
            return self._repeated(known, change)
        if self.inspection is not None and not self.inspection.is_draft:
            raise OperationRefused(423, "本次自查已上报，不能再修改。")
        match change.kind:
            case OperationKind.CREATE:
                self._create(change)
            case OperationKind.SUBMIT:
                self.write()
                freeze(self._draft(), by=self._by, manifest=Manifest.read(change.value))
            case OperationKind.DELETE:
                self.write()
                self._discarded = DiscardedInspection.take_place_of(self._draft(), by=self._by, op=change.op)
                return Outcome.APPLIED, 0
            case _:
                return self._apply_to_item(change)
        return self._keep(change, Outcome.APPLIED, 0)

    def write(self) -> None:
        """Write what was applied so far, and its history."""
        if self._items is not None:
            self._items.write()
        if self._unwritten:
            self._database.execute(_HISTORY, self._unwritten)
            self._unwritten = []

    def pieces(self) -> list[Piece]:
        """What the phone's page has to show anew; nothing of an inspection that can't be filled any more."""
        if self.inspection is None or not self.inspection.is_draft or self._discarded is not None:
            return []
        assert self._items is not None
        if self._rivals:
            # Another device may have brought those that a submission meets: here they are not shown yet.
            self._items.read(self._rivals)
        answers = self._items.answers
        codes = [*self._shown, *sorted(self._rivals - self._shown.keys())]
        return [self._piece(self.inspection, answers[code]) for code in codes]

    def progress(self, pieces: Collection[Piece]) -> dict[str, tuple[int, int]]:
        """Return how many items of each 小类 that is shown anew are answered, and how many it has."""
        chapters = {piece.item.subcategory for piece in pieces if piece.item}
        return {code: self._draft().progress_of(code) for code in sorted(chapters)}

    def _piece(self, inspection: Inspection, answer: ItemState) -> Piece:
        code, operations = answer.item, self._shown.get(answer.item, [])
        is_whole = code in self._rivals or any(each.outcome == Outcome.CONFLICT for each in operations)
        shows_photos = is_whole or any(each.shows_photos for each in operations)
        photos = inspection.photos_of(code) if shows_photos else None
        return Piece(inspection.checklist.items.get(code), answer, photos, is_whole)

    def _read_items(self) -> Items | None:
        if self.inspection is None or not self.inspection.is_draft:
            return None
        changes = [change for change in self._changes if change.kind not in WHOLE_KINDS]
        return Items(self.inspection, changes, by=self._by, database=self._database)

    def _draft(self) -> Inspection:
        if self.inspection is None:
            raise OperationRefused(424, "这次自查还没有建立，这条内容没有保存。")
        return self.inspection

    def _create(self, change: Change) -> None:
        beginning = Beginning.read(change.value)
        if self.inspection is None:
            self.inspection = beginning.begin(self._uuid, by=self._by)
            self._items = self._read_items()
        elif not beginning.is_that_of(self.inspection):
            raise OperationRefused(409, "这次自查已按另一范围建立，请重新开始。")

    def _apply_to_item(self, change: Change) -> tuple[Outcome, int]:
        self._draft()
        assert self._items is not None
        return self._keep(change, *self._items.apply(change))

    def _repeated(self, known: Applied, change: Change) -> tuple[Outcome, int]:
        here = self.inspection is not None and known.inspection_id == self.inspection.id
        if not here or known.body_digest != change.digest:
            raise OperationRefused(409, "这条操作编号已用于另一内容，未保存。请刷新页面后重试。")
        self._show(known)
        return known.outcome, known.revision

    def _keep(self, change: Change, outcome: Outcome, revision: int) -> tuple[Outcome, int]:
        inspection = self._draft()
        # What the others say stands in the inspection itself.
        value = "" if change.kind in WHOLE_KINDS else change.value
        operation = Applied(
            uuid=change.op,
            inspection_id=inspection.id,
            device=change.device,
            seq=change.seq,
            kind=change.kind,
            item=change.item,
            value=value,
            body_digest=change.digest,
            outcome=outcome,
            revision=revision,
        )
        sent = {"user_id": self._by.id, "base": change.base, "at": change.at}
        row = {**operation._asdict(), "institution_id": inspection.institution_id, **sent}
        self._unwritten.append(row)
        self._known[change.op] = operation
        if self._items is not None:
            self._items.remember(operation)
        self._show(operation)
        return outcome, revision

    def _show(self, operation: Applied) -> None:
        if operation.kind not in WHOLE_KINDS:
            self._shown.setdefault(operation.item, []).append(operation)


def receive(
    uuid: UUID, sent: Sequence[Change | Unreadable], *, by: "User", with_progress: bool = False
) -> Receipt | None:
    """Apply what a phone sends, each operation once whatever happens; all of it is kept or, in a crash, none.

    :param with_progress: the receipt is to tell how far the 小类 are that were touched
    :return: None where the inspector has no inspection with this identifier and does not begin it
    """
    try:
        return _receive(uuid, sent, by, with_progress)
    except IntegrityError:
        # The same arrived twice at once, and the other was faster: now it is known.
        db.session.rollback()
        return _receive(uuid, sent, by, with_progress)


def _receive(
    uuid: UUID, sent: Sequence[Change | Unreadable], by: "User", with_progress: bool
) -> Receipt | None:
    changes = [change for change in sent if isinstance(change, Change)]
    intake = Intake.open(uuid, changes, by=by)
    if intake is None:
        return None
    results = [intake.take(each) if isinstance(each, Change) else Result.of_unreadable(each) for each in sent]
    intake.write()
    pieces = intake.pieces()
    receipt = Receipt(results, pieces, intake.inspection, intake.progress(pieces) if with_progress else {})
    db.session.commit()
    return receipt


def apply(inspection: Inspection, *changes: Change, by: "User") -> None:
    """Apply changes to a draft in one transaction: all of them or, where one is refused, none.

    :raises OperationRefused: see :meth:`Intake.apply`
    """
    intake = Intake(inspection.uuid, changes, by=by, inspection=inspection)
    try:
        for change in changes:
            intake.apply(change)
        intake.write()
        db.session.commit()
    except OperationRefused:
        db.session.rollback()
        raise


def _is_somebody_elses(uuid: UUID, by: "User") -> bool:
    """Tell whether another inspector's inspection has this identifier, or had it."""
    taken = [
        select(model.id).where(model.uuid == uuid, model.inspector_id != by.id).exists()
        for model in (Inspection, DiscardedInspection)
    ]
    return db.session.scalar(select(or_(*taken))) or False
