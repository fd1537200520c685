"""记分记录: GET and POST /demerits, the query while nobody has recorded anything yet."""

from collections.abc import Callable

import pytest
from bs4 import BeautifulSoup, Tag
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests import factories
from tests.htmx import HTMX, normalised, swapped
from tests.sessions import counted_statements
from webapp.accounts.models import User
from webapp.sample import sample_id_number

SignedIn = Callable[[User], FlaskClient]
URL = "/demerits"
ID_NUMBER = sample_id_number(factories.rng)


@pytest.fixture
def scorer(administrator: User) -> User:
    return factories.UserFactory(scorer=True, institution=administrator.institution)


@pytest.fixture
def browser(as_user: SignedIn, administrator: User) -> FlaskClient:
    return as_user(administrator)


def ask(browser: FlaskClient, **query: str) -> TestResponse:
    return browser.post(URL, data={"name": "", "id_number": "", "start": "", "end": ""} | query)


def field(page: str, name: str) -> Tag:
    found = BeautifulSoup(page, "html.parser").select_one(f"#records [name={name}]")
    assert found is not None
    return found


def told(page: str, name: str) -> str:
    found = BeautifulSoup(page, "html.parser").select_one(f"#field-{name} .error")
    return found.text if found else ""


def test_it_carries_the_manuals_words(browser: FlaskClient) -> None:
    page = BeautifulSoup(browser.get(URL).text, "html.parser")
    assert page.h1.text == "记分记录"
    assert page.select_one("details.query > summary").text == "查询条件"
    assert [label.text for label in page.select("label")] == ["人员姓名", "身份证号", "开始时间", "结束时间"]
    assert page.select_one("form button.primary").text == "查询" and page.h2.text == "查询结果"


def test_it_says_what_will_be_here(browser: FlaskClient, as_user: SignedIn, scorer: User) -> None:
    assert "还没有记分记录" in browser.get(URL).text
    assert "本机构的记分用户录入并上报后" in browser.get(URL).text
    assert "您录入的记分暂存或上报后" in as_user(scorer).get(URL).text


def test_it_asks_to_sign_in(client: FlaskClient) -> None:
    assert client.get(URL).location == "/login?next=/demerits"
    assert client.post(URL).location == "/login"


@pytest.mark.parametrize("role", ["inspector", "reviewer", "system", "auditor"])
def test_it_refuses_other_roles(as_user: SignedIn, role: str) -> None:
    browser = as_user(factories.UserFactory(**{role: True}))
    assert (browser.get(URL).status_code, browser.post(URL).status_code) == (403, 403)


def test_the_query_is_closed_until_it_is_used(browser: FlaskClient) -> None:
    pages = browser.get(URL).text, ask(browser, name="样例").text
    opened = [
        BeautifulSoup(page, "html.parser").select_one("details.query").has_attr("open") for page in pages
    ]
    assert opened == [False, True]


@pytest.mark.parametrize(
    "query",
    [
        {"name": "样例"},
        {"id_number": ID_NUMBER},
        {"id_number": ID_NUMBER[6:10]},
        {"id_number": "12x"},
        {"start": "2026-01-01", "end": "2026-01-01"},
        {"start": "2026-01-01"},
        {"end": "2026-01-01"},
        {},
    ],
)
def test_it_queries(browser: FlaskClient, query: dict[str, str]) -> None:
    answer = ask(browser, **query)
    assert answer.status_code == 200
    assert ("没有符合条件的记录" if query else "还没有记分记录") in answer.text
    for name, typed in query.items():
        assert field(answer.text, name)["value"] == typed.upper()


@pytest.mark.parametrize(
    ("query", "name", "words"),
    [
        ({"start": "2026-02-02", "end": "2026-02-01"}, "end", "结束时间不能早于开始时间"),
        ({"start": "2026-02-30"}, "start", "日期应为年月日"),
        ({"end": "yesterday"}, "end", "日期应为年月日"),
        ({"id_number": "张三"}, "id_number", "只含数字"),
        ({"id_number": "12X4"}, "id_number", "只含数字"),
        ({"id_number": "1" * 19}, "id_number", "最多18位"),
        ({"name": "<b>"}, "name", "不能含有"),
        ({"name": "样" * 51}, "name", "最多 50 个字"),
    ],
)
def test_it_rejects_bad_input(browser: FlaskClient, query: dict[str, str], name: str, words: str) -> None:
    answer = ask(browser, **query)
    assert answer.status_code == 422 and words in told(answer.text, name)
    assert field(answer.text, name).has_attr("autofocus")
    assert [field(answer.text, asked)["value"] for asked in query] == list(query.values())
    assert "还没有记分记录" not in answer.text


@pytest.mark.parametrize("query", [{"name": "样例"}, {"start": "2026-02-02", "end": "2026-02-01"}])
def test_the_fragment_leaves_the_page_as_a_fresh_one(browser: FlaskClient, query: dict[str, str]) -> None:
    fresh = ask(browser, **query).text
    fragment = browser.post(URL, data=query, headers=HTMX).text
    assert "<main" not in fragment
    assert swapped(browser.get(URL).text, fragment, "#records", "outerHTML") == normalised(fresh)


def test_no_number_gets_into_an_address(browser: FlaskClient) -> None:
    page = BeautifulSoup(ask(browser, id_number=ID_NUMBER).text, "html.parser")
    assert page.select_one("#records form")["method"] == "post"
    addresses = [tag[name] for name in ("href", "action", "hx-post") for tag in page.select(f"[{name}]")]
    assert addresses and not [address for address in addresses if ID_NUMBER in address]
    assert not page.select("[hx-push-url]")


def test_a_number_in_the_address_is_not_looked_at(browser: FlaskClient) -> None:
    assert ID_NUMBER not in browser.get(f"{URL}?id_number={ID_NUMBER}").text


@pytest.mark.parametrize(("role", "shown"), [("administrator", True), ("scorer", True), ("inspector", False)])
def test_home_leads_to_it(as_user: SignedIn, role: str, shown: bool) -> None:
    page = BeautifulSoup(as_user(factories.UserFactory(**{role: True})).get("/").text, "html.parser")
    links = [link.get_text(strip=True) for link in page.select(f'.modules a[href="{URL}"]')]
    assert links == (["记分记录"] if shown else [])


def test_a_scorers_home_promises_no_inspections(as_user: SignedIn, scorer: User) -> None:
    assert "还没有自查记录" not in as_user(scorer).get("/").text


def test_it_counts_statements(browser: FlaskClient) -> None:
    with counted_statements() as statements:
        browser.get(URL)
    assert len(statements) == 3
