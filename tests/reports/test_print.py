"""打印: a record on one sheet after the other, for whoever may read it."""

from collections.abc import Callable

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from flask.testing import FlaskClient

from tests import factories
from tests.reports.conftest import owner_of, url_of
from tests.sessions import counted_statements
from tests.supervision.records import handed_in
from tests.supervision.test_demerits import NUMBER
from webapp.accounts.models import User
from webapp.database import db, uuid7
from webapp.demerits.decisions import decide
from webapp.demerits.models import Demerit
from webapp.demerits.petitions import Outcome, PetitionKind, file
from webapp.inspections.models import Inspection
from webapp.reports.papers import qr_code

Record = Inspection | Demerit


def page_of(client: FlaskClient, record: Record) -> BeautifulSoup:
    answer = client.get(f"{url_of(record)}/print")
    assert answer.status_code == 200
    return BeautifulSoup(answer.text, "html.parser")


def test_an_inspection_says_everything(desk: FlaskClient, inspection: Inspection) -> None:
    page = page_of(desk, inspection)
    assert [item.text.split(maxsplit=1)[1] for item in page.select(".item-text")] == [
        item.text for item in inspection.items
    ]
    assert [answer.text.split()[-1] for answer in page.select(".item .answer")] == ["否", "否"] + ["是"] * (
        len(inspection.items) - 2
    )
    assert len(page.select(".failed > li")) == 2
    text = page.get_text(" ", strip=True)
    for said in ("样例医院", "缺少一份登记", "日常自查", inspection.digest, inspection.inspector.name):
        assert str(said) in text
    assert [img["src"] for img in page.select(".photos img")] == [
        f"/attachments/{inspection.photos[0].attachment.uuid}/thumbnail"
    ]


def test_a_demerit_says_everything(desk: FlaskClient, demerit: Demerit) -> None:
    page = page_of(desk, demerit)
    text = page.get_text(" ", strip=True)
    for said in ("样例甲", "5001********0018", "样例医院", f"{demerit.points}分", demerit.digest):
        assert str(said) in text
    assert [item.text.split(maxsplit=1)[1] for item in page.select(".item-text")] == [
        demerit.rules.items[code].text for code in demerit.items
    ]
    assert NUMBER not in str(page)


def test_what_was_taken_off_is_said(desk: FlaskClient, demerit: Demerit, reviewer: User) -> None:
    petition = file(demerit, PetitionKind.REVERSAL, "记错了人", [], uuid7(), by=demerit.scorer)
    decide(petition, Outcome.UPHELD, "情况属实", demerit.points, by=reviewer)
    text = page_of(desk, demerit).get_text(" ", strip=True)
    assert f"经监督员处理减去 {demerit.points} 分，现计 0.0分" in text.replace("现计 0分", "现计 0.0分")
    assert "情况属实" in text


def test_the_code_leads_to_the_public_answer(desk: FlaskClient, record: Record) -> None:
    page = page_of(desk, record)
    address = page.select_one(".address")
    assert address is not None
    assert address.text == f"http://localhost/verify/{record.digest}"
    assert str(qr_code(address.text)) in desk.get(f"{url_of(record)}/print").text


def test_the_public_address_of_the_service_is_printed(
    app: Flask, desk: FlaskClient, record: Record, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.config, "PUBLIC_URL", "https://example.org")
    assert f"https://example.org/verify/{record.digest}" in str(page_of(desk, record))


def test_its_own_people_and_the_districts_reviewers_read_it(
    as_user: Callable[[User], FlaskClient], desk: FlaskClient, record: Record
) -> None:
    owner = owner_of(record)
    administrator = factories.UserFactory(administrator=True, institution=record.institution)
    city = factories.UserFactory(reviewer=True)
    for reader in (as_user(owner), as_user(administrator), as_user(city), desk):
        assert page_of(reader, record)


def test_nobody_else_finds_it(
    as_user: Callable[[User], FlaskClient], other_reviewer: User, record: Record
) -> None:
    colleague = factories.UserFactory(inspector=True, scorer=True, institution=record.institution)
    elsewhere = factories.UserFactory(administrator=True)
    for stranger in map(as_user, (other_reviewer, colleague, elsewhere)):
        assert stranger.get(f"{url_of(record)}/print").status_code == 404
        assert stranger.post(f"{url_of(record)}/pdf").status_code == 404


def test_a_draft_is_not_printed(as_user: Callable[[User], FlaskClient], inspector: User) -> None:
    draft = factories.InspectionFactory(inspector=inspector)
    browser = as_user(inspector)
    assert browser.get(f"{url_of(draft)}/print").status_code == 404
    assert browser.post(f"{url_of(draft)}/pdf").status_code == 404


def test_the_details_offer_it(
    as_user: Callable[[User], FlaskClient], desk: FlaskClient, record: Record
) -> None:
    for browser, details in ((as_user(owner_of(record)), ""), (desk, "/supervision")):
        page = BeautifulSoup(browser.get(f"{details}{url_of(record)}").text, "html.parser")
        assert page.select_one(f"a[href='{url_of(record)}/print']")
        assert page.select_one(f"form[method=post][action='{url_of(record)}/pdf']")


def test_the_way_back_leads_to_ones_own_details(
    as_user: Callable[[User], FlaskClient], desk: FlaskClient, record: Record
) -> None:
    for browser, details in ((as_user(owner_of(record)), ""), (desk, "/supervision")):
        assert page_of(browser, record).select_one(f".bar a[href='{details}{url_of(record)}']")


def test_a_long_record_asks_no_more_of_the_database(
    as_user: Callable[[User], FlaskClient], inspection: Inspection
) -> None:
    owner = inspection.inspector
    browser, counts = as_user(owner), []
    for found in (inspection, handed_in(owner, scope=owner.allowed_scope[:6])):
        db.session.expire_all()
        with counted_statements() as statements:
            page_of(browser, found)
        counts.append(len(statements))
    assert counts[0] == counts[1]
