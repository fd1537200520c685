"""An import between its dry run and its end."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, ClassVar, Self

from sqlalchemy import ForeignKey, Select, delete, or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, declared_attr, mapped_column

from webapp.audit.models import record
from webapp.crypto import EncryptedJson
from webapp.database import PublicId, UtcDateTime, db, now
from webapp.imports.rows import Checked, Line, Problem, Sheet

if TYPE_CHECKING:
    from webapp.accounts.models import User


class Upload(PublicId):
    """Mixin: somebody's one upload, with its rows while it waits for the word.

    A model says in :attr:`SHEET` what its columns are, in :meth:`check` what is right in them, and in
    :meth:`take_over` what becomes of the people.
    """

    __tablename__: str
    LIFETIME: ClassVar[timedelta] = timedelta(hours=1)
    SHEET: ClassVar[Sheet]
    # How the audit log calls what was done, such as ``staff-imported``.
    ACTION: ClassVar[str]

    owner_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), unique=True)
    made_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)

    @declared_attr
    def rows(cls) -> Mapped[dict[str, Any] | None]:
        """The rows carry ID numbers: encrypted like those, an hour at most, and never in the browser."""
        return mapped_column(EncryptedJson(f"{cls.__tablename__}.rows"))

    @classmethod
    def visible_to(cls, user: "User") -> Select[Self]:
        """Select the user's own upload while it is fresh."""
        return select(cls).where(cls.owner_id == user.id, cls.made_at > now() - cls.LIFETIME)

    @classmethod
    def keep(cls, lines: Sequence[Line], *, by: "User") -> Self:
        """Keep the rows of a dry run without problems, in place of the user's last one and of stale ones."""
        stale = or_(cls.owner_id == by.id, cls.made_at < now() - cls.LIFETIME)
        db.session.execute(delete(cls).where(stale))
        kept = cls()
        kept.owner_id, kept.rows = by.id, {"lines": [[number, cells] for number, cells in lines]}
        db.session.add(kept)
        db.session.commit()
        return kept

    @classmethod
    def check(cls, lines: Sequence[Line], by: "User") -> Checked[Any]:
        """Check every row by itself, against the others and against the people there are; write nothing."""
        raise NotImplementedError

    def take_over(self, facts: Sequence[Any], *, by: "User") -> None:
        """Add the people within the running transaction.

        :raises sqlalchemy.exc.IntegrityError: one of them is there already
        """
        raise NotImplementedError

    @property
    def lines(self) -> list[Line]:
        """The rows as they were read; none any more once the people are there."""
        return [(number, cells) for number, cells in (self.rows or {"lines": []})["lines"]]

    @property
    def is_done(self) -> bool:
        """Whether the people were added."""
        return self.rows is None

    def confirm(self, *, by: "User") -> list[Problem]:
        """Add all the people, or nobody; what has become wrong since the dry run is in the answer."""
        checked = self.check(self.lines, by)
        if checked.problems:
            return checked.problems
        try:
            self.take_over(checked.facts, by=by)
        except IntegrityError:
            db.session.rollback()  # somebody added one of them at this moment
            again = self.check(self.lines, by)
            if not again.problems:
                raise
            return again.problems
        self.rows, self.made_at = None, now()
        record(self.ACTION, by=by, about=self, count=len(checked.facts))
        db.session.commit()
        return []
