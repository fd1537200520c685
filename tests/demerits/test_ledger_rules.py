"""Cycle, thresholds and deadline are what the version of the rules says that is in force."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from types import MappingProxyType
from typing import Any

import pytest
from flask import Flask
from msgspec.structs import replace

from tests import factories
from webapp.accounts.models import User
from webapp.catalog import DemeritRules, catalog
from webapp.database import db
from webapp.demerits.ledger import Cycle, standings
from webapp.demerits.models import Demerit
from webapp.demerits.petitions import deadline_of
from webapp.demerits.submission import submit
from webapp.messages.models import Message

FIRST_DAY = date(2027, 1, 1)
Publish = Callable[..., DemeritRules]


@pytest.fixture
def publish(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Publish:
    """Let another version of the rules come into force, the newest but for the changes."""

    def published(on: date = FIRST_DAY, **changes: Any) -> DemeritRules:
        known = catalog()
        newest = known.current_demerit_rules()
        rules = replace(newest, version="2027-01", effective_from=on, **changes)
        versions = MappingProxyType({**known.rules, rules.key: rules})
        monkeypatch.setitem(app.extensions, "catalog", replace(known, rules=versions))
        return rules

    return published


def entered(scorer: User, person: object, on: date, *items: str) -> Demerit:
    demerit: Demerit = factories.DemeritFactory(scorer=scorer, person=person, items=list(items))
    submit(demerit, by=scorer, at=datetime(on.year, on.month, on.day, 4, tzinfo=UTC))
    return demerit


def test_the_version_of_the_day_counts(scorer: User, publish: Publish) -> None:
    [first, *_] = catalog().current_demerit_rules().thresholds
    publish(thresholds=(replace(first, points=Decimal(4), consequence="约谈。"),))
    person = factories.MedicalPersonFactory(institution=scorer.institution)
    number = person.id_number_index
    entered(scorer, person, date(2026, 11, 20), "A3-01")
    assert standings([number], date(2026, 12, 31))[number].reached is None
    reached = standings([number], FIRST_DAY)[number].reached
    assert reached is not None and (reached.points, reached.consequence) == (4, "约谈。")


def test_a_message_says_what_the_data_say(scorer: User, administrator: User, publish: Publish) -> None:
    [first, *_] = catalog().current_demerit_rules().thresholds
    publish(thresholds=(replace(first, points=Decimal("1.5"), consequence="约谈。"),))
    person = factories.MedicalPersonFactory(institution=scorer.institution)
    entered(scorer, person, FIRST_DAY, "A1-02", "A1-05")
    told = db.session.scalars(Message.visible_to(administrator).where(Message.title.contains("累计"))).one()
    assert told.title == "累计记分达到1.5分" and "约谈。" in told.body
    assert told.link == f"/persons/{person.uuid}/ledger"


@pytest.mark.parametrize(
    ("start", "cycle"),
    [
        ("first_entry", Cycle(date(2027, 3, 31), date(2028, 3, 31))),
        ("calendar_year", Cycle(FIRST_DAY, date(2028, 1, 1))),
    ],
)
def test_a_cycle_begins_where_the_data_say(scorer: User, publish: Publish, start: str, cycle: Cycle) -> None:
    publish(cycle=replace(catalog().current_demerit_rules().cycle, months=12, start=start))
    person = factories.MedicalPersonFactory(institution=scorer.institution)
    number = person.id_number_index
    for day in (date(2027, 3, 31), date(2028, 1, 1)):
        entered(scorer, person, day, "A1-02")
    assert standings([number], date(2027, 12, 31))[number].cycle == cycle
    assert standings([number], date(2028, 1, 1))[number].total == (2 if start == "first_entry" else 1)


def test_the_deadline_is_that_of_the_entrys_own_rules(scorer: User, publish: Publish) -> None:
    person = factories.MedicalPersonFactory(institution=scorer.institution)
    old = entered(scorer, person, FIRST_DAY, "A1-02")
    publish(on=date(2026, 11, 2), objection=replace(old.rules.objection, days=30))
    new = entered(scorer, person, FIRST_DAY, "A1-02")
    assert (old.rules_version, deadline_of(old)) == ("2026-11", date(2027, 1, 16))
    assert (new.rules_version, deadline_of(new)) == ("2027-01", date(2027, 1, 31))
