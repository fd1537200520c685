"""How many rows a list holds: exactly where that is cheap, else as 1,000+, and never before the page."""

from datetime import UTC, datetime

import pytest
from bs4 import BeautifulSoup
from flask.testing import FlaskClient

from tests import factories
from tests.htmx import HTMX
from tests.sessions import counted_statements
from tests.supervision.records import handed_in, inspector_in, registration_in
from webapp.accounts.models import User
from webapp.demerits.submission import submit
from webapp.inspections.models import InspectionKind
from webapp.lists import filters
from webapp.lists.paging import PAGE

NOON = datetime(2026, 10, 31, 4, tzinfo=UTC)


def told(page: str) -> str:
    place = BeautifulSoup(page, "html.parser").select_one(".keeping > p")
    return place.text if place else ""


def asked_for(desk: FlaskClient, url: str) -> str:
    """What htmx gets when the page asks for the number."""
    link = BeautifulSoup(desk.get(url).text, "html.parser").select_one(".keeping > p a[hx-trigger=load]")
    assert link is not None and link["href"] == link["hx-get"]
    whole = desk.get(str(link["href"])).text
    fragment = desk.get(str(link["hx-get"]), headers=HTMX).text
    assert told(whole) == fragment
    return fragment


@pytest.fixture
def many(inspector: User) -> None:
    """More inspections than a page has, of two kinds and two levels."""
    for _ in range(PAGE):
        handed_in(inspector, at=NOON)
    other = inspector_in(factories.DISTRICT, level="三级")
    handed_in(other, at=NOON, kind=InspectionKind.FULL)


def test_one_page_knows_its_number(desk: FlaskClient, inspector: User) -> None:
    handed_in(inspector)
    assert told(desk.get("/supervision/inspections").text) == "共 1 条"


def test_an_empty_list_tells_none(desk: FlaskClient) -> None:
    assert told(desk.get("/supervision/inspections").text) == ""


@pytest.mark.usefixtures("many")
def test_the_page_does_not_wait_for_the_number(desk: FlaskClient) -> None:
    with counted_statements() as statements:
        desk.get("/supervision/inspections")
    assert not any("count(" in sql.lower() and "inspections" in sql for sql in statements)


@pytest.mark.usefixtures("many")
@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("", 21),
        ("level=二级&kind=routine", 20),
        ("start=2026-10-01&end=2026-10-31", 21),
        ("start=2026-10-31", 21),
        ("q=样例", 21),
    ],
)
def test_it_counts_what_is_asked_for(desk: FlaskClient, query: str, count: int) -> None:
    url = f"/supervision/inspections?{query}&count=1"
    assert desk.get(url, headers=HTMX).text == f"共 {count} 条"


@pytest.mark.usefixtures("many")
def test_kept_sums_are_asked_where_they_know(desk: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(filters, "COUNTED", 10)
    url = "/supervision/inspections?start=2026-10-01"
    assert asked_for(desk, url) == "共 21 条"
    assert asked_for(desk, f"{url}&q=样例") == "共 10+ 条"


def test_demerits_are_counted(desk: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(filters, "COUNTED", 10)
    scorer: User = factories.UserFactory(scorer=True)
    person = factories.MedicalPersonFactory(institution=scorer.institution)
    for _ in range(PAGE + 1):
        submit(factories.DemeritFactory(scorer=scorer, person=person), by=scorer, at=NOON)
    assert asked_for(desk, "/supervision/demerits") == "共 21 条"
    assert asked_for(desk, "/supervision/demerits?article=A1") == "共 10+ 条"


def test_registrations_are_counted(desk: FlaskClient) -> None:
    for _ in range(PAGE + 1):
        registration_in(factories.DISTRICT)
    assert asked_for(desk, "/supervision/registrations") == "共 21 条"


@pytest.mark.usefixtures("many")
def test_it_counts_nothing_out_of_reach(elsewhere: FlaskClient) -> None:
    assert elsewhere.get("/supervision/inspections?count=1", headers=HTMX).text == "共 0 条"
    assert elsewhere.get("/supervision/inspections?count=1&q=样例", headers=HTMX).text == "共 0 条"


def test_bad_input_counts_nothing_and_asks_no_more(desk: FlaskClient) -> None:
    answer = desk.get("/supervision/inspections?count=1&level=九级", headers=HTMX)
    assert answer.status_code == 422
    assert "hx-get" not in answer.text
