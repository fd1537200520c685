"""完整性校验: the whole log in steps, and against ends that were noted down."""

import re

import pytest
from bs4 import BeautifulSoup
from flask.testing import FlaskClient

from tests import factories
from tests.audit import forging
from tests.audit.test_log import note
from tests.htmx import HTMX
from webapp.accounts.models import User
from webapp.audit import proof
from webapp.audit.models import AuditEntry
from webapp.database import db

URL = "/audit/proof"
ENDS = f"{URL}/ends"


@pytest.fixture
def entries(reviewer: User) -> list[AuditEntry]:
    return [note(by=reviewer) for _ in range(5)]


def next_step(page: str) -> str | None:
    step = BeautifulSoup(page, "html.parser").select_one("#step")
    assert step is not None
    return str(step["hx-get"]) if step.has_attr("hx-get") else None


def written(page: str) -> str:
    field = BeautifulSoup(page, "html.parser").select_one("textarea")
    assert field is not None
    return field.text.strip()


def test_it_works(desk: FlaskClient, entries: list[AuditEntry]) -> None:
    page = desk.get(URL).text
    assert "日志完整" in page and "共 5 条记录" in page
    assert next_step(page) is None


def test_an_empty_log_is_unbroken(desk: FlaskClient) -> None:
    assert "共 0 条记录" in desk.get(URL).text


@pytest.mark.parametrize("path", [URL, ENDS])
def test_it_asks_to_sign_in(client: FlaskClient, path: str) -> None:
    method = "POST" if path == ENDS else "GET"
    assert client.open(path, method=method).location.startswith("/login")


@pytest.mark.parametrize("path", [URL, ENDS])
def test_it_refuses_other_roles(outsider: FlaskClient, path: str) -> None:
    assert outsider.open(path, method="POST" if path == ENDS else "GET").status_code == 403


@pytest.mark.parametrize(
    ("forge", "told"),
    [
        (lambda: forging.change(3, name="另一个人"), "第 3 条内容与校验码不符，写入以后被改动过"),
        (lambda: forging.change(3, previous_digest="0" * 64), "第 3 条与上一条衔接不上"),
        (lambda: forging.drop(2), "第 3 条之前缺少第 2 条"),
        (lambda: forging.drop(4, 5), "第 3 条之后缺少记录，直到第 5 条"),
        (lambda: (forging.drop(5), forging.move_end(4)), "第 4 条之后的链尾不是本系统写下的"),
        (lambda: forging.slip_in(5), "第 5 条之后被插入了不是本系统写下的记录"),
    ],
)
def test_the_first_broken_entry_is_named(
    desk: FlaskClient, entries: list[AuditEntry], forge: object, told: str
) -> None:
    forge()  # type: ignore[operator]
    page = desk.get(URL).text
    assert "发现问题" in page and "日志完整" not in page
    assert f"第 {entries[0].chain} 链{told}" in page


def test_a_long_log_is_checked_in_steps(
    desk: FlaskClient, entries: list[AuditEntry], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(proof, "STEP", 2)
    for _ in range(3):
        note(by=factories.UserFactory(reviewer=True))
    page, checked = desk.get(URL).text, []
    while address := next_step(page):
        checked.append(int(re.findall(r"已校验 (\d+) / 8", page)[0]))
        page = desk.get(address, headers=HTMX).text
    assert checked == [2, 4, 6, 8][: len(checked)] and len(checked) >= 3
    assert "共 8 条记录" in page


def test_a_fault_late_in_the_log_is_found_in_its_step(
    desk: FlaskClient, entries: list[AuditEntry], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(proof, "STEP", 2)
    forging.change(5, name="另一个人")
    page = desk.get(URL).text
    while address := next_step(page):
        page = desk.get(address, headers=HTMX).text
    assert "第 5 条内容与校验码不符" in page


@pytest.mark.parametrize("query", ["chain=17", "chain=-1", "after=x", "checked=-5"])
def test_an_address_that_makes_no_sense_begins_anew(
    desk: FlaskClient, entries: list[AuditEntry], query: str
) -> None:
    assert "共 5 条记录" in desk.get(f"{URL}?{query}").text


def test_noted_ends_are_found_again(desk: FlaskClient, entries: list[AuditEntry], reviewer: User) -> None:
    noted = written(desk.get(URL).text)
    assert noted == f"{entries[-1].place} {entries[-1].digest}"
    note(by=reviewer)
    assert "核对一致" in desk.post(ENDS, data={"noted": noted}).text


def test_a_log_that_was_put_back_is_noticed(
    desk: FlaskClient, entries: list[AuditEntry], reviewer: User
) -> None:
    noted, gone = written(desk.get(URL).text), entries[-1].place
    forging.drop(5)
    answer = desk.post(ENDS, data={"noted": f"{entries[0].place} {entries[0].digest}\n{noted}"})
    assert "核对不一致" in answer.text and f"：{gone}。" in answer.text


@pytest.mark.parametrize(
    ("noted", "message"),
    [
        ("", "请粘贴以前保存的链尾清单"),
        ("3-1 abc", "第 1 行不是链尾"),
        ("3-1 " + "a" * 64 + "\n无", "第 2 行不是链尾"),
    ],
)
def test_it_rejects_bad_input(desk: FlaskClient, noted: str, message: str) -> None:
    answer = desk.post(ENDS, data={"noted": noted})
    assert answer.status_code == 422 and message in answer.text and written(answer.text) == noted


def test_it_writes_nothing(desk: FlaskClient, entries: list[AuditEntry]) -> None:
    desk.get(URL)
    desk.post(ENDS, data={"noted": written(desk.get(URL).text)})
    assert db.session.query(AuditEntry).count() == 5
