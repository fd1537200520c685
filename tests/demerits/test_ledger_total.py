"""A person's running total: Σ entries − Σ what was taken off, for every order of events."""

from collections import Counter
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from random import Random

import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tests import factories
from tests.sessions import counted_statements
from webapp.accounts.models import User
from webapp.catalog import catalog
from webapp.database import db, uuid7
from webapp.demerits.decisions import decide
from webapp.demerits.ledger import Count, Cycle, cycle_of, standing, standings
from webapp.demerits.models import Demerit
from webapp.demerits.persons import MedicalPerson
from webapp.demerits.petitions import Outcome, PetitionKind, file
from webapp.demerits.submission import submit

DAY = date(2024, 2, 29)
HALF = Decimal("0.5")


@pytest.fixture
def person(scorer: User) -> MedicalPerson:
    made: MedicalPerson = factories.MedicalPersonFactory(institution=scorer.institution)
    return made


def entered(scorer: User, person: MedicalPerson, on: date, *items: str) -> Demerit:
    demerit: Demerit = factories.DemeritFactory(scorer=scorer, person=person, items=list(items))
    submit(demerit, by=scorer, at=datetime(on.year, on.month, on.day, 4, tzinfo=UTC))
    return demerit


def total(person: MedicalPerson, on: date) -> Decimal:
    return standings([person.id_number_index], on)[person.id_number_index].total


days = st.dates(date(2020, 1, 1), date(2032, 12, 31))
counts = st.builds(Count, days, st.integers(0, 24).map(lambda halves: halves * HALF))


@given(st.lists(counts, max_size=30), days, st.randoms())
def test_the_total_is_the_sum_within_the_cycle_in_every_order(
    app: object, entries: list[Count], on: date, random: Random
) -> None:
    rules = catalog().current_demerit_rules()
    found = standing(entries, rules, on)
    shuffled = list(entries)
    random.shuffle(shuffled)
    assert standing(shuffled, rules, on) == found
    if found.cycle is None:
        assert found.total == 0
        return
    start, end = found.cycle
    assert start <= on < end and end.year - start.year == rules.cycle.months // 12
    inside = [count for count in entries if start <= count.on <= on]
    assert found.total == sum((count.points for count in inside), Decimal(0))
    assert start in {count.on for count in inside}
    assert not any(end > count.on > on for count in inside)


@given(st.lists(days, min_size=1, max_size=30).map(sorted))
def test_every_entry_lies_in_one_cycle(app: object, entered_on: list[date]) -> None:
    rules = catalog().current_demerit_rules()
    cycles = [cycle_of(entered_on[: place + 1], rules, day) for place, day in enumerate(entered_on)]
    assert all(
        cycle and cycle.start <= day < cycle.end for cycle, day in zip(cycles, entered_on, strict=True)
    )
    begun = sorted({cycle for cycle in cycles if cycle})
    assert all(earlier.end <= later.start for earlier, later in pairwise(begun))


@pytest.mark.parametrize(
    ("on", "shown"),
    [
        (DAY - timedelta(days=1), "0"),
        (DAY, "1"),
        (date(2026, 2, 27), "1"),
        (date(2026, 2, 28), "0"),
    ],
)
def test_a_cycle_lasts_24_months(scorer: User, person: MedicalPerson, on: date, shown: str) -> None:
    entered(scorer, person, DAY, "A1-02")
    assert total(person, on) == Decimal(shown)


def test_the_first_entry_after_a_cycle_begins_the_next(scorer: User, person: MedicalPerson) -> None:
    for day in (DAY, date(2026, 2, 27), date(2026, 2, 28)):
        entered(scorer, person, day, "A1-02")
    found = standings([person.id_number_index], date(2026, 2, 28))[person.id_number_index]
    assert found.cycle == Cycle(date(2026, 2, 28), date(2028, 2, 28)) and found.total == 1


def test_entries_of_other_institutions_count(scorer: User, other_scorer: User, person: MedicalPerson) -> None:
    elsewhere = factories.MedicalPersonFactory(
        institution=other_scorer.institution, id_number=person.id_number, name=person.name
    )
    entered(scorer, person, DAY, "A1-02")
    entered(other_scorer, elsewhere, DAY, "A2-01")
    entered(scorer, factories.MedicalPersonFactory(institution=scorer.institution), DAY, "A1-02")
    assert total(person, DAY) == total(elsewhere, DAY) == 3


def test_drafts_count_nothing(scorer: User, person: MedicalPerson) -> None:
    factories.DemeritFactory(scorer=scorer, person=person)
    assert total(person, date(2026, 12, 1)) == 0


def test_half_points_add_up_exactly(scorer: User, person: MedicalPerson) -> None:
    (half,) = [item for item in catalog().current_demerit_rules().items.values() if item.points == HALF][:1]
    for days, written in enumerate(("0.5", "1", "1.5", "2", "2.5", "3", "3.5")):
        entered(scorer, person, DAY + timedelta(days=days), half.code)
        assert str(total(person, DAY + timedelta(days=days))) == written


# What happens, to which of the entries there are, and how many days after DAY an entry is recorded: on both
# sides of the end of a cycle, which lies 730 or 731 days after its first day.
events = st.tuples(
    st.sampled_from(["enter", "enter", *Outcome]),
    st.integers(0, 9),
    st.sampled_from([0, 1, 729, 730, 731, 1460]),
)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(events, min_size=1, max_size=10), st.sampled_from([0, 1, 729, 730, 731]))
@example([("enter", 0, 730), ("enter", 0, 0), (Outcome.UPHELD, 1, 0), ("enter", 0, 729)], 0)
def test_the_stored_total_is_entries_less_reversals_in_every_order(
    scorer: User, reviewer: User, happened: list[tuple[str, int, int]], later: int
) -> None:
    person = factories.MedicalPersonFactory(institution=scorer.institution)
    entries: list[Demerit] = []
    off: Counter[int] = Counter()  # in half points, by entry
    for what, which, days_on in happened:
        if what == "enter":
            items = ["A1-05", ["A1-02", "A2-01", "A3-01"][which % 3]]
            entries.append(entered(scorer, person, DAY + timedelta(days=days_on), *items))
        elif entries:
            demerit = entries[which % len(entries)]
            off[demerit.id] += contested(demerit, Outcome(what), off[demerit.id], scorer, reviewer)
    on = max((demerit.recorded_on for demerit in entries), default=DAY) + timedelta(days=later)
    left = [(demerit.recorded_on, demerit.points - off[demerit.id] * HALF) for demerit in entries]
    assert total(person, on) == expected(left, on)


def contested(demerit: Demerit, outcome: Outcome, off: int, scorer: User, reviewer: User) -> int:
    """Let an entry be contested and decided on; return how many half points that takes off."""
    left = demerit.points - off * HALF
    if not left or (outcome == Outcome.PARTLY and left == HALF):
        return 0
    kind = PetitionKind.OBJECTION if outcome == Outcome.PARTLY else PetitionKind.REVERSAL
    petition = file(demerit, kind, "记错了人", [], uuid7(), by=scorer)
    decide(petition, outcome, "已核对", HALF, by=reviewer)
    return {Outcome.UPHELD: int(left * 2), Outcome.PARTLY: 1, Outcome.REJECTED: 0}[outcome]


def expected(left: list[tuple[date, Decimal]], on: date) -> Decimal:
    """Count as a clerk would with a pencil: a new page when two years are over, then add line by line."""
    over, added = date.min, Decimal(0)
    for day, points in sorted(left):
        if day >= over:
            last = (day.month, 28) if (day.month, day.day) == (2, 29) else (day.month, day.day)
            over, added = date(day.year + 2, *last), Decimal(0)
        added += points
    return added if on < over else Decimal(0)


def test_10_000_entries_of_50_institutions_cost_the_statements_of_one(
    as_user: Callable[[User], FlaskClient], reviewer: User, scorer: User, person: MedicalPerson
) -> None:
    demerit = entered(scorer, person, DAY, "A1-02")
    petition = file(demerit, PetitionKind.OBJECTION, "情况不属实", [], uuid7(), by=scorer)
    decide(petition, Outcome.PARTLY, "部分属实", HALF, by=reviewer)
    client = as_user(reviewer)
    spent = []
    for entries in (1, 10_000):
        copy_entries(demerit, person, entries - 1)
        with counted_statements() as adding:
            assert total(person, DAY) == entries - HALF
        with counted_statements() as showing:
            page = client.get(f"/supervision/persons/{person.uuid}")
            assert page.status_code == 200
        spent.append((len(adding), len(showing)))
    assert spent[0] == spent[1] and spent[0][0] == 1
    assert page.text.count("其他机构或人员记录") > 0


def copy_entries(demerit: Demerit, person: MedicalPerson, number: int) -> None:
    """Write an entry so many more times, for the same person in 50 institutions, straight into the tables."""
    if not number:
        return
    twins = [
        factories.MedicalPersonFactory(id_number=person.id_number, institution__district="500103")
        for _ in range(50)
    ]
    columns = [c for c in Demerit.__table__.columns if c.name not in ("id", "uuid", "chain_number")]
    row = {column.name: getattr(demerit, column.key) for column in columns}
    rows = []
    for place in range(number):
        twin = twins[place % len(twins)]
        there = {"person_id": twin.id, "institution_id": twin.institution_id, "district": "500103"}
        rows.append(row | there | {"uuid": uuid7(), "chain_number": 1 + place})
    db.session.execute(db.insert(Demerit), rows)
    db.session.commit()
