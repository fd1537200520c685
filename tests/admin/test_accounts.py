"""账号管理: the list."""

import pytest
from bs4 import BeautifulSoup
from flask.testing import FlaskClient

from tests import factories
from tests.htmx import HTMX, normalised, swapped
from tests.sessions import counted_statements
from tests.supervision.records import rows
from webapp.accounts.models import User
from webapp.formats import day
from webapp.lists.paging import PAGE
from webapp.numbers import mask_id_number, mask_phone

URL = "/admin/accounts"


def names(page: str) -> list[str]:
    return [row[0] for row in rows(page)]


@pytest.fixture
def everybody(operator: User) -> list[User]:
    """A reviewer of a district, one of the city, an auditor who has not signed in, one who is disabled."""
    return [
        factories.UserFactory(reviewer=True, name="区监督员", district="500106"),
        factories.UserFactory(reviewer=True, name="市监督员"),
        factories.UserFactory(auditor=True, name="新审计员", password_hash=""),
        factories.UserFactory(reviewer=True, name="停用监督员", district="500103", is_active=False),
    ]


def test_it_works(desk: FlaskClient, operator: User) -> None:
    user = factories.UserFactory(reviewer=True, name="样例甲", district="500106")
    assert rows(desk.get(URL).text)[0] == [
        "样例甲",
        "监督员",
        "沙坪坝区",
        mask_phone(user.mobile),
        mask_id_number(user.id_number),
        day(user.created_at),
        "启用",
        "查看",
    ]


def test_it_asks_to_sign_in(client: FlaskClient) -> None:
    assert client.get(URL).location.startswith("/login")


def test_it_refuses_other_roles(outsider: FlaskClient) -> None:
    assert outsider.get(URL).status_code == 403


def test_institutions_people_are_not_in_it(desk: FlaskClient, operator: User, inspector: User) -> None:
    assert names(desk.get(URL).text) == [operator.name]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("kind=auditor", ["新审计员"]),
        ("kind=system", ["样例系统员"]),
        ("district=500106", ["区监督员"]),
        ("district=city", ["市监督员"]),
        ("state=disabled", ["停用监督员"]),
        ("state=new", ["新审计员"]),
        ("state=active&kind=reviewer", ["市监督员", "区监督员"]),
        ("q=监督", ["停用监督员", "市监督员", "区监督员"]),
        ("q=%25", []),
    ],
)
def test_it_is_narrowed(desk: FlaskClient, everybody: list[User], query: str, found: list[str]) -> None:
    assert names(desk.get(f"{URL}?{query}").text) == found


def test_states_are_told(desk: FlaskClient, everybody: list[User]) -> None:
    told = {row[0]: row[6] for row in rows(desk.get(URL).text)}
    assert told["新审计员"] == "待首次登录" and told["停用监督员"] == "停用" and told["市监督员"] == "启用"


@pytest.mark.parametrize("query", ["kind=member", "district=500000", "state=odd"])
def test_it_rejects_bad_input(desk: FlaskClient, query: str) -> None:
    answer = desk.get(f"{URL}?{query}")
    assert answer.status_code == 422 and "不在选项中" in answer.text


def test_it_says_when_there_is_nothing(desk: FlaskClient) -> None:
    assert "没有符合条件的账号" in desk.get(f"{URL}?q=无").text


def test_paging_shows_each_account_once(desk: FlaskClient, operator: User) -> None:
    for _ in range(PAGE + 3):
        factories.UserFactory(reviewer=True)
    first = desk.get(URL).text
    link = BeautifulSoup(first, "html.parser").select_one(".more a")
    assert link is not None
    found = names(first) + names(desk.get(str(link["href"])).text)
    assert len(found) == len(set(found)) == PAGE + 4


def test_filtering_by_htmx_leaves_the_page_as_a_fresh_one(desk: FlaskClient, everybody: list[User]) -> None:
    url = f"{URL}?kind=reviewer"
    fragment = desk.get(url, headers=HTMX).text
    assert swapped(desk.get(URL).text, fragment, "#list", "outerHTML") == normalised(desk.get(url).text)


def test_it_counts_statements(desk: FlaskClient) -> None:
    counts = []
    for more in (2, PAGE):
        for _ in range(more):
            factories.UserFactory(reviewer=True)
        with counted_statements() as statements:
            desk.get(URL)
        counts.append(len(statements))
    assert counts[0] == counts[1]
