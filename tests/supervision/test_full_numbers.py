"""A number in full: on a tap that is recorded."""

import pytest
from bs4 import BeautifulSoup
from flask.testing import FlaskClient

from tests import factories
from tests.htmx import HTMX, normalised, swapped
from tests.supervision.records import registration_in
from webapp.accounts.models import User
from webapp.audit.models import AuditEntry
from webapp.database import db
from webapp.institutions.registrations import Registration

NUMBERS = ["legal_person_id_number", "contact_phone"]


@pytest.fixture
def registration(app: object) -> Registration:
    return registration_in(factories.DISTRICT)


def url_of(registration: Registration) -> str:
    return f"/supervision/registrations/{registration.uuid}/numbers"


def shown() -> list[AuditEntry]:
    entries = db.select(AuditEntry).where(AuditEntry.action == "numbers-shown")
    return list(db.session.scalars(entries))


@pytest.mark.parametrize("number", NUMBERS)
def test_it_works_without_scripts(desk: FlaskClient, registration: Registration, number: str) -> None:
    answer = desk.post(url_of(registration), data={"number": number})
    assert answer.status_code == 200
    assert getattr(registration.institution, number) in answer.text
    others = set(NUMBERS) - {number}
    assert not any(getattr(registration.institution, other) in answer.text for other in others)


def test_it_records_who_saw_what(desk: FlaskClient, registration: Registration, reviewer: User) -> None:
    desk.post(url_of(registration), data={"number": "contact_phone"})
    (entry,) = shown()
    assert (entry.user_id, entry.subject) == (reviewer.id, registration.uuid)
    assert entry.detail == {"number": "contact_phone"}


def test_looking_at_the_page_records_nothing(desk: FlaskClient, registration: Registration) -> None:
    desk.get(f"/supervision/registrations/{registration.uuid}")
    assert shown() == []


def test_the_fragment_leaves_the_page_as_the_form_would(
    desk: FlaskClient, registration: Registration
) -> None:
    page = desk.get(f"/supervision/registrations/{registration.uuid}").text
    data = {"number": "contact_phone"}
    fragment = desk.post(url_of(registration), data=data, headers=HTMX).text
    masked = "form.masked:has([value=contact_phone])"
    whole = desk.post(url_of(registration), data=data).text
    assert swapped(page, fragment, masked, "outerHTML") == normalised(whole)


def test_the_form_has_a_real_address(desk: FlaskClient, registration: Registration) -> None:
    page = BeautifulSoup(desk.get(f"/supervision/registrations/{registration.uuid}").text, "html.parser")
    forms = page.select("form.masked")
    assert [form["action"] for form in forms] == [url_of(registration)] * 2
    assert {form["method"] for form in forms} == {"post"}


@pytest.mark.parametrize("number", ["", "password_hash", "name"])
def test_it_rejects_bad_input(desk: FlaskClient, registration: Registration, number: str) -> None:
    assert desk.post(url_of(registration), data={"number": number}).status_code == 400
    assert shown() == []


def test_it_rejects_get(desk: FlaskClient, registration: Registration) -> None:
    assert desk.get(url_of(registration)).status_code == 405


def test_it_asks_to_sign_in(client: FlaskClient, registration: Registration) -> None:
    assert client.post(url_of(registration), data={"number": "contact_phone"}).status_code == 401


def test_it_refuses_other_roles(outsider: FlaskClient, registration: Registration) -> None:
    assert outsider.post(url_of(registration), data={"number": "contact_phone"}).status_code == 403
    assert shown() == []


def test_it_hides_other_districts(elsewhere: FlaskClient, registration: Registration) -> None:
    assert elsewhere.post(url_of(registration), data={"number": "contact_phone"}).status_code == 404
    assert shown() == []
