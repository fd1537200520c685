"""Messages, sent by model verbs in their own transaction."""

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar, Self

from sqlalchemy import (
    ColumnElement,
    ForeignKey,
    Index,
    Select,
    String,
    bindparam,
    func,
    insert,
    select,
    text,
    update,
)
from sqlalchemy.orm import Mapped, mapped_column

from webapp.database import Base, PublicId, UtcDateTime, db, now

if TYPE_CHECKING:
    from webapp.accounts.models import User


class Message(PublicId, Base):
    """One message to one user."""

    __tablename__ = "messages"
    # What the unread mark tells apart: more than 99 is 99+.
    COUNTED: ClassVar[int] = 100
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
        """Count what a user has not opened yet, up to :attr:`COUNTED`: every page shows it."""
        return db.session.scalar(_UNREAD, {"user": user.id}) or 0

    @classmethod
    def _unread_by(cls, user_id: Any) -> ColumnElement[bool]:
        # A range of one: for an equality SQLite, without statistics, would walk the index of all messages.
        return cls.user_id.between(user_id, user_id) & cls.read_at.is_(None)

    @classmethod
    def send(cls, to: "User", title: str, body: str, link: str = "") -> None:
        """Add a message to the running transaction."""
        db.session.add(cls(user_id=to.id, title=title, body=body, link=link))

    @classmethod
    def send_to_all(cls, to: Iterable[int], title: str, body: str, link: str = "") -> None:
        """Send the same to several users in one statement.

        :param to: the internal keys of the users
        """
        rows = [{"user_id": user_id, "title": title, "body": body, "link": link} for user_id in to]
        if rows:
            db.session.execute(insert(cls), rows)

    def read_up_to(self) -> None:
        """Mark this message and every older one of its user as read, in one statement."""
        unread = update(Message).where(Message._unread_by(self.user_id), Message.id <= self.id)
        db.session.execute(unread.values(read_at=now()), execution_options={"synchronize_session": False})
        db.session.commit()

    def open(self) -> None:
        """Mark as read; opening again changes nothing."""
        if self.read_at is None:
            self.read_at = now()
            db.session.commit()


# Made once: every page sends it.
_UNREAD = select(func.count()).select_from(
    select(Message.id).where(Message._unread_by(bindparam("user"))).limit(Message.COUNTED).subquery()
)
