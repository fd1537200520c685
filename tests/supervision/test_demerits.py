"""医疗人员不良记分查询: the list."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from bs4 import BeautifulSoup
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests import factories
from tests.htmx import HTMX, normalised, swapped
from tests.sessions import counted_statements
from tests.supervision.records import rows
from webapp.accounts.models import User
from webapp.demerits.models import Demerit
from webapp.demerits.persons import MedicalPerson
from webapp.demerits.submission import submit
from webapp.lists.paging import PAGE
from webapp.supervision import filters

URL = "/supervision/demerits"
TODAY = date(2026, 11, 20)
NUMBER = "500106198704120018"


def scorer_in(district: str, **data: str) -> User:
    """A scorer of an institution in a district."""
    institution = factories.InstitutionFactory(district=district, **data)
    scorer: User = factories.UserFactory(scorer=True, institution=institution)
    return scorer


def handed_in(scorer: User, ago: int = 0, **data: object) -> Demerit:
    """A submitted demerit of so many days before TODAY."""
    demerit: Demerit = factories.DemeritFactory(scorer=scorer, **data)
    at = datetime(TODAY.year, TODAY.month, TODAY.day, 4, tzinfo=UTC) - timedelta(days=ago)
    submit(demerit, by=scorer, at=at)
    return demerit


def person_of(scorer: User, **data: str) -> MedicalPerson:
    person: MedicalPerson = factories.MedicalPersonFactory(institution=scorer.institution, **data)
    return person


def names(page: str) -> list[str]:
    return [row[1] for row in rows(page)]


def further(page: str) -> str:
    link = BeautifulSoup(page, "html.parser").select_one(".more a")
    assert link is not None
    return str(link["href"])


@pytest.fixture
def scorer(app: object) -> User:
    return scorer_in(factories.DISTRICT)


@pytest.fixture
def asked(desk: FlaskClient) -> Callable[..., TestResponse]:
    """Ask for an ID number."""
    return lambda number, **more: desk.post(URL, data={"id_number": number, **more})


def test_it_works(desk: FlaskClient, scorer: User) -> None:
    demerit = handed_in(scorer, person=person_of(scorer, title="主管护师", id_number=NUMBER))
    name, place = demerit.facts["name"], demerit.institution.name
    shown = [
        "沙坪坝区",
        name,
        "护士",
        "女",
        "5001********0018",
        place,
        str(demerit.points),
        f"{TODAY}",
        "查看",
    ]
    assert rows(desk.get(URL).text) == [shown]


def test_it_has_the_columns_of_the_manual(desk: FlaskClient, scorer: User) -> None:
    handed_in(scorer)
    heads = [head.text for head in BeautifulSoup(desk.get(URL).text, "html.parser").select("th")]
    columns = ["所属地区", "姓名", "专业类别", "性别", "身份证", "执业机构", "记分", "记分日期", "操作"]
    assert heads == columns


def test_it_asks_to_sign_in(client: FlaskClient) -> None:
    assert client.get(URL).location.startswith("/login")


def test_it_refuses_other_roles(outsider: FlaskClient) -> None:
    assert outsider.get(URL).status_code == 403


def test_it_hides_other_districts(elsewhere: FlaskClient, scorer: User) -> None:
    handed_in(scorer, person=person_of(scorer, id_number=NUMBER))
    assert rows(elsewhere.get(URL).text) == []
    assert rows(elsewhere.post(URL, data={"id_number": NUMBER}).text) == []


def test_it_hides_drafts(desk: FlaskClient, scorer: User) -> None:
    factories.DemeritFactory(scorer=scorer)
    assert rows(desk.get(URL).text) == []


def test_it_says_when_there_is_nothing(desk: FlaskClient) -> None:
    assert "还没有记分记录" in desk.get(URL).text
    assert "没有符合条件的记分记录" in desk.get(f"{URL}?q=无").text


def test_it_lists_the_newest_first(desk: FlaskClient, scorer: User) -> None:
    for ago in (3, 0, 5):
        handed_in(scorer, ago)
    assert [row[7] for row in rows(desk.get(URL).text)] == ["2026-11-20", "2026-11-17", "2026-11-15"]


def test_both_ends_of_the_range_count(desk: FlaskClient, scorer: User) -> None:
    for ago in range(4):
        handed_in(scorer, ago)
    page = desk.get(f"{URL}?start=2026-11-18&end=2026-11-19").text
    assert [row[7] for row in rows(page)] == ["2026-11-19", "2026-11-18"]


@pytest.mark.parametrize(
    ("query", "field", "message"),
    [
        ("start=2026-11-02&end=2026-11-01", "end", "结束时间不能早于开始时间"),
        ("start=yesterday", "start", "日期应写成年-月-日"),
        ("district=500103", "district", "不在选项中"),
    ],
)
def test_it_rejects_bad_input(desk: FlaskClient, query: str, field: str, message: str) -> None:
    answer = desk.get(f"{URL}?{query}")
    page = BeautifulSoup(answer.text, "html.parser")
    assert answer.status_code == 422
    assert page.select_one(f"[name={field}][aria-invalid=true][autofocus]")
    told = page.select_one(f"#{field}-error")
    assert told is not None and message in told.text


def test_it_filters_by_the_whole_name(desk: FlaskClient, scorer: User) -> None:
    for name in ("样例甲", "样例甲乙"):
        handed_in(scorer, person=person_of(scorer, name=name))
    assert names(desk.get(f"{URL}?name=样例甲").text) == ["样例甲"]


def test_it_filters_by_institution(desk: FlaskClient, scorer: User) -> None:
    handed_in(scorer)
    handed_in(scorer_in(factories.DISTRICT, name="歌乐山康复医院"))
    assert [row[5] for row in rows(desk.get(f"{URL}?q=康复").text)] == ["歌乐山康复医院"]


def test_it_filters_by_level(desk: FlaskClient, scorer: User) -> None:
    handed_in(scorer)
    handed_in(scorer_in(factories.DISTRICT, level="三级", name="歌乐山康复医院"))
    assert [row[5] for row in rows(desk.get(f"{URL}?level=三级").text)] == ["歌乐山康复医院"]


@pytest.mark.parametrize("few", [filters.FEW, 0])
def test_it_filters_by_article(
    desk: FlaskClient, scorer: User, monkeypatch: pytest.MonkeyPatch, few: int
) -> None:
    monkeypatch.setattr(filters, "FEW", few)
    for items in (["A1-01"], ["A2-01", "A3-01"], ["A3-02", "A3-01"]):
        handed_in(scorer, items=items)
    assert len(rows(desk.get(f"{URL}?article=A3").text)) == 2
    assert desk.get(f"{URL}?article=A9").status_code == 422


def test_it_filters_by_district(city: FlaskClient, scorer: User) -> None:
    handed_in(scorer)
    handed_in(scorer_in("500103"))
    assert [row[0] for row in rows(city.get(f"{URL}?district=500103").text)] == ["渝中区"]


@pytest.mark.parametrize("typed", [NUMBER, "500106", "0018", "500106********0018", " 500106 19870412 0018"])
@pytest.mark.parametrize("few", [filters.FEW, 0])
def test_a_number_or_its_ends_find_the_person(
    asked: Callable[..., TestResponse], scorer: User, monkeypatch: pytest.MonkeyPatch, typed: str, few: int
) -> None:
    monkeypatch.setattr(filters, "FEW", few)
    handed_in(scorer, person=person_of(scorer, name="样例甲", id_number=NUMBER))
    handed_in(scorer, person=person_of(scorer, id_number="510212197203057725"))
    handed_in(scorer_in(factories.DISTRICT), person=None)
    elsewhere = scorer_in(factories.DISTRICT)
    handed_in(elsewhere, person=person_of(elsewhere, name="样例甲", id_number=NUMBER))
    assert names(asked(typed).text) == ["样例甲", "样例甲"]


@pytest.mark.parametrize(
    "typed", ["50010", "500106198704120019", "张三", "500106*", "%", "5001061987041200188"]
)
def test_a_number_that_is_none_is_refused(
    asked: Callable[..., TestResponse], scorer: User, typed: str
) -> None:
    answer = asked(typed)
    page = BeautifulSoup(answer.text, "html.parser")
    assert answer.status_code == 422
    field = page.select_one("[name=id_number][aria-invalid=true]")
    assert field is not None and field["value"] == typed
    assert page.select_one("#id_number-error")


def test_no_address_carries_a_number(asked: Callable[..., TestResponse], scorer: User) -> None:
    handed_in(scorer, person=person_of(scorer, id_number=NUMBER))
    page = BeautifulSoup(asked(NUMBER).text, "html.parser")
    addresses = [
        tag[name] for name in ("href", "action", "hx-get", "hx-post") for tag in page.select(f"[{name}]")
    ]
    assert addresses and not any(NUMBER[:6] in str(address) for address in addresses)


def test_paging_shows_each_row_once(desk: FlaskClient, scorer: User) -> None:
    person = person_of(scorer)
    for ago in range(PAGE + 4):
        handed_in(scorer, ago // 2, person=person)
    first = desk.get(URL).text
    second = desk.get(further(first)).text
    days = [row[7] for page in (first, second) for row in rows(page)]
    assert (len(rows(first)), len(rows(second))) == (PAGE, 4)
    assert days == sorted(days, reverse=True)


def test_paging_a_query_by_number_shows_each_row_once(
    asked: Callable[..., TestResponse], scorer: User
) -> None:
    person = person_of(scorer, id_number=NUMBER)
    for ago in range(PAGE + 4):
        handed_in(scorer, ago, person=person)
    first = asked(NUMBER).text
    button = BeautifulSoup(first, "html.parser").select_one(".more button")
    assert button is not None
    second = asked(NUMBER, after=button["value"]).text
    days = [row[7] for page in (first, second) for row in rows(page)]
    assert days == [f"{TODAY - timedelta(days=ago)}" for ago in range(PAGE + 4)]


def test_paging_from_a_row_out_of_reach_is_not_found(elsewhere: FlaskClient, scorer: User) -> None:
    assert elsewhere.get(f"{URL}?after={handed_in(scorer).uuid}").status_code == 404


def test_filtering_by_htmx_leaves_the_page_as_a_fresh_one(desk: FlaskClient, scorer: User) -> None:
    handed_in(scorer)
    for query in ("name=无", "start=2026-11-02&end=2026-11-01"):
        url = f"{URL}?{query}"
        fragment = desk.get(url, headers=HTMX).text
        assert swapped(desk.get(URL).text, fragment, "#list", "outerHTML") == normalised(desk.get(url).text)


def test_it_counts_statements(desk: FlaskClient) -> None:
    counts = []
    for more in (5, 35):
        for _ in range(more):
            handed_in(scorer_in(factories.DISTRICT))
        with counted_statements() as statements:
            desk.get(URL)
        counts.append(len(statements))
    assert counts[0] == counts[1]
