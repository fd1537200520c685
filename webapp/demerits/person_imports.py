"""The import of medical persons between its dry run and its end."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from sqlalchemy.orm import Mapped, mapped_column

from webapp.database import Base
from webapp.demerits import person_rows
from webapp.demerits.persons import MedicalPerson
from webapp.imports.rows import Checked, Line
from webapp.imports.uploads import Upload

if TYPE_CHECKING:
    from webapp.accounts.models import User


class PersonImport(Upload, Base):
    """A scorer's upload of medical persons."""

    __tablename__ = "person_imports"
    SHEET = person_rows.SHEET
    ACTION = "persons-imported"

    # How many there were, once they are there.
    added: Mapped[int | None] = mapped_column()

    @classmethod
    def check(cls, lines: Sequence[Line], by: "User") -> Checked[dict[str, str]]:
        """See :func:`webapp.demerits.person_rows.check`."""
        assert by.institution_id is not None
        return person_rows.check(lines, by.institution_id)

    def take_over(self, facts: Sequence[dict[str, str]], *, by: "User") -> None:
        """Add the persons to the scorer's institution."""
        self.added = len(MedicalPerson.add_all(facts, by=by))
