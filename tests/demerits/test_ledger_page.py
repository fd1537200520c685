"""记分台账 of a person: own entries in full, others with day and points only."""

from collections.abc import Callable
from decimal import Decimal

import pytest
from bs4 import BeautifulSoup
from flask.testing import FlaskClient

from tests import factories
from tests.htmx import HTMX
from tests.sessions import counted_statements
from webapp.accounts.models import User
from webapp.database import uuid7
from webapp.demerits.decisions import decide
from webapp.demerits.models import Demerit
from webapp.demerits.persons import MedicalPerson
from webapp.demerits.petitions import Outcome, PetitionKind, file
from webapp.demerits.submission import submit

SignedIn = Callable[[User], FlaskClient]


@pytest.fixture
def person(scorer: User) -> MedicalPerson:
    made: MedicalPerson = factories.MedicalPersonFactory(institution=scorer.institution)
    return made


def entered(scorer: User, person: MedicalPerson, *items: str) -> Demerit:
    demerit: Demerit = factories.DemeritFactory(scorer=scorer, person=person, items=list(items))
    submit(demerit, by=scorer)
    return demerit


def url(person: MedicalPerson) -> str:
    return f"/persons/{person.uuid}/ledger"


def text(page: str) -> str:
    main = BeautifulSoup(page, "html.parser").main
    return main.get_text(" ", strip=True) if main else ""


def test_it_works(phone: FlaskClient, scorer: User, person: MedicalPerson) -> None:
    demerit = entered(scorer, person, "A3-01", "A3-02")
    page = phone.get(url(person)).text
    assert "本周期累计记分 8分" in text(page) and "已达到参考阈值 8 分" in text(page)
    assert "再记 4 分达到参考阈值 12 分" in text(page)
    assert f"/demerits/{demerit.uuid}" in page
    assert "不是重庆市官方规定" in page


def test_it_shows_what_was_taken_off(
    phone: FlaskClient, scorer: User, reviewer: User, person: MedicalPerson
) -> None:
    demerit = entered(scorer, person, "A3-01")
    petition = file(demerit, PetitionKind.OBJECTION, "情况不属实", [], uuid7(), by=scorer)
    decide(petition, Outcome.PARTLY, "部分属实", Decimal("1.5"), by=reviewer)
    shown = text(phone.get(url(person)).text)
    assert "本周期累计记分 2.5分" in shown and "4分 2.5分" in shown and "部分成立" in shown


def test_nothing_recorded_is_said(phone: FlaskClient, person: MedicalPerson) -> None:
    assert "没有已上报的记分" in phone.get(url(person)).text


def test_entries_elsewhere_count_but_stay_closed(
    phone: FlaskClient, other_scorer: User, person: MedicalPerson
) -> None:
    twin = factories.MedicalPersonFactory(institution=other_scorer.institution, id_number=person.id_number)
    demerit = entered(other_scorer, twin, "A3-01")
    page = phone.get(url(person)).text
    assert "本周期累计记分 4分" in text(page) and "其他机构或人员记录" in page
    assert str(demerit.uuid) not in page and other_scorer.institution.name not in page


def test_another_institution_is_not_found(
    as_user: SignedIn, other_scorer: User, person: MedicalPerson
) -> None:
    assert as_user(other_scorer).get(url(person)).status_code == 404


def test_the_search_marks_who_reached_a_threshold(
    phone: FlaskClient, scorer: User, person: MedicalPerson
) -> None:
    entered(scorer, person, "A3-01", "A3-02")
    page = phone.post("/persons", data={"name": person.name, "id_number": ""}, headers=HTMX).text
    assert "达到阈值" in page and "本周期累计 8 分" in page


def test_the_entry_says_how_much_there_is_by_now(
    phone: FlaskClient, as_user: SignedIn, reviewer: User, scorer: User, person: MedicalPerson
) -> None:
    entered(scorer, person, "A3-01")
    demerit = entered(scorer, person, "A3-02")
    page = text(phone.get(f"/demerits/{demerit.uuid}").text)
    assert "记分台账 达到阈值 本周期累计 8 分" in page
    assert "8分，已达到参考阈值 8 分" in as_user(reviewer).get(f"/supervision/demerits/{demerit.uuid}").text


def test_it_counts_statements(phone: FlaskClient, scorer: User, person: MedicalPerson) -> None:
    counts = []
    for more in (2, 12):
        for _ in range(more):
            demerit = entered(scorer, person, "A1-02")
            file(demerit, PetitionKind.REVERSAL, "记错了人了", [], uuid7(), by=scorer)
        with counted_statements() as statements:
            phone.get(url(person))
        counts.append(len(statements))
    assert counts[0] == counts[1]


def test_a_reviewer_reads_it_too(
    as_user: SignedIn, reviewer: User, other_reviewer: User, scorer: User, person: MedicalPerson
) -> None:
    entered(scorer, person, "A3-01")
    address = f"/supervision/persons/{person.uuid}"
    assert "本周期累计记分 4分" in text(as_user(reviewer).get(address).text)
    assert as_user(other_reviewer).get(address).status_code == 404
    assert as_user(other_reviewer).post(f"{address}/number").status_code == 404
    assert person.id_number in as_user(reviewer).post(f"{address}/number", headers=HTMX).text
