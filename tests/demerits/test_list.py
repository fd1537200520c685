"""记分记录: what the list shows to whom, narrowed and paged."""

from collections.abc import Callable
from datetime import date, timedelta

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
from webapp.demerits.models import Demerit
from webapp.demerits.records import PAGE
from webapp.demerits.submission import submit
from webapp.sample import sample_id_number

SignedIn = Callable[[User], FlaskClient]
URL = "/demerits"
ID_NUMBER = sample_id_number(factories.rng)


@pytest.fixture
def drafted(scorer: User) -> Demerit:
    return add(scorer, name="吕布")


@pytest.fixture
def submitted(scorer: User) -> Demerit:
    made = add(scorer, name="单雄信", id_number=ID_NUMBER)
    submit(made, by=scorer)
    return made


def add(scorer: User, **person: str) -> Demerit:
    somebody = factories.MedicalPersonFactory(institution=scorer.institution, **person)
    made: Demerit = factories.DemeritFactory(scorer=scorer, person=somebody, items=["A1-01", "A1-05"])
    return made


def found(page: str) -> list[str]:
    return [title.text.strip() for title in BeautifulSoup(page, "lxml").select(".record-title")]


def ask(browser: FlaskClient, **query: str) -> TestResponse:
    return browser.post(URL, data=query)


def test_it_lists_the_newest_first(phone: FlaskClient, drafted: Demerit, submitted: Demerit) -> None:
    page = phone.get(URL).text
    assert found(page) == ["单雄信", "吕布"]
    row = BeautifulSoup(page, "lxml").select_one(".record").text
    assert f"身份证号：{ID_NUMBER[:4]}********{ID_NUMBER[-4:]}" in row
    assert "记分分值：1.5" in row and f"记分日期：{submitted.recorded_on}" in row and "已上报" in row
    assert ID_NUMBER not in page


def test_only_a_draft_can_be_edited_or_deleted(
    phone: FlaskClient, drafted: Demerit, submitted: Demerit
) -> None:
    page = BeautifulSoup(phone.get(URL).text, "lxml")
    assert [link["href"] for link in page.select(".record-extra a")] == [f"{URL}/{drafted.uuid}"]
    forms = page.select(".record-extra dialog form")
    assert [form["action"] for form in forms] == [f"{URL}/{drafted.uuid}/deletion"]


def test_an_administrator_reads_what_was_handed_in(
    as_user: SignedIn, administrator: User, drafted: Demerit, submitted: Demerit
) -> None:
    browser = as_user(administrator)
    assert found(browser.get(URL).text) == ["单雄信"]
    assert browser.get(f"{URL}/{submitted.uuid}").status_code == 200
    assert browser.get(f"{URL}/{drafted.uuid}").status_code == 404


def test_a_scorer_reads_their_own_only(as_user: SignedIn, scorer: User, submitted: Demerit) -> None:
    browser = as_user(factories.UserFactory(scorer=True, institution=scorer.institution))
    assert found(browser.get(URL).text) == []
    assert browser.get(f"{URL}/{submitted.uuid}").status_code == 404


def test_another_institution_reads_nothing(as_user: SignedIn, stranger: User, submitted: Demerit) -> None:
    browser = as_user(stranger)
    assert found(browser.get(URL).text) == []
    assert found(ask(browser, id_number=ID_NUMBER).text) == []
    assert browser.get(f"{URL}/{submitted.uuid}").status_code == 404
    assert browser.post(f"{URL}/{submitted.uuid}/number").status_code == 404


@pytest.mark.parametrize(
    "query",
    [
        {"name": "雄"},
        {"name": "shanxiong"},
        {"name": "dxx"},
        {"id_number": ID_NUMBER},
        {"id_number": ID_NUMBER[5:12]},
        {"name": "单", "id_number": ID_NUMBER[-3:]},
    ],
)
def test_it_narrows_by_person(
    phone: FlaskClient, drafted: Demerit, submitted: Demerit, query: dict[str, str]
) -> None:
    assert found(ask(phone, **query).text) == ["单雄信"]


@pytest.mark.parametrize(("start", "end", "shown"), [(0, 0, 1), (-1, 1, 1), (1, 1, 0), (-2, -1, 0)])
def test_it_narrows_by_day(phone: FlaskClient, submitted: Demerit, start: int, end: int, shown: int) -> None:
    first, last = (submitted.recorded_on + timedelta(days=days) for days in (start, end))
    assert len(found(ask(phone, start=first.isoformat(), end=last.isoformat()).text)) == shown


@pytest.mark.parametrize("query", [{}, {"name": "样例"}])
def test_it_pages_through_all_without_a_gap(phone: FlaskClient, scorer: User, query: dict[str, str]) -> None:
    names = [add(scorer).person.name for _ in range(PAGE + 5)]
    page = ask(phone, **query).text
    more = BeautifulSoup(page, "lxml").select_one(".more button")
    rest = phone.post(URL, data=query | {"after": more["value"]}, headers=HTMX).text
    assert found(swapped(page, rest, "li.more", "outerHTML")) == names[::-1]


def test_the_fragment_leaves_the_page_as_a_fresh_one(
    phone: FlaskClient, drafted: Demerit, submitted: Demerit
) -> None:
    fragment = phone.post(URL, data={"name": "单"}, headers=HTMX).text
    fresh = ask(phone, name="单").text
    assert swapped(phone.get(URL).text, fragment, "#records", "outerHTML") == normalised(fresh)


@pytest.mark.parametrize("query", [{}, {"name": "样例"}, {"id_number": "5001"}])
def test_it_counts_statements(phone: FlaskClient, scorer: User, query: dict[str, str]) -> None:
    counts = []
    for number in (1, PAGE):
        for _ in range(number):
            submit(add(scorer), by=scorer)
        with counted_statements() as statements:
            ask(phone, **query)
        counts.append(len(statements))
    assert counts[0] == counts[1] <= 5


def test_the_detail_says_what_the_record_says(phone: FlaskClient, submitted: Demerit) -> None:
    submitted.person.name = "改名以后"
    db.session.commit()
    page = BeautifulSoup(phone.get(f"{URL}/{submitted.uuid}").text, "lxml")
    assert page.h1.text == "记分记录详情"
    assert "单雄信" in page.main.text and "改名以后" not in page.main.text
    assert [title.text for title in page.select("h2")] == ["医疗人员信息", "扣分项目", "第一条", "相关材料"]
    assert "1.5分" in page.main.text and ID_NUMBER not in page.main.text


def test_the_list_says_what_the_record_says(phone: FlaskClient, submitted: Demerit) -> None:
    submitted.person.name = "改名以后"
    db.session.commit()
    assert found(phone.get(URL).text) == ["单雄信"]


def test_the_detail_shows_photos(phone: FlaskClient, scorer: User) -> None:
    photo = factories.AttachmentFactory(uploader=scorer)
    made = factories.DemeritFactory(scorer=scorer, photos=[photo], conduct_on=date(2026, 11, 1))
    submit(made, by=scorer)
    page = BeautifulSoup(phone.get(f"{URL}/{made.uuid}").text, "lxml")
    assert [link["href"] for link in page.select("a[data-zoom]")] == [f"/attachments/{photo.uuid}"]


def test_the_full_number_is_recorded(as_user: SignedIn, administrator: User, submitted: Demerit) -> None:
    assert ID_NUMBER in as_user(administrator).post(f"{URL}/{submitted.uuid}/number").text
    entry = db.session.query(AuditEntry).filter_by(action="numbers-shown").one()
    assert (entry.subject, entry.user_id) == (submitted.uuid, administrator.id)
