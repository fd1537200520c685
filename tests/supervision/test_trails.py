"""From a row to its details, to the rows beside it, and back to it in its list."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from bs4 import BeautifulSoup, Tag
from flask.testing import FlaskClient

from tests import factories
from tests.htmx import HTMX
from tests.sessions import counted_statements
from tests.supervision.records import handed_in, inspector_in, registration_in
from webapp.accounts.models import User
from webapp.database import uuid7
from webapp.demerits.petitions import PetitionKind, file
from webapp.demerits.submission import submit
from webapp.lists.pages import ABOVE
from webapp.lists.paging import PAGE

NOON = datetime(2026, 11, 20, 4, tzinfo=UTC)
MANY = ABOVE + PAGE + 3
Maker = Callable[[int], None]


def soup(page: str) -> BeautifulSoup:
    return BeautifulSoup(page, "html.parser")


def addresses(page: str) -> list[str]:
    return [str(row["data-href"]) for row in soup(page).select("tr[data-href]")]


def way(page: str, word: str) -> str:
    """Where a link of the details leads, or nothing."""
    link = soup(page).find("a", string=word)
    return str(link["href"]) if isinstance(link, Tag) else ""


def every(desk: FlaskClient, url: str) -> list[str]:
    """All rows of a list, page after page."""
    found: list[str] = []
    while url:
        page = desk.get(url).text
        found += addresses(page)
        link = soup(page).select_one(".more a")
        url = str(link["href"]) if link else ""
    return found


def inspections(many: int) -> None:
    inspector = inspector_in(factories.DISTRICT)
    for number in range(many):
        handed_in(inspector, at=NOON - timedelta(days=number // 2))


def demerits(many: int) -> None:
    scorer: User = factories.UserFactory(scorer=True)
    person = factories.MedicalPersonFactory(institution=scorer.institution)
    for number in range(many):
        made = factories.DemeritFactory(scorer=scorer, person=person)
        submit(made, by=scorer, at=NOON - timedelta(days=number // 2))


def petitions(many: int) -> None:
    scorer: User = factories.UserFactory(scorer=True)
    for _ in range(many):
        made = factories.DemeritFactory(scorer=scorer)
        submit(made, by=scorer)
        file(made, PetitionKind.REVERSAL, "记错了人", (), uuid7(), by=scorer)


def registrations(many: int) -> None:
    """In two districts, for which the order turns."""
    for number in range(many):
        registration_in("500106" if number % 2 else "500108")


LISTS = {
    "/supervision/inspections": inspections,
    "/supervision/demerits": demerits,
    "/supervision/petitions": petitions,
    "/supervision/registrations": registrations,
}
lists = pytest.mark.parametrize(("url", "make"), LISTS.items())


@lists
def test_next_and_previous_walk_the_whole_list(city: FlaskClient, url: str, make: Maker) -> None:
    make(5)
    rows = addresses(city.get(url).text)
    pages = {row: city.get(row).text for row in rows}
    assert [way(pages[row], "下一条") for row in rows] == [*rows[1:], ""]
    assert [way(pages[row], "上一条") for row in rows] == ["", *rows[:-1]]


@lists
def test_the_way_back_leads_to_the_very_row(city: FlaskClient, url: str, make: Maker) -> None:
    make(MANY)
    rows = every(city, url)
    assert len(rows) == MANY
    for wanted in (rows[0], rows[ABOVE + 2], rows[-1]):
        back = way(city.get(wanted).text, "返回")
        page = city.get(back).text
        (chosen,) = soup(page).select("tr[aria-selected=true]")
        assert chosen["data-href"] == wanted
        assert chosen.select_one("a[autofocus]")
        place = rows.index(wanted)
        assert addresses(page)[:ABOVE] == rows[max(0, place - ABOVE) :][:ABOVE]


@lists
def test_the_rows_before_can_be_loaded(city: FlaskClient, url: str, make: Maker) -> None:
    make(MANY)
    rows = every(city, url)
    page = city.get(way(city.get(rows[-1]).text, "返回")).text
    earlier = soup(page).select(".more a")[0]
    assert earlier.text == "加载前面的"
    fragment = city.get(str(earlier["hx-get"]), headers=HTMX).text
    shown = [*addresses(fragment), *addresses(page)]
    assert shown == rows[-len(shown) :]
    assert len(addresses(fragment)) == PAGE
    assert "加载更多" not in fragment
    whole = city.get(str(earlier["href"])).text
    assert addresses(whole) == addresses(fragment)
    assert soup(whole).select(".more a")[-1].text == "加载更多"


@lists
def test_a_row_out_of_reach_is_no_place(
    elsewhere: FlaskClient, city: FlaskClient, url: str, make: Maker
) -> None:
    make(1)
    uuid = addresses(city.get(url).text)[0].rpartition("/")[2]
    for name in ("at", "before"):
        assert elsewhere.get(f"{url}?{name}={uuid}").status_code == 404
        assert city.get(f"{url}?{name}=7").status_code == 404


@lists
def test_neighbours_stop_at_the_district(
    as_user: Callable[[User], FlaskClient], reviewer: User, url: str, make: Maker
) -> None:
    desk = as_user(reviewer)
    make(3)
    for row in addresses(desk.get(url).text):
        for word in ("上一条", "下一条"):
            beside = way(desk.get(row).text, word)
            assert not beside or desk.get(beside).status_code == 200


def test_details_remember_what_the_list_was_narrowed_to(desk: FlaskClient) -> None:
    for level in ("二级", "三级", "二级"):
        handed_in(inspector_in(factories.DISTRICT, level=level))
    url = "/supervision/inspections?level=%E4%BA%8C%E7%BA%A7"
    first, second = addresses(desk.get(url).text)
    page = desk.get(first).text
    assert way(page, "下一条") == second
    assert way(page, "返回").startswith(f"{url}&at=")
    assert len(addresses(desk.get(way(page, "返回")).text)) == 2


def test_the_place_of_a_row_that_went_is_taken_by_the_next(desk: FlaskClient, reviewer: User) -> None:
    third, second, first = (registration_in(factories.DISTRICT) for _ in range(3))
    url = f"/supervision/registrations/{second.uuid}/decision?status=pending"
    back = desk.post(url, data={"result": "approved"}).location
    page = desk.get(back).text
    assert [first.institution.name in page, third.institution.name in page] == [True, True]
    (chosen,) = soup(page).select("tr[aria-selected=true]")
    assert third.institution.name in chosen.text


def test_filters_that_are_none_are_forgotten(desk: FlaskClient) -> None:
    made = handed_in(inspector_in(factories.DISTRICT))
    page = desk.get(f"/supervision/inspections/{made.uuid}?level=九级&start=gestern").text
    assert way(page, "返回") == f"/supervision/inspections?at={made.uuid}"


def test_looking_at_failed_items_alone_keeps_the_way_back(desk: FlaskClient) -> None:
    made = handed_in(inspector_in(factories.DISTRICT), failing=1)
    page = desk.get(f"/supervision/inspections/{made.uuid}?q=样例").text
    only = desk.get(way(page, "只看否")).text
    assert way(only, "返回") == way(page, "返回")
    assert way(only, "看全部").endswith(f"/{made.uuid}?q=%E6%A0%B7%E4%BE%8B")


def test_a_range_of_days_bounds_the_neighbours(desk: FlaskClient) -> None:
    inspections(6)
    url = "/supervision/inspections?start=2026-11-19&end=2026-11-19"
    first, second = addresses(desk.get(url).text)
    assert (way(desk.get(first).text, "上一条"), way(desk.get(second).text, "下一条")) == ("", "")


def test_a_person_found_by_number_is_kept_without_it(desk: FlaskClient) -> None:
    number = "500106198704120018"
    scorer: User = factories.UserFactory(scorer=True)
    person = factories.MedicalPersonFactory(institution=scorer.institution, id_number=number)
    for bearer in (person, None, person):
        submit(factories.DemeritFactory(scorer=scorer, person=bearer), by=scorer, at=NOON)
    first, second = addresses(desk.post("/supervision/demerits", data={"id_number": number}).text)
    page = desk.get(first).text
    assert way(page, "下一条") == second
    listed = desk.get(way(page, "返回")).text
    assert [row.rpartition("?")[0] for row in addresses(listed)] == [
        row.rpartition("?")[0] for row in (first, second)
    ]
    assert f"只看：{person.name}" in listed
    assert not any(part in first + way(page, "返回") for part in (number, number[:6], number[-4:]))


def test_a_person_out_of_reach_is_nobody(elsewhere: FlaskClient) -> None:
    scorer: User = factories.UserFactory(scorer=True)
    person = factories.MedicalPersonFactory(institution=scorer.institution)
    for uuid in (person.uuid, uuid7(), "7"):
        answer = elsewhere.get(f"/supervision/demerits?person={uuid}")
        assert answer.status_code == 422
        assert "没有这个人员" in answer.text
        assert person.name not in answer.text


@lists
def test_details_count_statements(city: FlaskClient, url: str, make: Maker) -> None:
    counts = []
    for more in (3, 9):
        make(more)
        row = addresses(city.get(url).text)[1]
        with counted_statements() as statements:
            city.get(row)
        counts.append(len(statements))
    assert counts[0] == counts[1]
