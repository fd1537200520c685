"""记分录入: finding a person, POST /persons."""

from collections.abc import Callable

import pytest
from bs4 import BeautifulSoup
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests import factories
from tests.htmx import HTMX, normalised, swapped
from tests.sessions import counted_statements
from webapp.accounts.models import User
from webapp.audit.models import AuditEntry
from webapp.database import db
from webapp.demerits.person_views import PAGE
from webapp.demerits.persons import MedicalPerson
from webapp.sample import sample_id_number

SignedIn = Callable[[User], FlaskClient]
URL = "/persons"
ID_NUMBER = sample_id_number(factories.rng)


@pytest.fixture
def person(scorer: User) -> MedicalPerson:
    return add(scorer, name="单雄信", id_number=ID_NUMBER)


def add(scorer: User, **columns: str) -> MedicalPerson:
    made: MedicalPerson = factories.MedicalPersonFactory(institution=scorer.institution, **columns)
    return made


def ask(phone: FlaskClient, **query: str) -> TestResponse:
    return phone.post(URL, data={"name": "", "id_number": ""} | query)


def found(page: str) -> list[str]:
    return [title.text.strip() for title in BeautifulSoup(page, "lxml").select(".record-title")]


@pytest.mark.parametrize("url", [URL, "/demerits/new"])
def test_it_carries_the_manuals_words(phone: FlaskClient, url: str) -> None:
    page = BeautifulSoup(phone.get(url).text, "lxml")
    assert page.h1.text == "记分录入" and page.h2.text == "查询结果"
    assert [label.text for label in page.select("label")] == ["人员姓名", "身份证号"]
    assert page.select_one("form button.primary").text == "查询"
    assert page.select_one(f"a[href='{URL}/new']").text == "添加"


def test_home_leads_to_it(phone: FlaskClient) -> None:
    links = BeautifulSoup(phone.get("/").text, "lxml").select(".modules a[href='/demerits/new']")
    assert [link.get_text(strip=True) for link in links] == ["记分录入"]


def test_it_asks_to_sign_in(client: FlaskClient) -> None:
    assert client.post(URL).location == "/login"


@pytest.mark.parametrize("role", ["administrator", "inspector", "reviewer", "system", "auditor"])
def test_it_refuses_other_roles(as_user: SignedIn, role: str) -> None:
    browser = as_user(factories.UserFactory(**{role: True}))
    assert (browser.get(URL).status_code, browser.post(URL).status_code) == (403, 403)


def test_it_shows_nobody_unasked(phone: FlaskClient, person: MedicalPerson) -> None:
    assert found(phone.get(URL).text) == []


@pytest.mark.parametrize("query", [{}, {"name": "  "}, {"id_number": " - "}])
def test_it_asks_for_at_least_one(phone: FlaskClient, person: MedicalPerson, query: dict[str, str]) -> None:
    answer = ask(phone, **query)
    page = BeautifulSoup(answer.text, "lxml")
    assert answer.status_code == 422
    assert page.select_one("#field-name .error").text == "请输入人员姓名或身份证号"
    assert page.select_one("[name=name]").has_attr("autofocus")
    assert found(answer.text) == []


@pytest.mark.parametrize(
    "name", ["单", "雄信", "单雄信", "shan", "danxiong", "Shan Xiong", "dxx", "SXX", "xx"]
)
def test_it_finds_by_name_pinyin_and_initials(phone: FlaskClient, person: MedicalPerson, name: str) -> None:
    assert found(ask(phone, name=name).text) == ["单雄信"]


@pytest.mark.parametrize(("name", "typed"), [("吕布", "lv"), ("吕布", "lü"), ("阿曼·玛丽", "aman mali")])
def test_it_finds_however_pinyin_is_typed(phone: FlaskClient, scorer: User, name: str, typed: str) -> None:
    add(scorer, name=name)
    assert found(ask(phone, name=typed).text) == [name]


def test_a_new_name_is_found_by_its_own_pinyin(phone: FlaskClient, person: MedicalPerson) -> None:
    person.name = "吕布"
    db.session.commit()
    assert found(ask(phone, name="lvbu").text) == ["吕布"]
    assert found(ask(phone, name="shan").text) == []


@pytest.mark.parametrize(
    "part", [ID_NUMBER, ID_NUMBER[:6], ID_NUMBER[6:14], ID_NUMBER[-4:], ID_NUMBER.lower()]
)
def test_it_finds_by_any_part_of_the_number(phone: FlaskClient, person: MedicalPerson, part: str) -> None:
    assert found(ask(phone, id_number=part).text) == ["单雄信"]


@pytest.mark.parametrize(
    "query",
    [{"name": "雄单"}, {"name": "王"}, {"name": "单", "id_number": "0000000"}, {"name": "wang"}],
)
def test_it_says_that_nobody_was_found(
    phone: FlaskClient, person: MedicalPerson, query: dict[str, str]
) -> None:
    page = ask(phone, **query).text
    assert found(page) == []
    assert "没有找到符合条件的人员" in page


@pytest.mark.parametrize(
    ("query", "field", "words"),
    [
        ({"id_number": "张三"}, "id_number", "只含数字"),
        ({"id_number": "1" * 19}, "id_number", "最多18位"),
        ({"name": "<b>"}, "name", "不能含有"),
        ({"name": "样" * 51}, "name", "最多 50 个字"),
    ],
)
def test_it_rejects_bad_input(phone: FlaskClient, query: dict[str, str], field: str, words: str) -> None:
    answer = ask(phone, **query)
    page = BeautifulSoup(answer.text, "lxml")
    assert answer.status_code == 422 and words in page.select_one(f"#field-{field} .error").text
    assert page.select_one(f"[name={field}]")["value"] == query[field]


def test_it_hides_other_institutions(as_user: SignedIn, other_scorer: User, person: MedicalPerson) -> None:
    browser = as_user(other_scorer)
    for query in ({"name": "单"}, {"id_number": ID_NUMBER}, {"id_number": ID_NUMBER[:4]}):
        assert found(ask(browser, **query).text) == []
    assert found(browser.get(f"{URL}?kept={person.uuid}").text) == []
    assert browser.post(f"{URL}/{person.uuid}/number").status_code == 404


def test_numbers_are_masked(phone: FlaskClient, person: MedicalPerson) -> None:
    page = BeautifulSoup(ask(phone, id_number=ID_NUMBER).text, "lxml")
    assert ID_NUMBER not in page.select_one("#records").text
    assert f"{ID_NUMBER[:4]}********{ID_NUMBER[-4:]}" in page.select_one("#records").text


def test_a_number_shown_in_full_is_recorded(phone: FlaskClient, person: MedicalPerson) -> None:
    assert ID_NUMBER in phone.post(f"{URL}/{person.uuid}/number").text
    entry = db.session.query(AuditEntry).filter_by(action="numbers-shown").one()
    assert entry.subject == person.uuid and ID_NUMBER not in str(entry.detail)


@pytest.mark.parametrize("query", [{"name": "单"}, {"name": ""}, {"name": "没有"}])
def test_the_fragment_leaves_the_page_as_a_fresh_one(
    phone: FlaskClient, person: MedicalPerson, query: dict[str, str]
) -> None:
    fresh = ask(phone, **query).text
    fragment = phone.post(URL, data=query, headers=HTMX).text
    assert swapped(phone.get(URL).text, fragment, "#search", "outerHTML") == normalised(fresh)


@pytest.mark.parametrize("query", [{"name": "样例"}, {"id_number": "5001"}])
def test_it_pages_through_all_without_a_gap(phone: FlaskClient, scorer: User, query: dict[str, str]) -> None:
    numbers = (sample_id_number(factories.rng) for _ in range(PAGE + 5))
    names = [add(scorer, id_number=number).name for number in numbers]
    page = ask(phone, **query).text
    more = BeautifulSoup(page, "lxml").select_one(".more button")
    rest = phone.post(URL, data=query | {"after": more["value"]}, headers=HTMX).text
    assert found(swapped(page, rest, "li.more", "outerHTML")) == names[::-1]


@pytest.mark.parametrize("query", [{"name": "样例"}, {"id_number": "5001"}])
def test_it_counts_statements(phone: FlaskClient, scorer: User, query: dict[str, str]) -> None:
    counts = []
    for number in (1, 2 * PAGE):
        for _ in range(number):
            add(scorer)
        with counted_statements() as statements:
            ask(phone, **query)
        counts.append(len(statements))
    assert counts[0] == counts[1] <= 5
