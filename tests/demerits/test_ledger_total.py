"""A person's running total: Σ entries − Σ what was taken off, for every order of events."""

from collections import Counter
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from random import Random

import pytest
from flask.testing import FlaskClient
from hypothesis import given
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
    for _ in range(7):
        entered(scorer, person, DAY, half.code)
    assert total(person, DAY) == Decimal("3.5") and str(total(person, DAY)) == "3.5"


@pytest.mark.parametrize("seed", range(6))
def test_the_stored_total_is_entries_less_what_was_taken_off(
    scorer: User, reviewer: User, person: MedicalPerson, seed: int
) -> None:
    """The same with rows: entries, reversals and objections in a random order on both sides of a boundary."""
    random = Random(seed)
    entries: list[Demerit] = []
    off: Counter[int] = Counter()
    day = DAY
    for _ in range(14):
        step = random.choice(["enter", "enter", Outcome.UPHELD, Outcome.REJECTED, Outcome.PARTLY])
        if step == "enter" or not entries:
            day += timedelta(days=random.choice([0, 1, 90, 365]))
            entries.append(entered(scorer, person, day, *random.sample(["A1-02", "A2-01", "A3-01"], 2)))
            continue
        demerit = random.choice(entries)
        left = demerit.points - Decimal(off[demerit.id]) / 2
        if not left:
            continue
        kind = PetitionKind.OBJECTION if step == Outcome.PARTLY else PetitionKind.REVERSAL
        petition = file(demerit, kind, "记错了人", [], uuid7(), by=scorer)
        part = HALF if step == Outcome.PARTLY and left > HALF else left
        outcome = Outcome.UPHELD if part == left and step == Outcome.PARTLY else step
        decide(petition, outcome, "已核对", part, by=reviewer)
        off[demerit.id] += 0 if outcome == Outcome.REJECTED else int(part * 2)
    found = standings([person.id_number_index], day)[person.id_number_index]
    assert found.cycle is not None
    inside = [demerit for demerit in entries if demerit.recorded_on >= found.cycle.start]
    assert found.total == sum((d.points - Decimal(off[d.id]) / 2 for d in inside), Decimal(0))


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
