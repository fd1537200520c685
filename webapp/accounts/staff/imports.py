"""A staff import between its dry run and its end."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, ClassVar, Self

from sqlalchemy import JSON, ForeignKey, Select, delete, or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, joinedload, mapped_column

from webapp.accounts import members
from webapp.accounts.codes import FirstSignInCode
from webapp.accounts.models import User
from webapp.accounts.staff.rows import Checked, Line, check
from webapp.audit.models import record
from webapp.crypto import EncryptedJson
from webapp.database import Base, PublicId, UtcDateTime, db, now


class StaffImport(PublicId, Base):
    """An administrator's one upload: its rows while it waits for the word, the people's keys after."""

    __tablename__ = "staff_imports"
    LIFETIME: ClassVar[timedelta] = timedelta(hours=1)

    owner_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), unique=True)
    made_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    # The rows carry ID numbers: encrypted like those, here for an hour at most, and never in the browser.
    rows: Mapped[dict[str, Any] | None] = mapped_column(EncryptedJson("staff_imports.rows"))
    people: Mapped[list[int] | None] = mapped_column(JSON(none_as_null=True))

    @classmethod
    def visible_to(cls, user: User) -> Select[Self]:
        """Select the user's own upload while it is fresh."""
        return select(cls).where(cls.owner_id == user.id, cls.made_at > now() - cls.LIFETIME)

    @classmethod
    def keep(cls, lines: Sequence[Line], *, by: User) -> Self:
        """Keep the rows of a dry run without problems, in place of the user's last one and of stale ones."""
        stale = or_(cls.owner_id == by.id, cls.made_at < now() - cls.LIFETIME)
        db.session.execute(delete(cls).where(stale))
        kept = cls(owner_id=by.id, rows={"lines": [[number, cells] for number, cells in lines]})
        db.session.add(kept)
        db.session.commit()
        return kept

    @property
    def lines(self) -> list[Line]:
        """The rows as they were read; none any more once the people are there."""
        return [(number, cells) for number, cells in (self.rows or {"lines": []})["lines"]]

    @property
    def is_done(self) -> bool:
        """Whether the people were added."""
        return self.people is not None

    def confirm(self, *, by: User) -> Checked:
        """Add all the people, or nobody; what has become wrong since the dry run is in the answer."""
        assert by.institution is not None
        checked = check(self.lines, by.institution)
        if checked.problems:
            return checked
        try:
            users = members.add(*checked.staff, by=by)
        except IntegrityError:
            db.session.rollback()  # somebody added one of them at this moment
            again = check(self.lines, by.institution)
            if not again.problems:
                raise
            return again
        self.rows, self.people, self.made_at = None, [user.id for user in users], now()
        record("staff-imported", by=by, about=self, number=len(users))
        db.session.commit()
        return checked

    def take_codes(self, *, by: User) -> list[tuple[User, str]]:
        """Give everybody who was imported and has not signed in yet a code; this works once."""
        mine = User.id.in_(self.people or []), User.institution_id == by.institution_id
        waiting = select(User).where(*mine, User.password_hash == "", User.is_active)
        users = db.session.scalars(waiting.options(joinedload(User.department)).order_by(User.id)).all()
        codes = FirstSignInCode.issue_all(users)
        self.people = []
        record("codes-issued", by=by, about=self, number=len(users))
        db.session.commit()
        return list(zip(users, codes, strict=True))
