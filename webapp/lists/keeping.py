"""What somebody keeps of a list: filters by name, and the columns that are not to be seen."""

from datetime import datetime
from typing import Any, Self

from sqlalchemy import JSON, ForeignKey, Select, String, Text, UniqueConstraint, select
from sqlalchemy.orm import Mapped, mapped_column

from webapp.accounts.models import User
from webapp.database import Base, PublicId, UtcDateTime, db, now

NAME_LENGTH = 20
# More than this would be a list to search, no longer a row to choose from.
MOST_FILTERS = 20


class TooMany(Exception):
    """Somebody keeps as many filters of a list as there is room for."""


class SavedFilter(PublicId, Base):
    """A list's filters under a name of the reader's own. Never an ID number: the filters refuse them."""

    __tablename__ = "saved_filters"
    __table_args__ = (UniqueConstraint("user_id", "list", "name"),)

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    # The list's endpoint, such as supervision.inspections.
    list: Mapped[str] = mapped_column(String(60))
    name: Mapped[str] = mapped_column(String(NAME_LENGTH))
    query: Mapped[str] = mapped_column(Text)
    made_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)

    @classmethod
    def of(cls, user: User, endpoint: str) -> Select[Self]:
        """Select what a user keeps of one list, the oldest first."""
        return select(cls).where(cls.user_id == user.id, cls.list == endpoint).order_by(cls.id)

    @classmethod
    def keep(cls, user: User, endpoint: str, name: str, query: str) -> Self:
        """Keep filters under a name; one that is kept already takes the new ones.

        :raises TooMany: there is no room for another name
        """
        mine = db.session.scalars(cls.of(user, endpoint)).all()
        found = next((kept for kept in mine if kept.name == name), None)
        if found is None:
            if len(mine) >= MOST_FILTERS:
                raise TooMany
            found = cls(user_id=user.id, list=endpoint, name=name)
            db.session.add(found)
        found.query = query
        db.session.commit()
        return found

    def discard(self) -> None:
        """Keep it no longer."""
        db.session.delete(self)
        db.session.commit()


class HiddenColumns(Base):
    """The columns of a list that somebody does not want to see."""

    __tablename__ = "hidden_columns"

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True)
    list: Mapped[str] = mapped_column(String(60), primary_key=True)
    columns: Mapped[Any] = mapped_column(JSON)

    @classmethod
    def of(cls, user: User, endpoint: str) -> frozenset[str]:
        """Return the keys of the columns that a user hides."""
        hidden = db.session.scalar(select(cls.columns).where(cls.user_id == user.id, cls.list == endpoint))
        return frozenset(hidden or ())

    @classmethod
    def keep(cls, user: User, endpoint: str, columns: set[str]) -> None:
        """Hide these columns from now on, and no others."""
        db.session.merge(cls(user_id=user.id, list=endpoint, columns=sorted(columns)))
        db.session.commit()
