"""Messages, sent by model verbs in their own transaction."""

from datetime import datetime
from typing import TYPE_CHECKING, Self

from sqlalchemy import ForeignKey, Index, Select, String, func, select, text
from sqlalchemy.orm import Mapped, mapped_column

from webapp.database import Base, PublicId, UtcDateTime, db, now

if TYPE_CHECKING:
    from webapp.accounts.models import User


class Message(PublicId, Base):
    """One message to one user."""

    __tablename__ = "messages"
    __table_args__ = (
        Index("ix_messages_user_id_id", "user_id", "id"),
        Index(
            "ix_messages_unread",
            "user_id",
            sqlite_where=text("read_at IS NULL"),
            postgresql_where=text("read_at IS NULL"),
        ),
    )

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    title: Mapped[str] = mapped_column(String(100))
    body: Mapped[str] = mapped_column(String(1000))
    # A path inside the app that the message is about; empty for none.
    link: Mapped[str] = mapped_column(String(200), default="")
    sent_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    read_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    @classmethod
    def visible_to(cls, user: "User") -> Select[Self]:
        """Select a user's own messages."""
        return select(cls).where(cls.user_id == user.id)

    @classmethod
    def unread_count(cls, user: "User") -> int:
        """Count what a user has not opened yet."""
        unread = select(func.count()).where(cls.user_id == user.id, cls.read_at.is_(None))
        return db.session.scalar(unread) or 0

    @classmethod
    def send(cls, to: "User", title: str, body: str, link: str = "") -> None:
        """Add a message to the running transaction."""
        db.session.add(cls(user_id=to.id, title=title, body=body, link=link))

    def open(self) -> None:
        """Mark as read; opening again changes nothing."""
        if self.read_at is None:
            self.read_at = now()
            db.session.commit()
