"""不良记分录入: /demerits/new?person=…, /demerits/<uuid> while it is a draft."""

from collections.abc import Callable
from decimal import Decimal

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select, text
from sqlalchemy.exc import DatabaseError

from tests import factories
from tests.demerits.entries import HALVES, demerits, entry
from tests.htmx import HTMX, normalised, swapped
from tests.institutions.answers import error_at
from webapp.accounts.models import User
from webapp.catalog import catalog
from webapp.chain import digest_of
from webapp.database import db
from webapp.demerits.models import Demerit
from webapp.demerits.persons import MedicalPerson
from webapp.demerits.points import tally
from webapp.demerits.submission import submit
from webapp.messages.models import Message

SignedIn = Callable[[User], FlaskClient]


@pytest.fixture
def person(scorer: User) -> MedicalPerson:
    made: MedicalPerson = factories.MedicalPersonFactory(institution=scorer.institution)
    return made


@pytest.fixture
def url(person: MedicalPerson) -> str:
    return f"/demerits/new?person={person.uuid}"


@pytest.fixture
def draft(scorer: User, person: MedicalPerson) -> Demerit:
    made: Demerit = factories.DemeritFactory(scorer=scorer, person=person)
    return made


def test_it_carries_the_manuals_words(phone: FlaskClient, url: str, person: MedicalPerson) -> None:
    page = BeautifulSoup(phone.get(url).text, "lxml")
    assert page.h1.text == "不良记分录入"
    titles = [title.find(string=True).strip() for title in page.select("h2")]
    assert titles[:7] == ["医疗人员信息", "扣分项目", "第一条", "第二条", "第三条", "第四条", "第五条"]
    assert [button.text for button in page.select("footer button")] == ["暂存", "确认上报"]
    assert person.id_number not in page.text and person.masked_id_number in page.text


def test_every_item_is_a_checkbox_in_its_article(phone: FlaskClient, url: str) -> None:
    page = BeautifulSoup(phone.get(url).text, "lxml")
    rules = catalog().current_demerit_rules()
    for article in rules.articles:
        boxes = page.select(f"fieldset[data-article='{article.code}'] input[type=checkbox]")
        assert [box["value"] for box in boxes] == [item.code for item in article.items]


def test_it_shows_the_law_and_that_the_rules_are_a_reference(phone: FlaskClient, url: str) -> None:
    page, rules = phone.get(url).text, catalog().current_demerit_rules()
    assert rules.notice in page
    cited = [item.citation for item in rules.items.values() if item.citation]
    assert cited and all(citation in page for citation in cited)


@pytest.mark.parametrize(
    "path", ["/demerits/new?person=x", "/demerits/new?person=01a20914-7239-751d-8a01-431c9d4a99c2"]
)
def test_an_unknown_person_has_no_entry(phone: FlaskClient, path: str) -> None:
    assert (phone.get(path).status_code, phone.post(path, data=entry()).status_code) == (404, 404)


def test_it_hides_other_institutions(as_user: SignedIn, other_scorer: User, url: str, draft: Demerit) -> None:
    browser, path = as_user(other_scorer), f"/demerits/{draft.uuid}"
    assert (browser.get(url).status_code, browser.post(url, data=entry()).status_code) == (404, 404)
    assert (browser.get(path).status_code, browser.post(path, data=entry()).status_code) == (404, 404)
    assert browser.post(f"{path}/deletion").status_code == 404


def test_another_scorers_draft_does_not_exist(as_user: SignedIn, scorer: User, draft: Demerit) -> None:
    browser = as_user(factories.UserFactory(scorer=True, institution=scorer.institution))
    path = f"/demerits/{draft.uuid}"
    assert (browser.get(path).status_code, browser.post(path, data=entry()).status_code) == (404, 404)


def test_it_keeps_a_draft(phone: FlaskClient, url: str, scorer: User, person: MedicalPerson) -> None:
    answer = phone.post(url, data=entry(items=["A1-05", "A1-01"]))
    [kept] = demerits()
    assert (answer.status_code, answer.location) == (303, "/demerits")
    assert (kept.person_id, kept.scorer_id, kept.items) == (person.id, scorer.id, ["A1-01", "A1-05"])
    assert (kept.points, kept.is_draft) == (Decimal("1.5"), True)


def test_it_submits_and_freezes(phone: FlaskClient, url: str, person: MedicalPerson) -> None:
    answer = phone.post(url, data=entry(action="submit"))
    [record] = demerits()
    assert answer.location == f"/demerits/{record.uuid}"
    assert record.record["person"]["id_number"] == person.id_number
    assert record.record["rules"]["sha256"] == catalog().current_demerit_rules().digest
    assert record.digest == digest_of(record.record, None) and record.chain_number == 1


@pytest.mark.parametrize("action", ["draft", "submit"])
def test_both_need_an_item(phone: FlaskClient, url: str, action: str) -> None:
    answer = phone.post(url, data=entry(action=action, items=[]))
    assert answer.status_code == 422
    assert "请选择扣分项目" in BeautifulSoup(answer.text, "lxml").select_one("#items .error").text
    assert demerits() == []


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("conduct_on", "2999-01-01", "不能晚于今天"),
        ("conduct_on", "", "请填写行为发生日期"),
        ("conduct_on", "2026-02-30", "日期应为年月日"),
        ("items", ["A9-99"], "不在选项中"),
    ],
)
def test_it_rejects_bad_input(phone: FlaskClient, url: str, field: str, value: object, words: str) -> None:
    answer = phone.post(url, data=entry(**{field: value}))
    assert answer.status_code == 422
    found = error_at(answer.text, field) or BeautifulSoup(answer.text, "lxml").select_one("#items").text
    assert words in found
    assert demerits() == []


def test_what_was_ticked_stays_after_a_refusal(phone: FlaskClient, url: str) -> None:
    page = BeautifulSoup(phone.post(url, data=entry(conduct_on="", items=HALVES)).text, "lxml")
    assert [box["value"] for box in page.select("#items input[checked]")] == HALVES
    assert page.select_one("#total-head").text == "1分"


@pytest.mark.parametrize("changed", [{"conduct_on": "", "items": HALVES}, {"items": []}])
def test_the_fragment_leaves_the_page_as_a_fresh_one(
    phone: FlaskClient, url: str, changed: dict[str, object]
) -> None:
    data = entry(**changed)
    fresh, piece = phone.post(url, data=data).text, phone.post(url, data=data, headers=HTMX).text
    assert swapped(phone.get(url).text, piece, "#entry", "outerHTML") == normalised(fresh)


@pytest.mark.parametrize("action", ["draft", "submit"])
def test_htmx_is_sent_on(phone: FlaskClient, url: str, action: str) -> None:
    answer = phone.post(url, data=entry(action=action), headers=HTMX)
    [kept] = demerits()
    assert answer.status_code == 204
    assert answer.headers["HX-Redirect"] == ("/demerits" if kept.is_draft else f"/demerits/{kept.uuid}")


def test_the_server_adds_up_what_is_ticked(phone: FlaskClient, url: str) -> None:
    rules = catalog().current_demerit_rules().key
    pieces = phone.post("/demerits/points", data={"rules": rules, "items": ["A1-05", "A2-01"]}, headers=HTMX)
    page = BeautifulSoup(swapped(phone.get(url).text, pieces.text, "#items", "none"), "lxml")
    assert [page.select_one(f"#sub-A{n}").text.strip() for n in range(1, 6)] == [
        *("0.5分", "2分", "0分", "0分", "0分")
    ]
    assert {page.select_one(f"#total-{place}").text.strip() for place in ("head", "foot")} == {"2.5分"}


@pytest.mark.parametrize("rules", ["", "x/y", "chongqing-reference/1999-01"])
def test_unknown_rules_add_up_nothing(phone: FlaskClient, rules: str) -> None:
    assert phone.post("/demerits/points", data={"rules": rules}).status_code == 422


@given(st.data())
def test_the_total_is_the_exact_sum(app: Flask, data: st.DataObject) -> None:
    rules = app.extensions["catalog"].current_demerit_rules()
    codes = data.draw(st.sets(st.sampled_from(sorted(rules.items))))
    added = tally(rules, codes)
    assert added.total == sum((rules.items[code].points for code in codes), Decimal(0))
    assert added.total == sum(article.subtotal for article in added.articles)


def test_half_points_add_up_exactly_in_the_database(scorer: User) -> None:
    for _ in range(7):
        factories.DemeritFactory(scorer=scorer, items=["A1-05"])
    assert db.session.scalar(select(func.sum(Demerit.points))) == Decimal("3.5")


def test_a_draft_is_edited_and_submitted(phone: FlaskClient, draft: Demerit) -> None:
    path = f"/demerits/{draft.uuid}"
    ticked = BeautifulSoup(phone.get(path).text, "lxml").select("#items input[checked]")
    assert [box["value"] for box in ticked] == ["A1-01"]
    phone.post(path, data=entry(items=["A2-01"]))
    assert draft.points == 2 and draft.is_draft
    assert phone.post(path, data=entry(items=["A2-01"], action="submit")).location == path
    assert not draft.is_draft


def test_a_submitted_entry_stays_as_it_is(phone: FlaskClient, scorer: User, draft: Demerit) -> None:
    submit(draft, by=scorer)
    path = f"/demerits/{draft.uuid}"
    assert phone.post(path, data=entry(items=["A2-01"])).location == path
    assert phone.post(f"{path}/deletion").status_code == 409
    assert draft.points == 1


@pytest.mark.parametrize("sql", ["UPDATE demerits SET points = 8", "DELETE FROM demerits"])
def test_the_database_freezes_it(scorer: User, draft: Demerit, sql: str) -> None:
    db.session.execute(text("UPDATE demerits SET conduct_on = '2026-11-03'"))
    submit(draft, by=scorer)
    with pytest.raises(DatabaseError, match="frozen"):
        db.session.execute(text(sql))
    db.session.rollback()


def test_a_draft_is_deleted(phone: FlaskClient, draft: Demerit) -> None:
    assert phone.post(f"/demerits/{draft.uuid}/deletion").location == "/demerits"
    assert demerits() == []


def test_records_are_chained(scorer: User) -> None:
    first, second = (factories.DemeritFactory(scorer=scorer) for _ in range(2))
    for demerit in (first, second):
        submit(demerit, by=scorer)
    assert second.previous_digest == first.digest
    assert second.digest == digest_of(second.record, first.digest)


def test_photos_come_along_and_are_released(phone: FlaskClient, url: str, scorer: User) -> None:
    photos = [factories.AttachmentFactory(uploader=scorer) for _ in range(2)]
    phone.post(url, data=entry(action="submit", photos=[str(photo.uuid) for photo in photos]))
    [record] = demerits()
    assert record.attachments == photos and all(photo.released for photo in photos)
    assert record.record["photos"] == [photo.sha256 for photo in photos]


def test_a_photo_can_be_taken_out_of_a_draft(phone: FlaskClient, scorer: User, draft: Demerit) -> None:
    photos = [str(factories.AttachmentFactory(uploader=scorer).uuid) for _ in range(2)]
    phone.post(f"/demerits/{draft.uuid}", data=entry(photos=photos))
    phone.post(f"/demerits/{draft.uuid}", data=entry(photos=photos[1:]))
    assert [str(photo.uuid) for photo in draft.attachments] == photos[1:]


def test_administrators_hear_of_it(phone: FlaskClient, url: str, administrator: User) -> None:
    phone.post(url, data=entry(action="submit"))
    [message] = db.session.scalars(Message.visible_to(administrator))
    assert message.title == "收到记分上报" and message.link == f"/demerits/{demerits()[0].uuid}"


def test_the_record_holds_no_readable_number(phone: FlaskClient, url: str, person: MedicalPerson) -> None:
    phone.post(url, data=entry(action="submit"))
    assert person.id_number not in str(db.session.execute(text("SELECT * FROM demerits")).all())


def test_the_entry_page_is_the_same_each_time(phone: FlaskClient, draft: Demerit) -> None:
    pages = [normalised(phone.get(f"/demerits/{draft.uuid}").text) for _ in range(2)]
    assert pages[0] == pages[1]
