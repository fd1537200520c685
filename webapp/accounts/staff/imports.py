"""The import of staff: its rows become accounts, each with a code to sign in with once."""

from collections.abc import Sequence

from sqlalchemy import JSON, select
from sqlalchemy.orm import Mapped, joinedload, mapped_column

from webapp.accounts import members
from webapp.accounts.codes import FirstSignInCode
from webapp.accounts.models import User
from webapp.accounts.staff import rows
from webapp.audit.models import record
from webapp.database import Base, db
from webapp.imports.rows import Checked, Line
from webapp.imports.uploads import Upload


class StaffImport(Upload, Base):
    """An administrator's upload of staff; afterwards it holds the keys of those who get a code."""

    __tablename__ = "staff_imports"
    SHEET = rows.SHEET
    ACTION = "staff-imported"

    people: Mapped[list[int] | None] = mapped_column(JSON(none_as_null=True))

    @classmethod
    def check(cls, lines: Sequence[Line], by: User) -> Checked[members.Facts]:
        """See :func:`webapp.accounts.staff.rows.check`."""
        assert by.institution is not None
        return rows.check(lines, by.institution)

    def take_over(self, facts: Sequence[members.Facts], *, by: User) -> None:
        """Add the accounts, without passwords."""
        self.people = [user.id for user in members.add(*facts, by=by)]

    def take_codes(self, *, by: User) -> list[tuple[User, str]]:
        """Give everybody who was imported and has not signed in yet a code; this works once."""
        mine = User.id.in_(self.people or []), User.institution_id == by.institution_id
        waiting = select(User).where(*mine, User.password_hash == "", User.is_active)
        users = db.session.scalars(waiting.options(joinedload(User.department)).order_by(User.id)).all()
        codes = FirstSignInCode.issue_all(users)
        self.people = []
        record("codes-issued", by=by, about=self, count=len(users))
        db.session.commit()
        return list(zip(users, codes, strict=True))
