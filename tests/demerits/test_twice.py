"""The same conduct sent twice makes one record: a double tap, a retry, a second tab, a second scorer."""

import threading
from collections.abc import Callable

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from flask.testing import FlaskClient

from tests import factories
from tests.demerits.entries import HALVES, demerits, entry
from tests.sessions import sign_in_as
from webapp.accounts.models import User
from webapp.database import db, uuid7
from webapp.demerits.decisions import decide
from webapp.demerits.models import Demerit
from webapp.demerits.persons import MedicalPerson
from webapp.demerits.petitions import Outcome, PetitionKind, file
from webapp.demerits.submission import submit

SignedIn = Callable[[User], FlaskClient]
ASKED = "这一天的同一扣分项目已经记过"


@pytest.fixture
def person(scorer: User) -> MedicalPerson:
    made: MedicalPerson = factories.MedicalPersonFactory(institution=scorer.institution)
    return made


@pytest.fixture
def url(person: MedicalPerson) -> str:
    return f"/demerits/new?person={person.uuid}"


def at_once(app: Flask, scorer: User, url: str, *forms: dict[str, object]) -> list[int]:
    """Send forms at the same moment, each by a browser of its own; return the statuses."""
    statuses: list[int] = []
    browsers = [sign_in_as(app.test_client(), scorer) for _ in forms]
    db.session.commit()
    taps = [
        threading.Thread(target=lambda b=browser, f=form: statuses.append(b.post(url, data=f).status_code))
        for browser, form in zip(browsers, forms, strict=True)
    ]
    for tap in taps:
        tap.start()
    for tap in taps:
        tap.join()
    return statuses


def test_the_same_form_sent_twice_makes_one(phone: FlaskClient, url: str) -> None:
    data = entry(action="submit")
    replies = [phone.post(url, data=data) for _ in range(2)]
    assert {reply.location for reply in replies} == {f"/demerits/{data['uuid']}"}
    assert len(demerits()) == 1


def test_a_double_tap_makes_one(app: Flask, scorer: User, url: str) -> None:
    data = entry(action="submit")
    assert at_once(app, scorer, url, data, data) == [303, 303]
    assert len(demerits()) == 1


def test_two_tabs_at_once_make_one(app: Flask, scorer: User, url: str) -> None:
    assert sorted(at_once(app, scorer, url, entry(action="submit"), entry(action="submit"))) == [303, 422]
    assert len(demerits()) == 1


def test_a_page_that_was_kept_open_changes_its_own_draft(phone: FlaskClient, url: str) -> None:
    data = entry()
    phone.post(url, data=data)
    phone.post(url, data=data | {"items": HALVES})
    [kept] = demerits()
    assert kept.items == HALVES and kept.points == 1


def recorded(scorer: User, person: MedicalPerson, **kwargs: object) -> Demerit:
    demerit: Demerit = factories.DemeritFactory(scorer=scorer, person=person, **kwargs)
    submit(demerit, by=scorer)
    return demerit


@pytest.mark.parametrize("action", ["draft", "submit"])
def test_a_second_tab_is_asked_back(phone: FlaskClient, url: str, action: str) -> None:
    phone.post(url, data=entry(action=action, items=["A1-01", "A1-05"]))
    answer = phone.post(url, data=entry(action="submit", items=["A1-01", "A2-01"]))
    page = BeautifulSoup(answer.text, "lxml")
    assert answer.status_code == 422 and ASKED in page.select_one("#field-again").text
    assert page.select_one(f"a[href='/demerits/{demerits()[0].uuid}']")
    assert [box["value"] for box in page.select("#items input[checked]")] == ["A1-01", "A2-01"]
    assert len(demerits()) == 1


def test_another_conduct_of_the_day_is_recorded_when_it_is_said(phone: FlaskClient, url: str) -> None:
    phone.post(url, data=entry(action="submit"))
    assert phone.post(url, data=entry(action="submit", again="y")).status_code == 303
    assert len(demerits()) == 2


@pytest.mark.parametrize("other", [{"items": ["A1-05"]}, {"conduct_on": "2026-11-03"}])
def test_other_items_and_days_are_not_asked_about(
    phone: FlaskClient, url: str, other: dict[str, object]
) -> None:
    phone.post(url, data=entry())
    assert phone.post(url, data=entry(**other)).status_code == 303


def test_a_draft_can_be_changed_without_being_asked(phone: FlaskClient, url: str) -> None:
    data = entry()
    phone.post(url, data=data)
    assert phone.post(f"/demerits/{data['uuid']}", data=entry(action="submit")).status_code == 303


def test_a_colleagues_record_is_told_but_not_shown(
    as_user: SignedIn, scorer: User, person: MedicalPerson, url: str
) -> None:
    record = recorded(scorer, person)
    colleague = as_user(factories.UserFactory(scorer=True, institution=scorer.institution))
    page = colleague.post(url, data=entry()).text
    assert ASKED in page and str(record.uuid) not in page


def test_a_colleagues_draft_is_nobodys_business(
    as_user: SignedIn, scorer: User, person: MedicalPerson, url: str
) -> None:
    factories.DemeritFactory(scorer=scorer, person=person)
    colleague = as_user(factories.UserFactory(scorer=True, institution=scorer.institution))
    assert colleague.post(url, data=entry()).status_code == 303


def test_what_was_withdrawn_can_be_recorded_anew(
    phone: FlaskClient, scorer: User, reviewer: User, person: MedicalPerson, url: str
) -> None:
    petition = file(recorded(scorer, person), PetitionKind.REVERSAL, "日期记错了", [], uuid7(), by=scorer)
    decide(petition, Outcome.UPHELD, "同意", petition.points_off, by=reviewer)
    assert phone.post(url, data=entry(action="submit")).status_code == 303
