"""What a draft says of its items: answers, remarks and photos."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from webapp.attachments.models import Attachment
from webapp.database import Base, RowId

REMARK_LENGTH = 500


class Value(StrEnum):
    """What an item can be answered with."""

    YES = "yes"
    NO = "no"
    NA = "na"

    @property
    def label(self) -> str:
        """The answer's word on screen."""
        return {"yes": "是", "no": "否", "na": "合理缺项"}[self.value]


class Answer(Base):
    """What a draft says of one item now; how it came to say so is in the operations."""

    __tablename__ = "answers"
    __table_args__ = (CheckConstraint("value IN ('yes', 'no', 'na')", name="value"),)

    inspection_id: Mapped[int] = mapped_column(
        ForeignKey("inspections.id", ondelete="CASCADE"), primary_key=True
    )
    item: Mapped[str] = mapped_column(String(20), primary_key=True)
    institution_id: Mapped[int] = mapped_column(ForeignKey("institutions.id"))
    chapter: Mapped[str] = mapped_column(String(20))
    value: Mapped[Value | None] = mapped_column()
    remark: Mapped[str] = mapped_column(Text, default="")
    revision: Mapped[int] = mapped_column(default=0)
    # A second device's answer that came later from an older sight: {"op", "kind", "value"}.
    rival: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))


@dataclass(slots=True)
class ItemState:
    """An :class:`Answer` while operations change it: as plain values, written by :class:`.items.Items`."""

    item: str
    chapter: str
    value: Value | None = None
    remark: str = ""
    revision: int = 0
    rival: dict[str, Any] | None = None


class InspectionPhoto(RowId, Base):
    """A photo of an item, or of the whole inspection where the item's code is empty."""

    __tablename__ = "inspection_photos"
    __table_args__ = (UniqueConstraint("inspection_id", "attachment_id"),)

    inspection_id: Mapped[int] = mapped_column(ForeignKey("inspections.id", ondelete="CASCADE"), index=True)
    institution_id: Mapped[int] = mapped_column(ForeignKey("institutions.id"))
    attachment_id: Mapped[int] = mapped_column(ForeignKey("attachments.id"))
    item: Mapped[str] = mapped_column(String(20), default="")

    attachment: Mapped[Attachment] = relationship(lazy="joined", innerjoin=True)
