"""记分台账: what a person has within the scoring cycle, whichever institutions recorded it.

A cycle begins with the first entry after the cycle before has ended, and lasts as many months as the rules
in force say. An entry counts on its 记分日期; what a reviewer took off it is subtracted in the cycle of the
entry, whenever that was decided. An entry that was withdrawn keeps its place: it still begins a cycle, so
that withdrawing one entry never moves another into a different cycle.
"""

from calendar import monthrange
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import Select, func, select, union_all

from webapp.catalog import DemeritRules, Threshold, catalog
from webapp.catalog.reference import today
from webapp.database import db
from webapp.demerits.models import Demerit
from webapp.demerits.persons import MedicalPerson
from webapp.demerits.petitions import Petition
from webapp.demerits.points import sum_of


class Cycle(NamedTuple):
    """A scoring cycle: its first day, and the first day after it."""

    start: date
    end: date

    @property
    def last(self) -> date:
        """The last day."""
        return self.end - timedelta(days=1)


class Standing(NamedTuple):
    """What a person has in the cycle of a day; ``cycle`` is None when none runs."""

    cycle: Cycle | None
    total: Decimal
    reached: Threshold | None
    rules: DemeritRules

    @property
    def missing(self) -> Decimal | None:
        """How many points are left to the next threshold."""
        return sum_of([self.next.points, -self.total]) if self.next else None

    @property
    def next(self) -> Threshold | None:
        """The threshold that comes next, if one is left."""
        left = (threshold for threshold in self.rules.thresholds if threshold.points > self.total)
        return min(left, key=lambda threshold: threshold.points, default=None)


class Count(NamedTuple):
    """Entries of one 记分日期 as the sum needs them: their points less what was taken off."""

    on: date
    points: Decimal


def standings(numbers: Collection[str], on: date | None = None) -> dict[str, Standing]:
    """Return the standing of each person, by one statement for all of them.

    :param numbers: blind indexes of ID numbers
    :param on: the day whose cycle is meant, by default today in Chongqing
    """
    day = on or today()
    counts: defaultdict[str, list[Count]] = defaultdict(list)
    for number, recorded_on, points in db.session.execute(_counted(numbers)):
        counts[number].append(Count(recorded_on, points))
    rules = _rules_on(day)
    return {number: standing(counts[number], rules, day) for number in numbers}


def standing_of(person: MedicalPerson) -> Standing:
    """Return the standing of one person today."""
    return standings([person.id_number_index])[person.id_number_index]


def standing(counts: Iterable[Count], rules: DemeritRules, on: date) -> Standing:
    """Add up the entries within the cycle that a day lies in.

    :param counts: a person's entries in any order
    """
    earlier = sorted(count for count in counts if count.on <= on)
    cycle = cycle_of([count.on for count in earlier], rules, on)
    total = sum_of(count.points for count in earlier if cycle and count.on >= cycle.start)
    reached = [threshold for threshold in rules.thresholds if threshold.points <= total]
    return Standing(cycle, total, max(reached, key=lambda one: one.points, default=None), rules)


def cycle_of(days: Sequence[date], rules: DemeritRules, on: date) -> Cycle | None:
    """Return the cycle that a day lies in, or None when the last one has ended.

    :param days: days of entries up to that day, the oldest first
    """
    cycle = None
    for day in days:
        if cycle is None or day >= cycle.end:
            start = day if rules.cycle.start == "first_entry" else date(day.year, 1, 1)
            cycle = Cycle(start, _months_later(start, rules.cycle.months))
    return cycle if cycle and on < cycle.end else None


def _rules_on(day: date) -> DemeritRules:
    """The rules in force on a day; those of today for a day before the first version."""
    try:
        return catalog().current_demerit_rules(day)
    except KeyError:
        return catalog().current_demerit_rules()


def _counted(numbers: Collection[str]) -> Select[Any]:
    """Select number, 记分日期 and points, less what was taken off, of every day with entries of the persons.

    The database adds up: of ten thousand entries only their days are fetched.
    """
    theirs = MedicalPerson.id_number_index.in_(numbers)
    columns = MedicalPerson.id_number_index.label("number"), Demerit.recorded_on.label("day")
    entered = (
        select(*columns, Demerit.points.label("points"))
        .join(MedicalPerson, MedicalPerson.id == Demerit.person_id)
        .where(theirs, Demerit.submitted_at.is_not(None))
    )
    taken_off = (
        select(*columns, -Petition.points_off)
        .join(MedicalPerson, MedicalPerson.id == Demerit.person_id)
        .join(Petition, Petition.demerit_id == Demerit.id)
        .where(theirs, Petition.decided_at.is_not(None))
    )
    both = union_all(entered, taken_off).subquery().c
    return select(both.number, both.day, func.sum(both.points)).group_by(both.number, both.day)


def _months_later(day: date, months: int) -> date:
    """The same day so many months later; the 31st of a shorter month is its last day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
