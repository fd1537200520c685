"""完整号码 in a PDF: for reviewers of the district, for a reason, and recorded."""

from collections.abc import Callable
from io import BytesIO

import pytest
from bs4 import BeautifulSoup
from flask.testing import FlaskClient
from pypdf import PdfReader
from werkzeug.test import TestResponse

from tests.jobs.doing import do_jobs, downloaded, last_job
from tests.reports.conftest import owner_of, url_of
from tests.reports.test_pdf import Record, text_of
from webapp.accounts.models import User
from webapp.audit.models import AuditEntry
from webapp.database import db
from webapp.demerits.models import Demerit
from webapp.jobs.models import Job

REASON = "随案卷移送，需核对本人身份"


def ask(browser: FlaskClient, record: Record, reason: str = REASON) -> TestResponse:
    return browser.post(f"{url_of(record)}/pdf", data={"numbers": "full", "reason": reason})


def numbers_of(record: Record) -> list[str]:
    if isinstance(record, Demerit):
        return [record.facts["id_number"]]
    then = record.revision.data
    return [then["legal_person_id_number"], then["contact_phone"]]


def test_it_works(desk: FlaskClient, record: Record, reviewer: User) -> None:
    page = BeautifulSoup(desk.get(f"/supervision{url_of(record)}").text, "html.parser")
    assert page.select_one(f"header a[href='{url_of(record)}/pdf']")
    assert ask(desk, record).status_code == 303
    do_jobs()
    text = text_of(PdfReader(BytesIO(downloaded(desk, last_job()))))
    assert [number for number in numbers_of(record) if number not in text] == []
    assert f"由{reviewer.name}于" in text and f"用途：{REASON}" in text


def test_it_is_recorded(desk: FlaskClient, record: Record, reviewer: User) -> None:
    ask(desk, record)
    do_jobs()
    entries = db.session.scalars(db.select(AuditEntry).where(AuditEntry.subject == last_job().uuid)).all()
    assert [(entry.action, entry.user_id) for entry in entries] == [
        ("export-started", reviewer.id),
        ("numbers-exported", reviewer.id),
    ]
    for entry in entries:
        assert (entry.detail["record"], entry.detail["reason"]) == (str(record.uuid), REASON)
        assert entry.detail["numbers"] == "full"


def test_a_masked_one_says_nothing_of_it(desk: FlaskClient, record: Record) -> None:
    desk.post(f"{url_of(record)}/pdf", data={"reason": REASON})
    do_jobs()
    text = text_of(PdfReader(BytesIO(downloaded(desk, last_job()))))
    assert [number for number in numbers_of(record) if number in text] == []
    assert REASON not in text


@pytest.mark.parametrize("reason", ["", "核对", "    核对   ", "很" * 201])
def test_it_needs_a_reason(desk: FlaskClient, record: Record, reason: str) -> None:
    answer = ask(desk, record, reason)
    page = BeautifulSoup(answer.text, "html.parser")
    assert answer.status_code == 422
    area = page.select_one("textarea[aria-invalid=true]")
    assert area is not None and area.text.strip() == reason.strip()
    assert db.session.scalar(db.select(Job.id)) is None


def test_its_own_people_get_masked_ones_only(as_user: Callable[[User], FlaskClient], record: Record) -> None:
    browser = as_user(owner_of(record))
    assert browser.get(f"{url_of(record)}/pdf").status_code == 403
    assert ask(browser, record).status_code == 403
    assert db.session.scalar(db.select(Job.id)) is None


def test_it_is_not_found_from_another_district(
    as_user: Callable[[User], FlaskClient], other_reviewer: User, record: Record
) -> None:
    browser = as_user(other_reviewer)
    assert browser.get(f"{url_of(record)}/pdf").status_code == 404
    assert ask(browser, record).status_code == 404
