"""机构自查情况: which institutions handed in, and which did not."""

from datetime import UTC, datetime

import pytest
from bs4 import BeautifulSoup
from flask.testing import FlaskClient

from tests import factories
from tests.htmx import HTMX, normalised, swapped
from tests.sessions import counted_statements
from tests.supervision.records import handed_in, inspector_in, rows
from webapp.accounts.models import User
from webapp.inspections.models import InspectionKind
from webapp.lists.paging import PAGE
from webapp.numbers import mask_phone

URL = "/supervision/institutions"
LONG_AGO = datetime(2025, 2, 3, 4, tzinfo=UTC)


def names(page: str) -> list[str]:
    return [row[1] for row in rows(page)]


def test_it_works(desk: FlaskClient, inspector: User) -> None:
    made = handed_in(inspector)
    institution = made.institution
    row = [
        "沙坪坝区",
        institution.name,
        "二级",
        "已上报",
        "1",
        f"{made.inspected_on:%Y-%m}",
        institution.contact,
        mask_phone(institution.contact_phone),
        institution.credit_code,
        "查看",
    ]
    assert rows(desk.get(URL).text) == [row]


def test_one_that_handed_in_nothing_says_so(desk: FlaskClient) -> None:
    factories.InstitutionFactory()
    assert rows(desk.get(URL).text)[0][3:6] == ["未上报", "0", "—"]


def test_it_leaves_out_who_may_not_work_yet(desk: FlaskClient) -> None:
    for status in ("pending", "returned"):
        factories.InstitutionFactory(status=status)
    assert rows(desk.get(URL).text) == []


def test_it_filters_by_period_and_state(desk: FlaskClient, inspector: User) -> None:
    handed_in(inspector, at=LONG_AGO)
    name = inspector.institution.name if inspector.institution else ""
    assert names(desk.get(f"{URL}?state=missing").text) == [name]
    assert names(desk.get(f"{URL}?state=done").text) == []
    assert names(desk.get(f"{URL}?state=done&period=2025").text) == [name]
    assert rows(desk.get(URL).text)[0][3:6] == ["未上报", "0", "2025-02"]


def test_it_filters_by_kind(desk: FlaskClient, inspector: User) -> None:
    handed_in(inspector, kind=InspectionKind.SPECIAL)
    assert len(rows(desk.get(f"{URL}?state=done&kind=special").text)) == 1
    assert rows(desk.get(f"{URL}?state=done&kind=full").text) == []


def test_it_filters_by_level_and_name(desk: FlaskClient) -> None:
    factories.InstitutionFactory(level="三级", name="歌乐山康复医院")
    factories.InstitutionFactory()
    assert names(desk.get(f"{URL}?level=三级").text) == ["歌乐山康复医院"]
    assert names(desk.get(f"{URL}?q=康复").text) == ["歌乐山康复医院"]


def test_a_row_leads_to_what_was_handed_in(desk: FlaskClient, inspector: User) -> None:
    handed_in(inspector)
    handed_in(inspector_in(factories.DISTRICT))
    row = BeautifulSoup(desk.get(URL).text, "html.parser").select_one("tr[data-href]")
    assert row is not None
    assert [found[1] for found in rows(desk.get(str(row["data-href"])).text)] == [row.select("td")[1].text]


def test_it_hides_other_districts(elsewhere: FlaskClient, inspector: User) -> None:
    handed_in(inspector)
    assert rows(elsewhere.get(URL).text) == []


def test_it_sorts_by_district(city: FlaskClient) -> None:
    for district in ("500108", "500103", "500108"):
        factories.InstitutionFactory(district=district)
    assert [row[0] for row in rows(city.get(URL).text)] == ["渝中区", "南岸区", "南岸区"]


def test_paging_shows_each_row_once(desk: FlaskClient) -> None:
    made = [factories.InstitutionFactory().name for _ in range(PAGE + 3)]
    first = desk.get(URL).text
    link = BeautifulSoup(first, "html.parser").select_one(".more a")
    assert link is not None
    assert [*names(first), *names(desk.get(str(link["href"])).text)] == made


@pytest.mark.parametrize("query", ["period=1999", "state=gone", "kind=other", "level=九级"])
def test_it_rejects_bad_input(desk: FlaskClient, query: str) -> None:
    assert desk.get(f"{URL}?{query}").status_code == 422


def test_filtering_by_htmx_leaves_the_page_as_a_fresh_one(desk: FlaskClient, inspector: User) -> None:
    handed_in(inspector)
    url = f"{URL}?state=missing"
    fragment = desk.get(url, headers=HTMX).text
    assert swapped(desk.get(URL).text, fragment, "#list", "outerHTML") == normalised(desk.get(url).text)


def test_an_empty_list_says_so(desk: FlaskClient) -> None:
    assert "还没有已通过审核的机构" in desk.get(URL).text
    assert "没有符合条件的机构" in desk.get(f"{URL}?state=missing").text


def test_it_counts_statements(desk: FlaskClient) -> None:
    counts = []
    for more in (3, 15):
        for _ in range(more):
            handed_in(inspector_in(factories.DISTRICT))
        with counted_statements() as statements:
            desk.get(URL)
        counts.append(len(statements))
    assert counts[0] == counts[1]


def test_it_asks_to_sign_in(client: FlaskClient) -> None:
    assert client.get(URL).location.startswith("/login")


def test_it_refuses_other_roles(outsider: FlaskClient) -> None:
    assert outsider.get(URL).status_code == 403
