"""Figures kept beside inspections and demerits are what counting the records gives, whatever happened."""

from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from threading import Barrier, Thread
from typing import Any

import pytest
from click.testing import Result
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select, update

from tests import factories
from tests.counting import counted, kept
from tests.supervision.records import registration_in, shortest_scope
from webapp.accounts.models import User
from webapp.database import db, uuid7
from webapp.demerits.decisions import decide
from webapp.demerits.figures import DemeritFigures, DemeritItem
from webapp.demerits.models import Demerit
from webapp.demerits.petitions import OUTCOMES, Outcome, PetitionKind, file, points_left, problem
from webapp.demerits.submission import submit as submit_demerit
from webapp.inspections.answers import Value
from webapp.inspections.figures import (
    FailedItem,
    InspectionFigures,
)
from webapp.inspections.intake import apply
from webapp.inspections.models import Inspection, InspectionKind
from webapp.inspections.operations import Change, OperationKind
from webapp.inspections.submission import submit
from webapp.institutions.models import Institution
from webapp.recount import rebuild_if_missing

HALF = Decimal("0.5")
DISTRICTS, LEVELS = ("500103", "500106"), ("二级", "未定级")
ITEMS = ("A1-01", "A1-02", "A2-01", "A3-01")
DAYS = [date(2026, month, day) for month in (9, 10) for day in (1, 30)]

days = st.sampled_from(DAYS)
answers = st.lists(st.sampled_from(Value), min_size=4, max_size=4)
events = st.one_of(
    st.tuples(st.just("inspect"), days, st.sampled_from(InspectionKind), answers),
    st.tuples(st.just("record"), days, st.sets(st.sampled_from(ITEMS), min_size=1)),
    st.tuples(st.just("decide"), st.sampled_from(PetitionKind), st.sampled_from(Outcome)),
    st.tuples(st.just("move"), st.sampled_from(DISTRICTS), st.sampled_from(LEVELS)),
    st.tuples(st.just("review"), st.booleans()),
)


class Town:
    """One institution's people and the reviewers, who do what a test draws."""

    def __init__(self) -> None:
        institution = factories.InstitutionFactory()
        self.inspector: User = factories.UserFactory(inspector=True, institution=institution)
        self.scorer: User = factories.UserFactory(scorer=True, institution=institution)
        self.reviewer: User = factories.UserFactory(reviewer=True)

    def inspect(self, day: date, kind: InspectionKind, values: list[Value]) -> None:
        """Hand in an inspection whose first items have these answers; a draft of another stays one."""
        handed_in(self.inspector, day, values, kind=kind)
        factories.InspectionFactory(inspector=self.inspector)

    def record(self, day: date, items: set[str]) -> None:
        demerit = factories.DemeritFactory(scorer=self.scorer, items=sorted(items), conduct_on=day)
        submit_demerit(demerit, by=self.scorer, at=noon(day))
        factories.DemeritFactory(scorer=self.scorer)

    def decide(self, kind: PetitionKind, outcome: Outcome) -> None:
        """Contest the newest entry that can be, and answer."""
        entries = db.session.scalars(select(Demerit).order_by(Demerit.id.desc())).all()
        open_ones = [entry for entry in entries if problem(entry, kind, entry.recorded_on) is None]
        if not open_ones:
            return
        petition = file(open_ones[0], kind, "记错了人", (), uuid7(), by=self.scorer)
        if outcome not in OUTCOMES[kind] or (outcome == Outcome.PARTLY and points_left(open_ones[0]) <= HALF):
            outcome = Outcome.REJECTED
        decide(petition, outcome, "已核实", HALF, by=self.reviewer)

    def move(self, district: str, level: str) -> None:
        """What was handed in before keeps its district and level."""
        institution = self.scorer.institution
        assert institution is not None
        institution.district, institution.level = district, level
        db.session.commit()

    def review(self, approves: bool) -> None:
        registration = registration_in(factories.DISTRICT)
        if approves:
            registration.approve(by=self.reviewer)
        else:
            registration.return_("照片不清楚", by=self.reviewer)


def noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 4, tzinfo=UTC)


def handed_in(inspector: User, day: date, values: Iterable[str], **data: Any) -> Inspection:
    draft: Inspection = factories.InspectionFactory(inspector=inspector, scope=shortest_scope(), **data)
    said = [*values, *[Value.YES] * len(draft.items)][: len(draft.items)]
    changes = [
        Change(op=uuid7(), kind=OperationKind.ANSWER, item=item.code, value=value)
        for item, value in zip(draft.items, said, strict=True)
    ]
    apply(draft, *changes, by=inspector)
    submit(draft, by=inspector, at=noon(day))
    return draft


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(events, min_size=3, max_size=9))
def test_figures_equal_a_recount(app: Flask, drawn: list[tuple[Any, ...]]) -> None:
    town = Town()
    for name, *details in drawn:
        getattr(town, name)(*details)
    assert kept() == counted()


@pytest.fixture
def town(app: Flask) -> Town:
    """One with something of everything."""
    town = Town()
    town.inspect(DAYS[0], InspectionKind.FULL, [Value.NO, Value.NA])
    town.record(DAYS[1], {"A1-01", "A3-01"})
    town.record(DAYS[2], {"A2-01"})
    town.decide(PetitionKind.REVERSAL, Outcome.UPHELD)
    return town


def test_what_was_drawn_counts_something(town: Town) -> None:
    assert all(counts for counts in counted().values())


def run(app: Flask, command: str) -> Result:
    return app.test_cli_runner().invoke(args=["figures", command])


def test_verify_finds_nothing_wrong(app: Flask, town: Town) -> None:
    result = run(app, "verify")
    assert (result.exit_code, result.output) == (0, "0 figures differ from a recount\n")


def spoil_sum() -> None:
    db.session.execute(update(InspectionFigures).values(failed=InspectionFigures.failed + 1))


def lose_sum() -> None:
    db.session.execute(delete(DemeritFigures))


def lose_mark() -> None:
    db.session.execute(delete(FailedItem))


def add_mark() -> None:
    mark = db.session.scalars(select(DemeritItem)).first()
    assert mark is not None
    ids = {"demerit_id": mark.demerit_id, "institution_id": mark.institution_id}
    db.session.add(DemeritItem(rules=mark.rules, item="A5-01", **ids))


@pytest.mark.parametrize(
    ("spoil", "told"),
    [
        (spoil_sum, "inspection_figures 2026-09-01 500106 二级 full: "),
        (lose_sum, "demerit_figures 2026-10-01 500106 二级: nothing kept, "),
        (lose_mark, "failed_items medical-institution "),
        (add_mark, "demerit_items: 4 rows kept, 3 counted"),
    ],
)
def test_verify_names_what_differs_and_rebuild_mends_it(
    app: Flask, town: Town, spoil: Callable[[], None], told: str
) -> None:
    spoil()
    db.session.commit()
    result = run(app, "verify")
    assert result.exit_code == 1
    assert told in result.output
    assert run(app, "rebuild").exit_code == 0
    assert run(app, "verify").exit_code == 0
    assert kept() == counted()


def test_figures_of_an_older_database_are_counted_once(town: Town) -> None:
    assert not rebuild_if_missing()
    for table in counted():
        db.session.execute(delete(table))
    db.session.commit()
    assert rebuild_if_missing()
    assert kept() == counted()
    assert not rebuild_if_missing()


def test_an_empty_database_has_nothing_to_count(app: Flask) -> None:
    assert not rebuild_if_missing()
    assert run(app, "verify").exit_code == 0


def drafts() -> Iterator[tuple[int, int]]:
    """Complete drafts of several institutions of one district, and who may hand them in."""
    for _ in range(4):
        institution: Institution = factories.InstitutionFactory()
        inspector = factories.UserFactory(inspector=True, institution=institution)
        draft = factories.InspectionFactory(inspector=inspector, scope=shortest_scope())
        values = [Value.NO if place % 2 else Value.NA for place, _ in enumerate(draft.items)]
        changes = [
            Change(op=uuid7(), kind=OperationKind.ANSWER, item=item.code, value=value)
            for item, value in zip(draft.items, values, strict=True)
        ]
        apply(draft, *changes, by=inspector)
        yield draft.id, inspector.id


def test_those_who_hand_in_at_once_are_all_counted(app: Flask) -> None:
    ready = list(drafts())
    start, faults = Barrier(len(ready)), []

    def hand_in(draft: int, inspector: int) -> None:
        with app.app_context():
            start.wait()
            try:
                mine = db.session.get_one(Inspection, draft)
                submit(mine, by=db.session.get_one(User, inspector))
            except Exception as fault:
                faults.append(fault)

    threads = [Thread(target=hand_in, args=pair) for pair in ready]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not faults
    db.session.rollback()
    assert kept() == counted()
    assert db.session.scalars(select(InspectionFigures.submitted)).one() == len(ready)
