"""What a reader keeps of a list: filters by name, and which columns are seen."""

from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import pytest
from bs4 import BeautifulSoup
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests import factories
from tests.htmx import HTMX
from tests.supervision.records import handed_in
from webapp.accounts.models import User
from webapp.database import db, uuid7
from webapp.lists.keeping import MOST_FILTERS, SavedFilter

FILTERS, COLUMNS = "/lists/filters", "/lists/columns"
LIST, ENDPOINT = "/supervision/inspections", "supervision.inspections"
QUERY = f"level={quote('二级')}"


def soup(page: str) -> BeautifulSoup:
    return BeautifulSoup(page, "html.parser")


def kept() -> list[tuple[str, str, str]]:
    rows = db.session.scalars(db.select(SavedFilter).order_by(SavedFilter.id))
    return [(row.list, row.name, row.query) for row in rows]


def heads(page: str) -> list[str]:
    return [head.text for head in soup(page).select("[data-list] th")]


@pytest.fixture
def desk(as_user: Callable[[User], FlaskClient], reviewer: User) -> FlaskClient:
    return as_user(reviewer)


@pytest.fixture
def keep(desk: FlaskClient) -> Callable[..., TestResponse]:
    def post(name: str = "二级机构", query: str = QUERY, **more: Any) -> TestResponse:
        return desk.post(FILTERS, data={"list": ENDPOINT, "query": query, "name": name}, **more)

    return post


def test_filters_are_kept_by_name(keep: Callable[..., TestResponse], desk: FlaskClient) -> None:
    answer = keep()
    assert (answer.status_code, answer.location) == (303, f"{LIST}?{QUERY}")
    assert kept() == [(ENDPOINT, "二级机构", QUERY)]
    (link,) = soup(desk.get(LIST).text).select(".kept a")
    assert (link.text, link["href"]) == ("二级机构", f"{LIST}?{QUERY}")


def test_the_one_in_use_is_marked(keep: Callable[..., TestResponse], desk: FlaskClient) -> None:
    keep()
    assert soup(desk.get(f"{LIST}?{QUERY}").text).select(".kept [aria-current]")
    assert not soup(desk.get(LIST).text).select(".kept [aria-current]")


def test_the_form_beside_the_list_keeps_it_as_it_is(desk: FlaskClient, inspector: User) -> None:
    handed_in(inspector)
    form = soup(desk.get(f"{LIST}?{QUERY}&start=&q=").text).select_one(f"form[action='{FILTERS}']")
    assert form is not None
    data = {field["name"]: field.get("value", "") for field in form.select("input")}
    desk.post(FILTERS, data={**data, "name": "我的"})
    assert kept() == [(ENDPOINT, "我的", QUERY)]


def test_a_list_that_is_not_narrowed_offers_nothing_to_keep(desk: FlaskClient) -> None:
    assert soup(desk.get(LIST).text).select_one(f"form[action='{FILTERS}']") is None


def test_the_same_name_takes_the_new_filters(keep: Callable[..., TestResponse]) -> None:
    keep()
    keep(query="start=2026-01-01")
    assert kept() == [(ENDPOINT, "二级机构", "start=2026-01-01")]


@pytest.mark.parametrize(
    ("name", "message"),
    [("", "请填写筛选名称"), ("长" * 21, "最多 20 个字"), ("<b>", "不能含有“<”")],
)
def test_a_name_that_is_none_is_refused(keep: Callable[..., TestResponse], name: str, message: str) -> None:
    for headers in ({}, HTMX):
        answer = keep(name=name, headers=headers)
        page = soup(answer.text)
        assert answer.status_code == 422
        field = page.select_one("details[open] [name=name][aria-invalid=true]")
        assert field is not None and field["value"] == name
        assert message in page.text
    assert kept() == []


def test_htmx_gets_the_form_alone(keep: Callable[..., TestResponse]) -> None:
    assert not soup(keep(name="", headers=HTMX).text).select("main")
    assert soup(keep(name="").text).select("main details form")


def test_there_is_room_for_so_many(keep: Callable[..., TestResponse]) -> None:
    for number in range(MOST_FILTERS):
        keep(name=f"筛选{number}")
    answer = keep(name="还有一个")
    assert answer.status_code == 422
    assert f"最多保存 {MOST_FILTERS} 个筛选" in answer.text
    assert keep(name="筛选0", query="q=康复").status_code == 303


@pytest.mark.parametrize(
    "query", ["", "level=九级", "district=500103", "other=1", "q=500106198704120018", "q=13812345678"]
)
def test_only_what_the_list_can_be_asked_is_kept(keep: Callable[..., TestResponse], query: str) -> None:
    assert keep(query=query).status_code == 400
    assert kept() == []


def test_what_is_no_filter_is_left_out(keep: Callable[..., TestResponse]) -> None:
    keep(query=f"{QUERY}&after=7&at=8&id_number=500106198704120018")
    assert kept() == [(ENDPOINT, "二级机构", QUERY)]


def test_they_belong_to_one_reader(
    keep: Callable[..., TestResponse], as_user: Callable[[User], FlaskClient]
) -> None:
    keep()
    colleague = as_user(factories.UserFactory(reviewer=True, district=factories.DISTRICT))
    assert not soup(colleague.get(LIST).text).select(".kept a")
    (row,) = db.session.scalars(db.select(SavedFilter))
    assert colleague.post(f"{FILTERS}/{row.uuid}/deletion").status_code == 404
    assert kept()


def test_each_list_has_its_own(keep: Callable[..., TestResponse], desk: FlaskClient) -> None:
    keep()
    assert not soup(desk.get("/supervision/demerits").text).select(".kept a")


def test_one_is_deleted_and_the_list_stays(keep: Callable[..., TestResponse], desk: FlaskClient) -> None:
    keep()
    form = soup(desk.get(f"{LIST}?{QUERY}").text).select_one(".kept form")
    assert form is not None
    data = {field["name"]: field["value"] for field in form.select("input")}
    answer = desk.post(str(form["action"]), data=data)
    assert (answer.status_code, answer.location) == (303, f"{LIST}?{QUERY}")
    assert kept() == []
    assert desk.post(f"{FILTERS}/{uuid7()}/deletion").status_code == 404


@pytest.mark.parametrize("url", [FILTERS, COLUMNS])
@pytest.mark.parametrize("endpoint", ["", "supervision.desk", "static", "supervision.nothing"])
def test_what_is_no_list_is_not_found(desk: FlaskClient, url: str, endpoint: str) -> None:
    assert desk.post(url, data={"list": endpoint, "query": QUERY, "name": "甲"}).status_code == 404


@pytest.mark.parametrize("url", [FILTERS, COLUMNS])
def test_a_list_of_another_role_is_not_found(
    as_user: Callable[[User], FlaskClient], inspector: User, url: str
) -> None:
    data = {"list": ENDPOINT, "query": QUERY, "name": "甲"}
    assert as_user(inspector).post(url, data=data).status_code == 404


def test_columns_are_chosen(desk: FlaskClient, inspector: User) -> None:
    handed_in(inspector)
    data = {"list": ENDPOINT, "query": QUERY, "columns": ["district", "name", "inspected_on"]}
    answer = desk.post(COLUMNS, data=data)
    assert (answer.status_code, answer.location) == (303, f"{LIST}?{QUERY}")
    assert heads(desk.get(LIST).text) == ["经营地区", "单位名称", "自查日期", "操作"]
    assert len(soup(desk.get(LIST).text).select_one("tr[data-href]").select("td")) == 4  # type: ignore[union-attr]


def chooser(desk: FlaskClient, **more: Any) -> BeautifulSoup:
    """What the link beside the list opens."""
    link = soup(desk.get(LIST).text).select_one("a.pop-link")
    assert link is not None and link["href"] == link["hx-get"]
    return soup(desk.get(str(link["href"]), **more).text)


def test_the_chooser_shows_what_is_chosen(desk: FlaskClient) -> None:
    desk.post(COLUMNS, data={"list": ENDPOINT, "columns": ["level"]})
    page = chooser(desk)
    assert page.select("main") and not chooser(desk, headers=HTMX).select("main")
    assert [box["value"] for box in page.select("[name=columns][checked]")] == ["district", "level"]
    assert [box["value"] for box in page.select("[name=columns][disabled]")] == ["district"]


def test_the_chooser_leads_back_to_the_list_as_it_was(desk: FlaskClient) -> None:
    link = soup(desk.get(f"{LIST}?{QUERY}").text).select_one("a.pop-link")
    assert link is not None
    form = soup(desk.get(str(link["href"])).text).select_one(f"form[action='{COLUMNS}']")
    assert form is not None
    data = {field["name"]: field["value"] for field in form.select("input[type=hidden]")}
    assert desk.post(COLUMNS, data=data).location == f"{LIST}?{QUERY}"


def test_columns_come_back(desk: FlaskClient, inspector: User) -> None:
    handed_in(inspector)
    before = heads(desk.get(LIST).text)
    every = [str(box["value"]) for box in chooser(desk).select("[name=columns]")]
    desk.post(COLUMNS, data={"list": ENDPOINT, "columns": []})
    assert heads(desk.get(LIST).text) == ["经营地区", "操作"]
    desk.post(COLUMNS, data={"list": ENDPOINT, "columns": [*every, "nonsense"]})
    assert heads(desk.get(LIST).text) == before


def test_columns_are_remembered_for_one_reader(
    desk: FlaskClient, inspector: User, as_user: Callable[[User], FlaskClient]
) -> None:
    handed_in(inspector)
    desk.post(COLUMNS, data={"list": ENDPOINT, "columns": []})
    colleague = as_user(factories.UserFactory(reviewer=True, district=factories.DISTRICT))
    assert len(heads(colleague.get(LIST).text)) > 2


def test_it_asks_to_sign_in(client: FlaskClient) -> None:
    for url in (FILTERS, COLUMNS, f"{FILTERS}/{uuid7()}/deletion"):
        assert client.post(url).location == "/login"
