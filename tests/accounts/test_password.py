"""修改密码: the old password is checked and locks, the new one follows the rules, other sessions end."""

from collections.abc import Callable

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests import factories
from tests.limits import limited
from tests.sessions import sign_in_as
from webapp.accounts.models import User
from webapp.accounts.sessions import FailedSignIns, SignIn
from webapp.audit.models import AuditEntry
from webapp.database import db, now
from webapp.messages.models import Message

SignedIn = Callable[[User], FlaskClient]
URL = "/me/password"
NEW = "Better2026words"


@pytest.fixture
def browser(as_user: SignedIn, inspector: User) -> FlaskClient:
    return as_user(inspector)


def change(
    browser: FlaskClient, old: str = factories.PASSWORD, new: str = NEW, confirm: str | None = None
) -> TestResponse:
    return browser.post(URL, data={"old": old, "new": new, "confirm": new if confirm is None else confirm})


def told(answer: TestResponse, name: str) -> str:
    found = BeautifulSoup(answer.text, "html.parser").select_one(f"#field-{name} .error")
    return found.text if found else ""


def actions() -> list[str]:
    return list(db.session.scalars(db.select(AuditEntry.action).order_by(AuditEntry.id)))


def test_it_carries_the_manuals_words(browser: FlaskClient) -> None:
    page = BeautifulSoup(browser.get(URL).text, "html.parser")
    assert [label.text for label in page.select("form label")] == ["旧密码", "新密码", "确认密码"]
    placeholders = [field["placeholder"] for field in page.select("input[type=password]")]
    assert placeholders == ["请输入旧密码", "请输入新密码", "请输入确认密码"]
    assert page.h1.text == "修改密码" and page.select_one("form .primary").text == "确认"


def test_it_works(browser: FlaskClient, inspector: User) -> None:
    answer = change(browser)
    assert (answer.status_code, answer.location) == (303, "/me")
    assert inspector.has_password(NEW) and not inspector.has_password(factories.PASSWORD)
    assert "密码已修改" in browser.get("/me").text


def test_it_asks_to_sign_in(client: FlaskClient) -> None:
    assert client.get(URL).location == "/login?next=/me/password"
    assert change(client).location == "/login"


def test_other_sessions_end_and_this_one_goes_on(as_user: SignedIn, inspector: User) -> None:
    here, there = as_user(inspector), as_user(inspector)
    change(here)
    assert here.get("/me").status_code == 200
    assert there.get("/me").location.startswith("/login")


def test_other_peoples_sessions_go_on(browser: FlaskClient, as_user: SignedIn, stranger: User) -> None:
    elsewhere = as_user(stranger)
    change(browser)
    assert elsewhere.get("/me").status_code == 200


def test_a_copy_of_this_sessions_cookie_is_worth_nothing(browser: FlaskClient, app: Flask) -> None:
    stolen = browser.get_cookie("session")
    change(browser)
    thief = app.test_client()
    assert stolen is not None
    thief.set_cookie("session", stolen.value)
    assert thief.get("/me").location.startswith("/login")
    assert len(db.session.scalars(db.select(SignIn)).all()) == 1


def test_a_message_says_so(browser: FlaskClient, inspector: User) -> None:
    change(browser)
    (message,) = db.session.scalars(Message.visible_to(inspector))
    assert (message.title, message.read_at) == ("密码已修改", None)
    assert browser.get(message.link).status_code == 200


def test_it_is_recorded(browser: FlaskClient) -> None:
    change(browser, old="Wrong2026pass")
    change(browser)
    assert actions() == ["password-refused", "password-changed"]


def test_a_wrong_old_password_is_refused(browser: FlaskClient, inspector: User) -> None:
    answer = change(browser, old="Wrong2026pass")
    assert answer.status_code == 422
    assert "旧密码不正确" in told(answer, "old")
    assert inspector.has_password(factories.PASSWORD)


def test_no_password_comes_back(browser: FlaskClient) -> None:
    page = change(browser, old="Wrong2026pass").text
    assert "Wrong2026pass" not in page and NEW not in page


def test_five_wrong_ones_lock_it_and_the_sign_in(
    browser: FlaskClient, client: FlaskClient, inspector: User
) -> None:
    for _ in range(FailedSignIns.LIMIT):
        change(browser, old="Wrong2026pass")
    assert "15 分钟" in told(change(browser), "old")
    data = {"mobile": inspector.mobile, "password": factories.PASSWORD}
    assert client.post("/login", data=data).status_code == 422


def test_the_lock_ends(browser: FlaskClient) -> None:
    for _ in range(FailedSignIns.LIMIT):
        change(browser, old="Wrong2026pass")
    db.session.scalars(db.select(FailedSignIns)).one().last_at = now() - FailedSignIns.LOCK
    assert change(browser).status_code == 303


def test_the_right_one_forgets_the_failures(browser: FlaskClient) -> None:
    change(browser, old="Wrong2026pass")
    change(browser)
    assert db.session.scalars(db.select(FailedSignIns)).all() == []


def test_a_refused_new_one_is_no_guess_at_the_old_one(browser: FlaskClient) -> None:
    for _ in range(FailedSignIns.LIMIT + 1):
        change(browser, old="Wrong2026pass", new="short")
    assert change(browser).status_code == 303


def test_the_same_password_is_refused(browser: FlaskClient) -> None:
    answer = change(browser, new=factories.PASSWORD)
    assert answer.status_code == 422 and "不能与旧密码相同" in told(answer, "new")


@pytest.mark.parametrize(
    ("new", "words"),
    [
        ("", "请填写新密码"),
        ("Short2026", "至少10位"),
        ("onlyletters", "请加上数字"),
        ("202620262026", "请加上字母"),
        ("password123", "太常见"),
        ("Better2026\x07words", "控制字符"),
        ("a1" * 65, "最多128位"),
    ],
)
def test_the_new_one_follows_the_rules(browser: FlaskClient, new: str, words: str) -> None:
    answer = change(browser, new=new)
    assert answer.status_code == 422 and words in told(answer, "new")


def test_the_new_one_has_nothing_of_ones_own_data(browser: FlaskClient, inspector: User) -> None:
    for own in (inspector.mobile, inspector.id_number[-6:].lower(), inspector.name):
        assert "本人" in told(change(browser, new=f"Better{own}words1"), "new")


@pytest.mark.parametrize(("name", "data"), [("old", {"old": ""}), ("confirm", {"confirm": ""})])
def test_it_rejects_an_empty_field(browser: FlaskClient, name: str, data: dict[str, str]) -> None:
    answer = change(browser, **data)
    assert answer.status_code == 422 and "请填写" in told(answer, name)


def test_two_different_new_ones_are_refused(browser: FlaskClient) -> None:
    answer = change(browser, confirm="Other2026words")
    assert answer.status_code == 422 and "两次输入的密码不一致" in told(answer, "confirm")


def test_a_very_long_old_one_is_refused_unhashed(browser: FlaskClient) -> None:
    assert "最多 128" in told(change(browser, old="a1" * 5000), "old")


def test_trying_is_limited_for_each_user(app: Flask, inspector: User, administrator: User) -> None:
    with limited(app) as client:
        sign_in_as(client, inspector)
        answers = [change(client, new="short").status_code for _ in range(31)]
        sign_in_as(client, administrator)
        assert (answers[-2:], change(client).status_code) == ([422, 429], 303)
