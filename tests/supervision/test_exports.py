"""导出 Excel of the reviewers' lists: the file says what the list shows, to whom may see it."""

import re
import zipfile
from io import BytesIO

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from flask.testing import FlaskClient

from tests.htmx import HTMX
from tests.jobs.doing import do_jobs, downloaded, last_job, sheets
from tests.limits import limited
from tests.sessions import counted_statements, sign_in_as
from tests.supervision import records, test_demerits
from tests.supervision.taking import (
    ELSEWHERE,
    HERE,
    NAMES,
    SIGNS,
    add_rows,
    as_shown,
    exported,
    on_screen,
    start,
    url_of,
)
from tests.supervision.test_demerits import person_of, scorer_in
from webapp.accounts.models import User
from webapp.database import db, uuid7
from webapp.jobs.models import Job
from webapp.lists import exports, workbook
from webapp.lists.keeping import HiddenColumns


@pytest.mark.parametrize("name", NAMES)
def test_every_cell_says_what_the_list_shows(desk: FlaskClient, name: str) -> None:
    add_rows(name)
    shown = on_screen(desk.get(url_of(name)).text)
    assert len(shown) == 3
    assert [as_shown(row) for row in exported(desk, name)] == shown


@pytest.mark.parametrize("name", NAMES)
def test_the_head_line_is_that_of_the_list(desk: FlaskClient, name: str) -> None:
    add_rows(name)
    heads = [head.text for head in BeautifulSoup(desk.get(url_of(name)).text, "html.parser").select("th")]
    job = start(desk, name)
    do_jobs()
    assert next(iter(sheets(downloaded(desk, job)).values()))[0] == heads[:-1]


@pytest.mark.parametrize("name", NAMES)
def test_a_district_reviewer_takes_away_the_own_district(
    desk: FlaskClient, city: FlaskClient, name: str
) -> None:
    add_rows(name, ELSEWHERE)
    assert exported(desk, name) == []
    add_rows(name, HERE)
    assert {row[0] for row in exported(desk, name)} == {"沙坪坝区"}
    assert {row[0] for row in exported(city, name)} == {"沙坪坝区", "渝中区"}
    refused = desk.post(f"{url_of(name)}/export/start", data={"uuid": uuid7(), "district": ELSEWHERE})
    assert refused.location == f"{url_of(name)}?district={ELSEWHERE}"


def test_the_reach_is_that_of_the_moment_it_is_made(desk: FlaskClient, reviewer: User) -> None:
    add_rows("registrations")
    job = start(desk, "registrations")
    reviewer.district = ELSEWHERE
    db.session.commit()
    do_jobs()
    assert next(iter(sheets(downloaded(desk, job)).values()))[1:] == []


@pytest.mark.parametrize("name", NAMES)
def test_the_filter_of_the_list_narrows_the_file(city: FlaskClient, name: str) -> None:
    add_rows(name, HERE)
    add_rows(name, ELSEWHERE)
    link = BeautifulSoup(city.get(f"{url_of(name)}?district={HERE}").text, "html.parser")
    export = link.find("a", href=re.compile(f"{url_of(name)}/export"))
    assert export is not None and export["href"] == f"{url_of(name)}/export?district={HERE}"
    page = BeautifulSoup(city.get(str(export["href"])).text, "html.parser")
    assert "3 条" in page.text and "沙坪坝区" in page.text
    form = page.select_one("form.form")
    assert form is not None
    hidden = {field["name"]: field["value"] for field in form.select("input[type=hidden]")}
    assert hidden["district"] == HERE
    assert city.post(form["action"], data=hidden | {"numbers": "masked"}).status_code == 303
    do_jobs()
    rows = next(iter(sheets(downloaded(city, last_job())).values()))[1:]
    assert [row[0] for row in rows] == ["沙坪坝区"] * 3


@pytest.mark.parametrize("name", NAMES)
def test_many_rows_come_once_and_in_order(
    desk: FlaskClient, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setattr(exports, "CHUNK", 2)
    for _ in range(2):
        add_rows(name)
    shown = on_screen(desk.get(url_of(name)).text)
    assert len(shown) == 6
    assert [as_shown(row) for row in exported(desk, name)] == shown


def test_a_sheet_that_is_full_is_followed_by_another(
    desk: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workbook, "ROWS_A_SHEET", 2)
    add_rows("registrations")
    job = start(desk, "registrations")
    do_jobs()
    content = sheets(downloaded(desk, job))
    assert {title: len(rows) for title, rows in content.items() if title != "说明"} == {
        "注册审核": 3,
        "注册审核2": 2,
    }


@pytest.mark.parametrize("sign", SIGNS)
def test_a_cell_never_becomes_a_formula(desk: FlaskClient, sign: str) -> None:
    records.registration_in(HERE, name=sign)
    job = start(desk, "registrations")
    do_jobs()
    content = downloaded(desk, job)
    assert next(iter(sheets(content).values()))[1][1] == sign
    with zipfile.ZipFile(BytesIO(content)) as book:
        sheet, styles = (book.read(f"xl/{part}.xml").decode() for part in ("worksheets/sheet1", "styles"))
    assert "<f>" not in sheet
    cell = re.search(r'<c r="B2" s="(\d+)" t="inlineStr">', sheet)
    assert cell is not None
    looks = re.findall(r"<xf [^>]*>", styles.partition("<cellXfs")[2])
    assert 'quotePrefix="1"' in looks[int(cell[1])]


def test_a_double_click_makes_one_job(desk: FlaskClient) -> None:
    uuid = uuid7()
    assert start(desk, "demerits", uuid=uuid).uuid == start(desk, "demerits", uuid=uuid).uuid
    assert len(list(db.session.scalars(db.select(Job)))) == 1


def test_a_second_export_waits_for_the_first(desk: FlaskClient) -> None:
    first = start(desk, "demerits")
    assert start(desk, "registrations").uuid == first.uuid
    assert "上一次导出还没有完成" in desk.get(f"/exports/{first.uuid}").text
    do_jobs()
    assert start(desk, "registrations").uuid != first.uuid


def test_columns_that_are_hidden_stay_out(desk: FlaskClient, reviewer: User) -> None:
    add_rows("demerits")
    HiddenColumns.keep(reviewer, "supervision.demerits", {"id_number", "gender"})
    assert "证件号码和电话" not in desk.get(f"{url_of('demerits')}/export").text
    shown = on_screen(desk.get(url_of("demerits")).text)
    assert [as_shown(row) for row in exported(desk, "demerits")] == shown
    assert {len(row) for row in shown} == {6}


def test_a_filter_by_name_is_taken_along(desk: FlaskClient) -> None:
    scorer = scorer_in(HERE)
    for called in ("样例甲", "样例乙"):
        test_demerits.handed_in(scorer, person=person_of(scorer, name=called))
    page = BeautifulSoup(desk.get(f"{url_of('demerits')}?name=样例甲").text, "html.parser")
    (link,) = page.find_all("a", href=re.compile("/export"))
    assert "1 条" in desk.get(str(link["href"])).text
    assert [row[1] for row in exported(desk, "demerits", name="样例甲")] == ["样例甲"]


@pytest.mark.parametrize("query", ["start=2026-11-02&end=2026-11-01", "district=999999"])
def test_a_wrong_filter_leads_back_to_the_list(desk: FlaskClient, query: str) -> None:
    answer = desk.get(f"{url_of('demerits')}/export?{query}")
    assert answer.location == f"{url_of('demerits')}?{query}"


def test_htmx_is_led_on_as_well(desk: FlaskClient) -> None:
    data = {"uuid": uuid7(), "numbers": "masked"}
    answer = desk.post(f"{url_of('demerits')}/export/start", data=data, headers=HTMX)
    assert answer.headers["HX-Redirect"] == f"/exports/{last_job().uuid}"


@pytest.mark.parametrize("name", NAMES)
def test_it_refuses_other_roles(outsider: FlaskClient, name: str) -> None:
    assert outsider.get(f"{url_of(name)}/export").status_code == 403
    assert outsider.post(f"{url_of(name)}/export/start").status_code == 403


@pytest.mark.parametrize("name", NAMES)
def test_the_question_asks_the_database_no_more_for_more_rows(desk: FlaskClient, name: str) -> None:
    counts = []
    for _ in range(2):
        add_rows(name)
        with counted_statements() as statements:
            desk.get(f"{url_of(name)}/export")
        counts.append(len(statements))
    assert counts[0] == counts[1]


def test_exports_are_limited(app: Flask, reviewer: User) -> None:
    with limited(app) as client:
        browser = sign_in_as(client, reviewer)
        given = [browser.post(f"{url_of('demerits')}/export/start").status_code for _ in range(31)]
    assert given == [422] * 30 + [429]


def test_more_rows_of_a_chunk_cost_no_more_queries(desk: FlaskClient) -> None:
    add_rows("demerits")
    counts: list[int] = []
    for _ in range(2):
        start(desk, "demerits")
        with counted_statements() as statements:
            do_jobs()
        counts.append(len(statements))
        add_rows("demerits")
    assert counts[0] == counts[1]
