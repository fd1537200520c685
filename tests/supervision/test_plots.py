"""The plots of the work desk: their tables say what was handed in, and lead to it."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from bs4 import BeautifulSoup, Tag
from flask.testing import FlaskClient

from tests import factories
from tests.htmx import HTMX, normalised, swapped
from tests.sessions import counted_statements
from tests.supervision.records import handed_in, inspector_in, rows
from webapp.accounts.models import User
from webapp.catalog import catalog
from webapp.database import db, uuid7
from webapp.demerits.decisions import decide
from webapp.demerits.petitions import Outcome, PetitionKind, file
from webapp.demerits.submission import submit
from webapp.inspections.models import InspectionKind
from webapp.institutions.models import Institution
from webapp.supervision.periods import Period, periods
from webapp.supervision.plotted import KINDS

URL = "/supervision/figures"
NOON = datetime(2026, 9, 30, 4, tzinfo=UTC)
OCTOBER = datetime(2026, 10, 1, 4, tzinfo=UTC)


def table(page: str) -> list[list[str]]:
    """The cells of each row."""
    found = BeautifulSoup(page, "html.parser").select("table[data-plot] tbody tr")
    return [[cell.get_text(" ", strip=True) for cell in row.select("th, td")] for row in found]


def numbers(page: str) -> list[list[float]]:
    """What the picture is drawn from."""
    found = BeautifulSoup(page, "html.parser").select("table[data-plot] tbody tr")
    return [[float(str(cell["data-value"])) for cell in row.select("[data-value]")] for row in found]


def links(page: str) -> list[Tag]:
    return list(BeautifulSoup(page, "html.parser").select("table[data-plot] td a"))


def scored(scorer: User, *items: str, at: datetime = NOON) -> Any:
    demerit = factories.DemeritFactory(scorer=scorer, items=list(items))
    submit(demerit, by=scorer, at=at)
    return demerit


@pytest.fixture
def scorer(administrator: User) -> User:
    made: User = factories.UserFactory(scorer=True, institution=administrator.institution)
    return made


def test_submissions_are_told_by_month_and_kind(desk: FlaskClient, inspector: User) -> None:
    for at, kind in (
        (NOON, InspectionKind.ROUTINE),
        (NOON, InspectionKind.FULL),
        (OCTOBER, InspectionKind.FULL),
    ):
        handed_in(inspector, kind=kind, at=at)
    told = {row[0]: row[1:] for row in table(desk.get(f"{URL}/submissions?period=2026").text)}
    assert told["2026-09"] == ["1", "0", "1", "2"]
    assert told["2026-10"] == ["0", "0", "1", "1"]
    assert told["2026-08"] == ["0"] * 4


def test_a_number_opens_as_many_inspections(desk: FlaskClient, inspector: User) -> None:
    for at in (NOON, NOON, OCTOBER):
        handed_in(inspector, failing=2, at=at)
    for name in ("submissions", "failures"):
        for link in links(desk.get(f"{URL}/{name}?period=2026&level=二级").text):
            assert len(rows(desk.get(str(link["href"])).text)) == int(link.text)


def test_failures_name_item_and_law_the_most_often_first(desk: FlaskClient, inspector: User) -> None:
    often, rare = handed_in(inspector, failing=1), handed_in(inspector, failing=2)
    first, second = (item for item in often.items[:2])
    lines = table(desk.get(f"{URL}/failures").text)
    assert lines[0] == [f"{first.number} {first.text} {first.citation}", "2"]
    assert lines[1] == [f"{second.number} {second.text} {second.citation}", "1"]
    assert rare.failed == 2


def test_completion_is_told_by_level_within_a_district(desk: FlaskClient, inspector: User) -> None:
    handed_in(inspector)
    factories.InstitutionFactory()
    factories.InstitutionFactory(level="三级")
    lines = table(desk.get(f"{URL}/completion").text)
    assert lines == [["三级", "0.0%", "0", "1"], ["二级", "50.0%", "1", "1"]]


def test_completion_is_told_by_district_in_the_city(city: FlaskClient, inspector: User) -> None:
    handed_in(inspector)
    factories.InstitutionFactory(district="500103")
    lines = table(city.get(f"{URL}/completion").text)
    assert lines == [["渝中区", "0.0%", "0", "1"], ["沙坪坝区", "100.0%", "1", "0"]]
    assert table(city.get(f"{URL}/completion?district=500103").text) == [["二级", "0.0%", "0", "1"]]


def test_completion_counts_only_institutions_that_may_work(desk: FlaskClient, inspector: User) -> None:
    factories.InstitutionFactory(status="pending")
    factories.InstitutionFactory(status="returned")
    assert numbers(desk.get(f"{URL}/completion").text) == [[0, 0, 1]]


def test_completion_opens_as_many_institutions(desk: FlaskClient, inspector: User) -> None:
    handed_in(inspector)
    for _ in range(2):
        factories.InstitutionFactory()
    page = desk.get(f"{URL}/completion?period=3").text
    counts = [int(cell) for cell in table(page)[0][2:]]
    for link, count in zip(links(page)[1:], counts, strict=True):
        assert len(rows(desk.get(str(link["href"])).text)) == count


def test_demerits_are_told_by_month_and_article(desk: FlaskClient, scorer: User) -> None:
    scored(scorer, "A1-01", "A3-01")
    scored(scorer, "A1-01", at=OCTOBER)
    told = {row[0]: row[1:] for row in table(desk.get(f"{URL}/demerits?period=2026").text)}
    items = catalog().current_demerit_rules().items
    first, third = items["A1-01"].points, items["A3-01"].points
    assert told["2026-09"] == [str(first), "0", str(third), "0", "0", str(first + third)]
    assert told["2026-10"][0] == str(first)


def test_halves_are_written_and_wholes_without_a_point(desk: FlaskClient, scorer: User) -> None:
    items = catalog().current_demerit_rules().items.values()
    half = next(item for item in items if item.points % 1)
    for _ in range(2):
        scored(scorer, half.code)
    scored(scorer, half.code, at=OCTOBER)
    told = {row[0]: row[-1] for row in table(desk.get(f"{URL}/demerits?period=2026").text)}
    assert (told["2026-09"], told["2026-10"]) == (f"{half.points * 2:.0f}", str(half.points))


def test_a_number_opens_the_demerits_of_its_article(desk: FlaskClient, scorer: User) -> None:
    both = scored(scorer, "A1-01", "A3-01")
    scored(scorer, "A1-02")
    page = desk.get(f"{URL}/demerits?period=2026").text
    third = next(link for link in links(page) if "article=A3" in link["href"])
    assert [row[1] for row in rows(desk.get(str(third["href"])).text)] == [both.facts["name"]]


def test_what_was_withdrawn_counts_no_more(desk: FlaskClient, scorer: User, reviewer: User) -> None:
    withdrawn, part = scored(scorer, "A1-01"), scored(scorer, "A3-01")
    for demerit, kind, outcome in (
        (withdrawn, PetitionKind.REVERSAL, Outcome.UPHELD),
        (part, PetitionKind.OBJECTION, Outcome.PARTLY),
    ):
        petition = file(demerit, kind, "记错了人", (), uuid7(), by=scorer)
        decide(petition, outcome, "属实", Decimal(1), by=reviewer)
    page = desk.get(f"{URL}/demerits?period=2026").text
    told = {row[0]: row[1:] for row in table(page)}
    assert told["2026-09"][0] == "0"
    assert "已撤销的 1 条不计入；部分成立减去的 1 分没有分到条款。" in page


def test_the_share_of_skipped_items_is_told_by_category(desk: FlaskClient, inspector: User) -> None:
    made = handed_in(inspector, skipping=2)
    (line,) = table(desk.get(f"{URL}/skipped").text)
    share = f"{200 / made.total:.1f}%"
    assert line == [made.titles, share, "2", str(made.total)]


@pytest.mark.parametrize("name", KINDS)
def test_they_stop_at_the_district(
    desk: FlaskClient, elsewhere: FlaskClient, inspector: User, scorer: User, name: str
) -> None:
    handed_in(inspector, failing=2, skipping=1)
    scored(scorer, "A1-01")
    assert table(desk.get(f"{URL}/{name}").text)
    page = elsewhere.get(f"{URL}/{name}").text
    assert table(page) == []
    assert KINDS[name].empty in page


@pytest.mark.parametrize("name", KINDS)
def test_the_level_narrows_all_of_them(desk: FlaskClient, inspector: User, scorer: User, name: str) -> None:
    handed_in(inspector, failing=2, skipping=1)
    scored(scorer, "A1-01")
    assert table(desk.get(f"{URL}/{name}?level=二级").text)
    assert table(desk.get(f"{URL}/{name}?level=三级").text) == []


def test_a_record_stays_in_the_district_of_its_time(city: FlaskClient, inspector: User) -> None:
    handed_in(inspector, at=NOON)
    institution = db.session.get_one(Institution, inspector.institution_id)
    institution.district = "500103"
    db.session.commit()
    page = city.get(f"{URL}/submissions?period=2026&district={factories.DISTRICT}").text
    assert sum(row[-1] for row in numbers(page)) == 1


@pytest.mark.parametrize("name", KINDS)
def test_the_fragment_leaves_the_page_as_a_fresh_one(desk: FlaskClient, inspector: User, name: str) -> None:
    handed_in(inspector, failing=1)
    whole = desk.get(f"{URL}/{name}").text
    fragment = desk.get(f"{URL}/{name}", headers=HTMX).text
    assert swapped(whole, fragment, f"#{name}", "outerHTML") == normalised(whole)


@pytest.mark.parametrize("name", KINDS)
def test_bad_input_is_not_found(desk: FlaskClient, name: str) -> None:
    assert desk.get(f"{URL}/{name}?district=500103").status_code == 404


@pytest.mark.parametrize("name", KINDS)
def test_they_count_statements(desk: FlaskClient, name: str) -> None:
    counts = []
    for more in (1, 5):
        for number in range(more):
            handed_in(inspector_in(factories.DISTRICT), failing=number % 3)
        with counted_statements() as statements:
            desk.get(f"{URL}/{name}", headers=HTMX)
        counts.append(len(statements))
    assert counts[0] == counts[1] <= 4


@pytest.mark.parametrize(
    ("code", "first", "last"),
    [
        ("12", date(2025, 3, 1), date(2026, 2, 1)),
        ("3", date(2025, 12, 1), date(2026, 2, 1)),
        ("month", date(2026, 2, 1), date(2026, 2, 1)),
        ("quarter", date(2026, 1, 1), date(2026, 2, 1)),
        ("2026", date(2026, 1, 1), date(2026, 2, 1)),
        ("2025", date(2025, 1, 1), date(2025, 12, 1)),
    ],
)
def test_periods_are_whole_months(code: str, first: date, last: date) -> None:
    found = periods(date(2026, 2, 28))[code]
    assert (found.first, found.last) == (first, last)


def test_a_period_knows_its_days() -> None:
    leap = Period("", date(2024, 1, 1), date(2024, 2, 1))
    assert leap.days == {"start": "2024-01-01", "end": "2024-02-29"}
    assert leap.months == [date(2024, 1, 1), date(2024, 2, 1)]
