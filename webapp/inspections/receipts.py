"""What a phone is told of the operations it sent; docs/offline.md describes it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple, Self
from uuid import UUID

from webapp.attachments.models import Attachment
from webapp.catalog import Item
from webapp.inspections.answers import ItemState
from webapp.inspections.models import Inspection
from webapp.inspections.operations import UNREADABLE, Outcome
from webapp.inspections.submission import Incomplete

RIVALS = "两台设备填得不同，请选择保留哪一个。"


class Unreadable(NamedTuple):
    """Something in a batch that is no operation; ``op`` is what it calls itself."""

    op: str


@dataclass(frozen=True, kw_only=True)
class Result:
    """What a phone is told of one operation, see docs/offline.md."""

    op: UUID | str
    status: int = 200
    outcome: str | None = None
    revision: int | None = None
    message: str | None = None
    missing: dict[str, Sequence[str]] | None = None

    @classmethod
    def told(cls, op: UUID, outcome: Outcome, revision: int) -> Self:
        """An operation that was taken in, now or before."""
        if outcome == Outcome.CONFLICT:
            return cls(op=op, status=409, outcome=outcome, revision=revision, message=RIVALS)
        return cls(op=op, outcome=outcome, revision=revision)

    @classmethod
    def of_unreadable(cls, sent: Unreadable) -> Self:
        """Something that is no operation."""
        return cls(op=sent.op, status=422, message=UNREADABLE)

    @classmethod
    def of_incomplete(cls, op: UUID, why: Incomplete) -> Self:
        """A submission that has to wait."""
        missing: dict[str, Sequence[str]] = {
            "items": [item.code for item in why.missing],
            "rivals": why.rivals,
            "ops": why.operations,
            "photos": why.photos,
        }
        return cls(op=op, status=409, message=str(why), missing=missing)


class Piece(NamedTuple):
    """An item, or the whole for none, that has to be shown anew: its state, its photos, or all of it."""

    item: Item | None
    answer: ItemState
    photos: list[Attachment] | None
    is_whole: bool

    @property
    def code(self) -> str:
        """The item's code, empty for the whole inspection."""
        return self.item.code if self.item else ""


@dataclass(frozen=True)
class Receipt:
    """What became of a batch, operation by operation, and what has to be shown anew."""

    results: list[Result]
    pieces: list[Piece]
    inspection: Inspection | None
    # By 小类 how many of its items are answered, and how many it has; empty where nobody asked.
    progress: dict[str, tuple[int, int]]
