"""两江新区 (500157) took the place of 江北区 (500105) and 渝北区 (500112), and reads their records."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from bs4 import BeautifulSoup
from flask.testing import FlaskClient

from tests import factories
from tests.supervision.records import handed_in, inspector_in, registration_in, rows
from webapp.accounts.models import User
from webapp.inspections.models import Inspection
from webapp.lists.paging import PAGE

SignIn = Callable[[User], FlaskClient]


@pytest.fixture
def liangjiang(as_user: SignIn) -> FlaskClient:
    return as_user(factories.UserFactory(reviewer=True, district="500157"))


@pytest.mark.parametrize("district", ["500105", "500112", "500157"])
def test_inspections_of_former_districts_are_read(liangjiang: FlaskClient, district: str) -> None:
    inspection = handed_in(inspector_in(district))
    assert len(rows(liangjiang.get("/supervision/inspections").text)) == 1
    assert liangjiang.get(f"/supervision/inspections/{inspection.uuid}").status_code == 200


@pytest.mark.parametrize("district", ["500105", "500112", "500157"])
def test_registrations_of_former_districts_are_decided(liangjiang: FlaskClient, district: str) -> None:
    url = f"/supervision/registrations/{registration_in(district).uuid}"
    assert liangjiang.get(url).status_code == 200
    assert liangjiang.post(f"{url}/decision", data={"result": "approved"}).status_code == 303


def test_old_records_keep_their_district_name(liangjiang: FlaskClient) -> None:
    handed_in(inspector_in("500105"))
    assert rows(liangjiang.get("/supervision/inspections").text)[0][0] == "江北区"


def test_the_filter_says_where_a_district_went(liangjiang: FlaskClient) -> None:
    assert "江北区（已并入两江新区）" in liangjiang.get("/supervision/registrations").text


def handed_in_by_turns(number: int) -> list[Inspection]:
    """Inspections of all three codes, the newest first; several of one day."""
    inspectors = [inspector_in(code) for code in ("500105", "500112", "500157")]
    days = [datetime(2026, 11, 1 + place // 4, 4, tzinfo=UTC) for place in range(number)]
    made = [handed_in(inspectors[place % 3], at=day) for place, day in enumerate(days)]
    return sorted(made, key=lambda one: (one.inspected_on, one.id), reverse=True)


def addresses(page: str) -> list[str]:
    return [
        row["data-href"].partition("?")[0]
        for row in BeautifulSoup(page, "html.parser").select("tr[data-href]")
    ]


def test_paging_mixes_the_districts_in_one_order(liangjiang: FlaskClient) -> None:
    expected = [f"/supervision/inspections/{one.uuid}" for one in handed_in_by_turns(2 * PAGE + 3)]
    found, url = [], "/supervision/inspections"
    while url:
        page = liangjiang.get(url).text
        found += addresses(page)
        further = BeautifulSoup(page, "html.parser").select_one("tr.more [href*=after]")
        url = further["href"] if further else ""
    assert found == expected


def test_the_rows_beside_one_are_of_any_of_the_districts(liangjiang: FlaskClient) -> None:
    newest, middle, oldest = handed_in_by_turns(3)
    page = liangjiang.get(f"/supervision/inspections/{middle.uuid}").text
    assert f"/supervision/inspections/{newest.uuid}" in page
    assert f"/supervision/inspections/{oldest.uuid}" in page


def test_pages_before_a_row_are_the_nearest(liangjiang: FlaskClient) -> None:
    made = handed_in_by_turns(PAGE + 3)
    page = liangjiang.get(f"/supervision/inspections?before={made[-1].uuid}").text
    assert addresses(page) == [f"/supervision/inspections/{one.uuid}" for one in made[2:-1]]


def test_neighbours_stay_out_of_reach(liangjiang: FlaskClient) -> None:
    inspection = handed_in(inspector_in("500106"))
    assert liangjiang.get(f"/supervision/inspections/{inspection.uuid}").status_code == 404


def test_photos_of_former_districts_are_seen(liangjiang: FlaskClient) -> None:
    registration = registration_in("500112")
    for document in registration.institution.documents:
        assert liangjiang.get(f"/attachments/{document.attachment.uuid}").status_code == 200
