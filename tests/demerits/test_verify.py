"""flask verify: a demerit that is not as it was handed in."""

from typing import Any

import pytest
from sqlalchemy import text, update

from tests import factories
from tests.databases import drop_trigger
from webapp.accounts.models import User
from webapp.database import db, uuid7
from webapp.demerits.models import Demerit
from webapp.demerits.submission import submit
from webapp.demerits.verification import broken_demerits
from webapp.institutions.models import InstitutionRevision


@pytest.fixture
def records(scorer: User) -> list[Demerit]:
    made = [factories.DemeritFactory(scorer=scorer) for _ in range(3)]
    for demerit in made:
        submit(demerit, by=scorer)
    return made


def forge(demerit: Demerit, **columns: Any) -> None:
    """Change a record as somebody could who owns the database."""
    drop_trigger("demerits_no_update", "demerits")
    db.session.execute(update(Demerit).where(Demerit.id == demerit.id).values(**columns))
    db.session.commit()
    db.session.expire_all()


def test_untouched_records_pass(records: list[Demerit], other_scorer: User) -> None:
    submit(factories.DemeritFactory(scorer=other_scorer), by=other_scorer)
    factories.DemeritFactory(scorer=other_scorer)
    assert broken_demerits() == (4, [])


@pytest.mark.parametrize(
    ("columns", "reason"),
    [
        ({"points": 8}, "its points differ from its record"),
        ({"items": ["A1-02"]}, "its points differ from its record"),
        ({"rules_version": "1999-01"}, "its rules were changed"),
        ({"digest": "0" * 64}, "its content differs from its digest"),
        ({"previous_digest": "0" * 64}, "it does not follow from the record before it"),
        ({"chain_number": 9}, "record 2 is missing"),
        ({"uuid": uuid7()}, "it stands under another record's identifier"),
    ],
)
def test_a_changed_one_is_named(records: list[Demerit], columns: dict[str, Any], reason: str) -> None:
    forge(records[1], **columns)
    checked, faults = broken_demerits()
    assert checked == 3 and [fault.reason for fault in faults] == [reason]


def test_a_changed_record_is_named(records: list[Demerit]) -> None:
    forge(records[0], record={**(records[0].record or {}), "points": "12"})
    assert [fault.number for fault in broken_demerits()[1]] == [1]


def test_changed_data_of_the_institution_are_noticed(records: list[Demerit]) -> None:
    renamed = {**records[0].revision.data, "name": "改名医院"}
    db.session.execute(update(InstitutionRevision).values(data=renamed))
    db.session.commit()
    assert [f.reason for f in broken_demerits()[1]] == ["the institution's data of its time were changed"]


def test_a_missing_one_is_noticed(records: list[Demerit]) -> None:
    drop_trigger("demerits_no_delete", "demerits")
    db.session.execute(text("DELETE FROM demerit_items"))
    db.session.execute(text("DELETE FROM demerits WHERE chain_number = 2"))
    db.session.commit()
    assert [fault.reason for fault in broken_demerits()[1]] == ["record 2 is missing"]
