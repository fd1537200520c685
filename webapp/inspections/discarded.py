"""What stays of a draft that was deleted: nothing that it said, only which operations had reached it.

A phone that lost the answers to its last operations sends them again; it is told what became of them, and
that whatever it sends beyond them comes too late.
"""

from datetime import datetime
from typing import TYPE_CHECKING, Self
from uuid import UUID

from sqlalchemy import JSON, ForeignKey, Select, select
from sqlalchemy.orm import Mapped, mapped_column

from webapp.audit.models import record
from webapp.database import Base, RowId, UtcDateTime, db, now
from webapp.inspections.models import Inspection
from webapp.inspections.operations import Operation, OperationRefused, Outcome

if TYPE_CHECKING:
    from webapp.accounts.models import User


class DiscardedInspection(RowId, Base):
    """A deleted draft's identifier with the operations that it knew."""

    __tablename__ = "discarded_inspections"

    uuid: Mapped[UUID] = mapped_column(unique=True)
    institution_id: Mapped[int] = mapped_column(ForeignKey("institutions.id"))
    inspector_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    discarded_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    # By the operation's UUID its outcome and the revision that it made.
    operations: Mapped[dict[str, tuple[str, int]]] = mapped_column(JSON)

    @classmethod
    def of(cls, inspector: "User", uuid: UUID) -> Select[Self]:
        """Select what stays of an inspector's own draft."""
        mine = cls.institution_id == inspector.institution_id, cls.inspector_id == inspector.id
        return select(cls).where(cls.uuid == uuid, *mine)

    @classmethod
    def take_place_of(cls, inspection: Inspection, *, by: "User", op: UUID | None = None) -> Self:
        """Delete a draft with its answers and history in the running transaction.

        :param op: the operation that asks for it, to be known from now on
        """
        operations = db.session.execute(
            select(Operation.uuid, Operation.outcome, Operation.revision).where(
                Operation.inspection_id == inspection.id
            )
        )
        known = {str(uuid): (outcome.value, revision) for uuid, outcome, revision in operations}
        if op is not None:
            known[str(op)] = (Outcome.APPLIED.value, 0)
        rest = cls(
            uuid=inspection.uuid,
            institution_id=inspection.institution_id,
            inspector_id=inspection.inspector_id,
            operations=known,
        )
        db.session.add(rest)
        record(
            "inspection-deleted",
            by=by,
            about=inspection,
            answered=inspection.answered,
            total=inspection.total,
        )
        db.session.delete(inspection)
        db.session.flush()
        return rest

    def outcome_of(self, op: UUID) -> tuple[Outcome, int]:
        """Return what became of an operation, and the revision that it made.

        :raises OperationRefused: it had not arrived before the draft was deleted
        """
        if str(op) not in self.operations:
            raise OperationRefused(410, "这次自查的草稿已删除，这条内容没有保存。")
        outcome, revision = self.operations[str(op)]
        return Outcome(outcome), revision


def discard(inspection: Inspection, *, by: "User") -> None:
    """Delete a draft; the database refuses it for a submitted inspection."""
    DiscardedInspection.take_place_of(inspection, by=by)
    db.session.commit()
