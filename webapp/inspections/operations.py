"""The operations by which a phone fills a draft: each leaves one history row and is safe to send again.

An operation is known by a UUIDv7 that the phone gives it. Sent again it answers with its stored outcome
and changes nothing, so a lost reply or a double tap costs nothing. How they are applied: intake.py.
"""

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple, cast
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, Table
from sqlalchemy.orm import Mapped, mapped_column

from webapp.database import Base, RowId, UtcDateTime, now
from webapp.inspections.answers import REMARK_LENGTH

PHOTO_LIMIT = 9
UNREADABLE = "内容格式有误，未保存。请刷新页面后重试。"


class OperationKind(StrEnum):
    """What an operation does."""

    CREATE = "create"
    ANSWER = "answer"
    REMARK = "remark"
    PHOTO = "photo"
    PHOTO_REMOVE = "photo-remove"
    SUBMIT = "submit"
    DELETE = "delete"


# Operations on the inspection itself; the others are on one item, or on the whole for an empty code.
WHOLE_KINDS = frozenset({OperationKind.CREATE, OperationKind.SUBMIT, OperationKind.DELETE})
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


class Applied(NamedTuple):
    """What later operations, and the same one sent again, have to know of an operation."""

    uuid: UUID
    inspection_id: int
    device: str
    seq: int
    kind: OperationKind
    item: str
    value: str
    body_digest: str
    outcome: Outcome
    revision: int

    @property
    def shows_photos(self) -> bool:
        """Whether the item's photos must be shown anew."""
        return self.kind in PHOTO_KINDS or self.outcome == Outcome.CONFLICT


# For statements that go past the session.
OPERATIONS = cast(Table, Operation.__table__)
APPLIED = tuple(OPERATIONS.c[name] for name in Applied._fields)


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
