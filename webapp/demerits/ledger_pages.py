"""The page 记分台账 of a person, as an institution and a reviewer see it."""

from collections import defaultdict
from collections.abc import Sequence
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import Select, select
from sqlalchemy.orm import joinedload, lazyload, load_only

from webapp.accounts.models import User
from webapp.database import db
from webapp.demerits.ledger import standing_of
from webapp.demerits.models import Demerit
from webapp.demerits.persons import MedicalPerson
from webapp.demerits.petitions import Petition
from webapp.demerits.points import sum_of
from webapp.institutions.models import Institution

# What a page shows; a person with more entries than this has far other worries.
MOST_LINES = 200


class Line(NamedTuple):
    """An entry with what was asked against it; ``is_open`` when the reader may read the entry itself."""

    demerit: Demerit
    petitions: Sequence[Petition]
    is_open: bool

    @property
    def left(self) -> Decimal:
        """What the entry still counts for."""
        return sum_of([self.demerit.points, *(-petition.points_off for petition in self.petitions)])


def ledger_of(person: MedicalPerson, reader: User) -> dict[str, Any]:
    """Return what the page shows, in a fixed number of statements.

    Entries that the reader may not read count as well; of them day and points are shown, nothing else.
    """
    number = person.id_number_index
    entries = db.session.scalars(_entries(number)).all()
    mine = Demerit.visible_to(reader).where(Demerit.id.in_([entry.id for entry in entries]))
    seen = set(db.session.scalars(mine.with_only_columns(Demerit.id)))
    petitions = defaultdict(list)
    for petition in db.session.scalars(_petitions([entry.id for entry in entries])):
        petitions[petition.demerit_id].append(petition)
    return {
        "person": person,
        "standing": standing_of(person),
        "lines": [Line(entry, petitions[entry.id], entry.id in seen) for entry in entries[:MOST_LINES]],
        "has_more": len(entries) > MOST_LINES,
    }


def _entries(number: str) -> Select[Demerit]:
    bearers = select(MedicalPerson.id).where(MedicalPerson.id_number_index == number)
    # The newest are chosen in the index alone, before any entry is read.
    newest = (
        select(Demerit.id)
        .where(Demerit.person_id.in_(bearers), Demerit.submitted_at.is_not(None))
        .order_by(Demerit.recorded_on.desc(), Demerit.id.desc())
        .limit(MOST_LINES + 1)
    )
    return (
        select(Demerit)
        .where(Demerit.id.in_(newest))
        .options(
            load_only(Demerit.uuid, Demerit.points, Demerit.recorded_on, Demerit.district),
            lazyload(Demerit.person),
            joinedload(Demerit.institution).load_only(Institution.name),
        )
        .order_by(Demerit.recorded_on.desc(), Demerit.id.desc())
    )


def _petitions(entries: Sequence[int]) -> Select[Petition]:
    return (
        select(Petition)
        .where(Petition.demerit_id.in_(entries))
        .options(joinedload(Petition.filed_by), joinedload(Petition.decided_by))
        .order_by(Petition.id)
    )
