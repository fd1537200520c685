"""自查记录: GET /inspections and one record."""

from datetime import date, timedelta

import pytest
from bs4 import BeautifulSoup

from tests import factories
from tests.htmx import HTMX, normalised, swapped
from tests.inspections.conftest import submitted
from tests.sessions import counted_statements
from webapp.database import db
from webapp.inspections.models import Inspection
from webapp.inspections.records import PAGE

URL = "/inspections"


def titles(page: str) -> list[str]:
    return [title.text.strip() for title in BeautifulSoup(page, "lxml").select("#results .record-title")]


def drafts(inspector, number):
    made = [factories.InspectionFactory(inspector=inspector) for _ in range(number)]
    for days, draft in enumerate(made):
        draft.inspected_on = date(2026, 11, 1) - timedelta(days=days // 3)
    db.session.commit()
    return made


def test_it_works(phone, inspector):
    submitted(inspector)
    factories.InspectionFactory(inspector=inspector, scope=["WS-CF"])
    page = phone.get(URL).text
    assert titles(page) == ["医疗文书", "机构执业"]
    assert "已上报" in page and "暂存" in page


def test_an_inspector_sees_only_the_own_ones(as_user, draft, inspector):
    colleague = factories.UserFactory(inspector=True, institution=inspector.institution)
    assert titles(as_user(colleague).get(URL).text) == []


def test_the_administrator_sees_those_of_the_institution(as_user, administrator, draft, stranger):
    factories.InspectionFactory(inspector=stranger)
    assert len(titles(as_user(administrator).get(URL).text)) == 1


def test_it_says_what_will_be_here(phone, as_user, administrator):
    assert "还没有自查记录" in phone.get(URL).text
    assert "自查用户填报后" in as_user(administrator).get(URL).text


def test_it_pages_through_all_without_a_gap(phone, inspector):
    made = drafts(inspector, PAGE + 5)
    first = BeautifulSoup(phone.get(URL).text, "lxml")
    more = first.select_one(".more a")["href"]
    second = BeautifulSoup(phone.get(more).text, "lxml")
    seen = [link["href"] for page in (first, second) for link in page.select("a.record")]
    assert len(seen) == len(set(seen)) == len(made)
    assert second.select_one(".more a") is None


def test_more_appended_equals_the_list(phone, inspector):
    drafts(inspector, PAGE + 5)
    page = phone.get(URL).text
    more = BeautifulSoup(page, "lxml").select_one(".more a")["href"]
    rows = phone.get(more, headers=HTMX).text
    assert len(titles(swapped(page, rows, "li.more", "outerHTML"))) == PAGE + 5


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("start=2026-11-01", 3),
        ("end=2026-10-31", 3),
        ("start=2026-10-31&end=2026-10-31", 3),
        ("category=JG", 6),
        ("category=WS", 0),
        ("start=&end=&category=", 6),
    ],
)
def test_it_narrows(phone, inspector, query, found):
    drafts(inspector, 6)
    assert len(titles(phone.get(f"{URL}?{query}").text)) == found


def test_the_fragment_leaves_the_page_as_a_fresh_one(phone, inspector):
    drafts(inspector, 6)
    url = f"{URL}?start=2026-11-01"
    page = phone.get(url).text
    assert swapped(page, phone.get(url, headers=HTMX).text, "#results", "outerHTML") == normalised(page)


def test_it_refuses_a_start_after_the_end(phone):
    answer = phone.get(f"{URL}?start=2026-11-02&end=2026-11-01")
    assert answer.status_code == 422 and "结束时间不能早于开始时间" in answer.text


@pytest.mark.parametrize("query", ["start=yesterday", "end=2026-13-40", "category=XX", "category=<script>"])
def test_it_rejects_bad_input(phone, query):
    assert phone.get(f"{URL}?{query}").status_code == 422


def test_it_shrugs_at_a_broken_cursor(phone, draft):
    assert len(titles(phone.get(f"{URL}?after=nonsense").text)) == 1


def test_it_offers_only_the_institutions_own_scope(as_user, inspector):
    inspector.institution.scope = ["WS-CF"]
    db.session.commit()
    options = BeautifulSoup(as_user(inspector).get(URL).text, "lxml").select("#category option")
    assert [option.text for option in options] == ["全部", "医疗文书"]


def test_it_refuses_other_roles(as_user, reviewer):
    assert as_user(reviewer).get(URL).status_code == 403


def test_it_asks_to_sign_in(client):
    assert client.get(URL).location.startswith("/login")


def test_a_record_shows_every_answer(phone, inspector):
    record = submitted(inspector, "na")
    page = BeautifulSoup(phone.get(f"{URL}/{record.uuid}").text, "lxml")
    answers = [answer.text.strip() for answer in page.select(".item.read > .answer")]
    assert answers == ["合理缺项"] * record.total
    assert record.digest in page.text


def test_it_counts_statements(phone, inspector):
    counts = []
    for number in (1, PAGE):
        drafts(inspector, number)
        with counted_statements() as statements:
            phone.get(URL)
        counts.append(len(statements))
    assert counts[0] == counts[1] <= 4
    assert db.session.query(Inspection).count() == PAGE + 1
