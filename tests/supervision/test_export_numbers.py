"""Numbers in what is taken away: masked, or in full for a reason; either way recorded."""

import re

import pytest
from bs4 import BeautifulSoup
from flask.testing import FlaskClient

from tests.jobs.doing import do_jobs, downloaded, last_job, sheets
from tests.supervision import records, test_demerits
from tests.supervision.taking import (
    HERE,
    REASON,
    add_rows,
    entries,
    exported,
    start,
    url_of,
)
from tests.supervision.test_demerits import NUMBER, person_of, scorer_in
from webapp.accounts.models import User
from webapp.audit.models import AuditEntry
from webapp.database import db, uuid7
from webapp.jobs.models import Job


def test_numbers_are_masked_unless_somebody_says_why(desk: FlaskClient) -> None:
    institution = records.registration_in(HERE).institution
    number, phone = institution.legal_person_id_number, institution.contact_phone
    masked = exported(desk, "registrations")[0]
    assert (masked[5], masked[6]) == (f"{number[:4]}********{number[-4:]}", f"{phone[:3]}****{phone[-4:]}")
    full = exported(desk, "registrations", numbers="full", reason=REASON)[0]
    assert (full[5], full[6]) == (number, phone)


@pytest.mark.parametrize("reason", ["", "核对", "    核对   "])
def test_full_numbers_need_a_reason(desk: FlaskClient, reason: str) -> None:
    data = {"uuid": uuid7(), "numbers": "full", "reason": reason}
    answer = desk.post(f"{url_of('demerits')}/export/start", data=data)
    page = BeautifulSoup(answer.text, "html.parser")
    assert answer.status_code == 422
    assert page.select_one("#numbers-1[checked]") and page.select_one("textarea[aria-invalid=true]")
    assert "至少 5 个字" in page.text
    assert db.session.scalar(db.select(Job.id)) is None


@pytest.mark.parametrize("data", [{"uuid": "x"}, {"numbers": "all"}, {"reason": "很" * 201}, {"uuid": ""}])
def test_it_rejects_bad_input(desk: FlaskClient, data: dict[str, str]) -> None:
    sent = {"uuid": str(uuid7()), "numbers": "full", "reason": REASON, **data}
    assert desk.post(f"{url_of('demerits')}/export/start", data=sent).status_code == 422
    assert db.session.scalar(db.select(Job.id)) is None


def test_what_was_taken_away_is_recorded(desk: FlaskClient, reviewer: User) -> None:
    add_rows("demerits")
    exported(desk, "demerits", start="2026-01-01")
    exported(desk, "demerits", numbers="full", reason=REASON, district=HERE)
    (masked,), (full,) = entries("export-finished"), entries("numbers-exported")
    assert len(entries("export-started")) == 2
    assert masked.detail["filter"] == {"start": "2026-01-01"}
    assert (masked.detail["numbers"], masked.detail["rows"], masked.detail["reason"]) == ("masked", 3, "")
    assert (full.user_id, full.subject) == (reviewer.id, last_job().uuid)
    assert full.detail == {
        "kind": "list",
        "list": "demerits",
        "filter": {"district": HERE},
        "by_number": False,
        "numbers": "full",
        "reason": REASON,
        "rows": 3,
    }


def test_a_query_by_number_is_taken_away_and_no_number_recorded(desk: FlaskClient) -> None:
    scorer = scorer_in(HERE)
    test_demerits.handed_in(scorer, person=person_of(scorer, name="样例甲", id_number=NUMBER))
    test_demerits.handed_in(scorer)
    page = BeautifulSoup(desk.post(url_of("demerits"), data={"id_number": NUMBER}).text, "html.parser")
    form = page.select_one("#export-number")
    assert form is not None
    question = desk.post(form["action"], data={"id_number": NUMBER}).text
    assert "1 条" in question and "5001********0018" in question
    assert [row[1] for row in exported(desk, "demerits", id_number=NUMBER)] == ["样例甲"]
    recorded = [entry.detail for entry in db.session.scalars(db.select(AuditEntry))]
    assert NUMBER not in str(recorded)
    assert [detail["by_number"] for detail in recorded if "by_number" in detail] == [True, True]
    assert NUMBER not in str(last_job().order["back"])


def test_a_number_that_is_none_widens_nothing(desk: FlaskClient) -> None:
    add_rows("demerits")
    data = {"uuid": uuid7(), "numbers": "masked", "id_number": "12345"}
    assert desk.post(f"{url_of('demerits')}/export/start", data=data).status_code == 400
    assert db.session.scalar(db.select(Job.id)) is None


def test_the_file_says_what_it_is(desk: FlaskClient, reviewer: User) -> None:
    add_rows("demerits")
    job = start(desk, "demerits", start="2026-01-01", numbers="full", reason=REASON)
    do_jobs()
    said = dict(sheets(downloaded(desk, job))["说明"])
    assert said["开始时间"] == "2026-01-01"
    assert (said["条数"], said["证件号码和电话"], said["用途"]) == ("3", "完整号码", REASON)
    assert said["导出人"] == f"{reviewer.name}（沙坪坝区监督员）"
    assert re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d", str(said["导出时间"]))


def test_lists_without_numbers_ask_nothing(desk: FlaskClient) -> None:
    page = desk.get(f"{url_of('inspections')}/export").text
    assert "证件号码" not in page and "开始导出" in page
