"""What went wrong is told on a page of its own, also when nobody is signed in or the database is away."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from flask import Flask, abort
from flask.testing import FlaskClient

from tests.databases import database_of
from tests.htmx import HTMX
from webapp.access import public
from webapp.accounts.models import User

CODES = [400, 403, 404, 405, 409, 413, 429, 503]


@pytest.fixture
def failing(app: Flask) -> Iterator[Callable[[Callable[[], str]], None]]:
    """Let /healthz fail in some way."""
    view = app.view_functions["health.process"]
    yield lambda instead: app.view_functions.update({"health.process": public(instead)})
    app.view_functions["health.process"] = view


def heading(page: str) -> str:
    found = BeautifulSoup(page, "html.parser").h1
    return found.text if found else ""


@pytest.mark.parametrize("code", CODES)
def test_every_refusal_is_a_page_in_chinese(
    client: FlaskClient, failing: Callable[..., None], code: int
) -> None:
    failing(lambda: abort(code))
    answer = client.get("/healthz")
    assert answer.status_code == code
    assert heading(answer.text)[0] > "一"
    assert "返回首页" in answer.text


def test_an_unknown_address_is_not_found(client: FlaskClient) -> None:
    answer = client.get("/nothing/here")
    assert answer.status_code == 404
    assert heading(answer.text) == "没有找到"


def test_a_fault_carries_the_number_that_the_log_has(
    client: FlaskClient, failing: Callable[..., None], capsys: pytest.CaptureFixture[str]
) -> None:
    failing(lambda: 1 // 0)
    answer = client.get("/healthz")
    number = BeautifulSoup(answer.text, "html.parser").select_one("main b.num")
    assert answer.status_code == 500
    assert number is not None and number.text in capsys.readouterr().out
    assert "ZeroDivisionError" not in answer.text


def test_a_database_that_answers_nobody_gets_a_page(
    as_user: Callable[[User], FlaskClient], inspector: User, app: Flask
) -> None:
    browser = as_user(inspector)
    database_of(Path(app.instance_path)).fail()
    answer = browser.get("/messages")
    assert answer.status_code == 503
    assert heading(answer.text) == "系统正忙"


def test_a_method_that_is_not_offered_names_those_that_are(client: FlaskClient) -> None:
    answer = client.delete("/login")
    assert answer.status_code == 405
    assert "POST" in answer.headers["Allow"]


def test_a_foreign_form_is_refused(as_user: Callable[[User], FlaskClient], inspector: User) -> None:
    answer = as_user(inspector).post("/logout", headers={"Origin": "https://elsewhere.example"})
    assert answer.status_code == 403
    assert heading(answer.text) == "没有权限"


def test_no_error_page_is_kept(client: FlaskClient) -> None:
    assert client.get("/nothing").headers["Cache-Control"] == "no-store"


def test_a_guest_who_asks_by_htmx_is_sent_to_sign_in(client: FlaskClient) -> None:
    answer = client.get("/messages", headers=HTMX)
    assert (answer.status_code, answer.headers["HX-Redirect"]) == (401, "/login")
