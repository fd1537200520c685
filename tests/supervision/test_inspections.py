"""自查记录查询: the list."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from bs4 import BeautifulSoup
from flask.testing import FlaskClient

from tests import factories
from tests.htmx import HTMX, normalised, swapped
from tests.sessions import counted_statements
from tests.supervision.records import handed_in, inspector_in, rows
from webapp.accounts.models import User
from webapp.catalog import catalog
from webapp.inspections.models import InspectionKind
from webapp.lists.paging import PAGE
from webapp.supervision import filters

URL = "/supervision/inspections"
TODAY = date(2026, 11, 20)


def further(page: str) -> str:
    link = BeautifulSoup(page, "html.parser").select_one(".more a")
    assert link is not None
    return str(link["href"])


def days(page: str) -> list[str]:
    return [row[3] for row in rows(page)]


@pytest.fixture
def on(inspector: User, monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
    """Hand an inspection in so many days before TODAY."""

    def hand_in(ago: int) -> None:
        day = TODAY - timedelta(days=ago)
        monkeypatch.setattr("webapp.inspections.submission.local_date", lambda moment: day)
        handed_in(inspector)

    return hand_in


def test_it_works(desk: FlaskClient, inspector: User) -> None:
    inspection = handed_in(inspector)
    name = inspection.institution.name
    row = [
        "沙坪坝区",
        name,
        inspection.titles,
        inspection.inspected_on.isoformat(),
        "二级",
        inspector.name,
        "查看",
    ]
    assert rows(desk.get(URL).text) == [row]


def test_it_has_the_columns_of_the_manual(desk: FlaskClient, inspector: User) -> None:
    handed_in(inspector)
    heads = [head.text for head in BeautifulSoup(desk.get(URL).text, "html.parser").select("th")]
    assert heads == ["经营地区", "单位名称", "自查项目", "自查日期", "机构级别", "自查人员", "操作"]


def test_it_asks_to_sign_in(client: FlaskClient) -> None:
    assert client.get(URL).location.startswith("/login")


def test_it_refuses_other_roles(outsider: FlaskClient) -> None:
    assert outsider.get(URL).status_code == 403


def test_it_hides_other_districts(elsewhere: FlaskClient, inspector: User) -> None:
    handed_in(inspector)
    assert rows(elsewhere.get(URL).text) == []


def test_it_hides_drafts(desk: FlaskClient, inspector: User) -> None:
    factories.InspectionFactory(inspector=inspector)
    assert rows(desk.get(URL).text) == []


def test_it_lists_the_newest_first(desk: FlaskClient, on: Callable[[int], None]) -> None:
    for ago in (3, 0, 5):
        on(ago)
    assert days(desk.get(URL).text) == ["2026-11-20", "2026-11-17", "2026-11-15"]


def test_both_ends_of_the_range_count(desk: FlaskClient, on: Callable[[int], None]) -> None:
    for ago in (0, 1, 2, 3):
        on(ago)
    page = desk.get(f"{URL}?start=2026-11-18&end=2026-11-19").text
    assert days(page) == ["2026-11-19", "2026-11-18"]


@pytest.mark.parametrize(
    ("query", "field", "message"),
    [
        ("start=2026-11-02&end=2026-11-01", "end", "结束时间不能早于开始时间"),
        ("start=yesterday", "start", "日期应写成年-月-日"),
        ("category=XX", "category", "不在选项中"),
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


def test_what_was_typed_stays(desk: FlaskClient) -> None:
    page = BeautifulSoup(desk.get(f"{URL}?start=2026-11-02&end=2026-11-01&q=医院").text, "html.parser")
    typed = [page.select_one(f"[name={name}]") for name in ("start", "end", "q")]
    assert [field["value"] for field in typed if field] == ["2026-11-02", "2026-11-01", "医院"]


def test_it_filters_by_category(desk: FlaskClient, inspector: User) -> None:
    category, other = list(catalog().current_checklist().categories.values())[:2]
    for wanted in (category, other):
        handed_in(inspector, scope=[wanted.subcategories[0].code])
    assert [row[2] for row in rows(desk.get(f"{URL}?category={category.code}").text)] == [category.title]


def test_it_filters_by_level(desk: FlaskClient, inspector: User) -> None:
    handed_in(inspector)
    handed_in(inspector_in(factories.DISTRICT, level="三级"))
    assert [row[4] for row in rows(desk.get(f"{URL}?level=三级").text)] == ["三级"]


def test_it_filters_by_kind(desk: FlaskClient, inspector: User) -> None:
    handed_in(inspector)
    handed_in(inspector, kind=InspectionKind.SPECIAL)
    assert len(rows(desk.get(f"{URL}?kind=special").text)) == 1


@pytest.mark.parametrize("few", [filters.FEW, 0])
def test_it_filters_by_a_failed_item(
    desk: FlaskClient, inspector: User, monkeypatch: pytest.MonkeyPatch, few: int
) -> None:
    monkeypatch.setattr(filters, "FEW", few)
    handed_in(inspector)
    wanted = handed_in(inspector, failing=1)
    page = desk.get(f"{URL}?item={wanted.items[0].code}").text
    assert [row["data-href"] for row in BeautifulSoup(page, "html.parser").select("tr[data-href]")] == [
        f"{URL}/{wanted.uuid}?item={wanted.items[0].code}"
    ]
    assert wanted.items[0].text in page


def test_an_item_that_is_none_is_refused(desk: FlaskClient) -> None:
    answer = desk.get(f"{URL}?item=XX-XX-999")
    assert answer.status_code == 422
    assert "清单中没有这一条目" in answer.text


def test_it_filters_by_name(desk: FlaskClient, inspector: User) -> None:
    handed_in(inspector)
    handed_in(inspector_in(factories.DISTRICT, name="歌乐山康复医院"))
    assert [row[1] for row in rows(desk.get(f"{URL}?q=康复").text)] == ["歌乐山康复医院"]


def test_it_filters_by_district(city: FlaskClient, inspector: User) -> None:
    handed_in(inspector)
    handed_in(inspector_in("500103"))
    assert [row[0] for row in rows(city.get(f"{URL}?district=500103").text)] == ["渝中区"]


def test_paging_shows_each_row_once(desk: FlaskClient, on: Callable[[int], None]) -> None:
    for ago in range(PAGE + 4):
        on(ago // 2)
    first = desk.get(URL).text
    second = desk.get(further(first)).text
    assert len(rows(first)) == PAGE
    assert days(first) + days(second) == sorted(days(first) + days(second), reverse=True)
    assert len(rows(second)) == 4


def test_paging_keeps_the_lower_end_of_the_range(desk: FlaskClient, on: Callable[[int], None]) -> None:
    for ago in range(PAGE + 4):
        on(ago)
    start = TODAY - timedelta(days=PAGE + 1)
    first = desk.get(f"{URL}?start={start}&end={TODAY}").text
    assert days(desk.get(further(first)).text) == [f"{start + timedelta(days=1)}", f"{start}"]


def test_paging_never_skips_rows_by_counting(desk: FlaskClient, on: Callable[[int], None]) -> None:
    for ago in range(PAGE + 1):
        on(ago)
    url = further(desk.get(f"{URL}?end={TODAY}").text)
    with counted_statements() as statements:
        desk.get(url)
    listing = next(statement for statement in statements if "ORDER BY inspections.inspected_on" in statement)
    assert "(inspections.inspected_on, inspections.id) < (" in listing
    assert "inspected_on <=" not in listing


def test_paging_from_a_row_out_of_reach_is_not_found(elsewhere: FlaskClient, inspector: User) -> None:
    inspection = handed_in(inspector)
    assert elsewhere.get(f"{URL}?after={inspection.uuid}").status_code == 404


def test_filtering_by_htmx_leaves_the_page_as_a_fresh_one(desk: FlaskClient, inspector: User) -> None:
    handed_in(inspector)
    for query in ("level=三级", "start=2026-11-02&end=2026-11-01"):
        url = f"{URL}?{query}"
        fragment = desk.get(url, headers=HTMX).text
        assert swapped(desk.get(URL).text, fragment, "#list", "outerHTML") == normalised(desk.get(url).text)


def test_it_counts_statements(desk: FlaskClient) -> None:
    counts = []
    for more in (5, 35):
        for _ in range(more):
            handed_in(inspector_in(factories.DISTRICT))
        with counted_statements() as statements:
            desk.get(URL)
        counts.append(len(statements))
    assert counts[0] == counts[1]


def test_it_loads_no_record_for_a_list(desk: FlaskClient, inspector: User) -> None:
    handed_in(inspector)
    with counted_statements() as statements:
        desk.get(URL)
    assert not any("inspections.record" in statement for statement in statements)
