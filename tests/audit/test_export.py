"""导出 Excel of the audit log."""

from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from python_calamine import CalamineWorkbook

from tests.audit.test_log import note
from webapp.accounts.models import User
from webapp.audit.models import AuditEntry
from webapp.database import db
from webapp.jobs.models import Job
from webapp.jobs.performing import claim, perform

URL = "/audit/export"


def taken_away(app: Flask, desk: FlaskClient, folder: Path, **asked: str) -> list[list[str]]:
    """Ask for an export, let it be done, and read its file."""
    page = desk.get(URL, query_string=asked).text
    uuid = page.partition('name="uuid"')[2].partition('value="')[2].partition('"')[0]
    answer = desk.post(f"{URL}/start", data={"uuid": uuid, **asked})
    job = claim("test")
    assert job is not None
    perform(job)
    file = folder / "list.xlsx"
    file.write_bytes(desk.get(f"{answer.location}/file").data)
    return CalamineWorkbook.from_path(str(file)).get_sheet_by_index(0).to_python()


def test_it_works(app: Flask, desk: FlaskClient, reviewer: User, inspector: User, tmp_path: Path) -> None:
    entry = note("numbers-shown", by=reviewer, about=inspector, number="mobile")
    note("sign-out", by=reviewer)
    head, row, *rest = taken_away(app, desk, tmp_path, action="numbers-shown")
    assert head[:2] == ["时间", "人员"] and head[-1] == "校验码" and not rest
    assert row[:4] == ["2026-11-20 12:00:00", reviewer.name, "监督员", "查看完整号码"]
    assert row[-3:] == [entry.place, "", entry.digest]


def test_it_is_recorded(desk: FlaskClient, app: Flask, tmp_path: Path, auditor: User) -> None:
    taken_away(app, desk, tmp_path)
    entries = db.session.scalars(db.select(AuditEntry).order_by(AuditEntry.id)).all()
    assert [entry.action for entry in entries] == ["export-started", "export-finished"]
    assert {entry.user_id for entry in entries} == {auditor.id}


@pytest.mark.parametrize(("method", "path"), [("GET", URL), ("POST", f"{URL}/start")])
def test_it_refuses_other_roles(outsider: FlaskClient, method: str, path: str) -> None:
    assert outsider.open(path, method=method).status_code == 403
    assert db.session.query(Job).count() == 0


def test_it_asks_to_sign_in(client: FlaskClient) -> None:
    assert client.get(URL).location.startswith("/login")


def test_its_pages_stand_on_the_auditors_desk(desk: FlaskClient, app: Flask, tmp_path: Path) -> None:
    taken_away(app, desk, tmp_path)
    page = desk.get("/exports").text
    assert "完整性校验" in page and "注册审核" not in page
