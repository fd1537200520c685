"""登录 and 退出: who gets in, who is locked out, and how a session ends."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from flask.testing import FlaskClient

from tests import factories
from webapp.accounts.models import User
from webapp.accounts.sessions import FailedSignIns, SignIn
from webapp.audit.models import AuditEntry
from webapp.database import db, now

SignedIn = Callable[[User], FlaskClient]
UNKNOWN = "16000000000"


def enter(
    client: FlaskClient, mobile: str, password: str = factories.PASSWORD, query: str = ""
) -> tuple[int, str]:
    answer = client.post(f"/login{query}", data={"mobile": mobile, "password": password})
    return answer.status_code, answer.location or answer.text


def told(page: str) -> str:
    found = BeautifulSoup(page, "html.parser").select_one("[role=alert]")
    return found.get_text(" ", strip=True) if found else ""


def sessions() -> list[SignIn]:
    return list(db.session.scalars(db.select(SignIn)))


def test_it_shows_the_form(client: FlaskClient) -> None:
    page = client.get("/login").text
    fields = BeautifulSoup(page, "html.parser").select("form label[for]")
    assert [label["for"] for label in fields] == ["mobile", "password"]
    assert 'href="/register"' in page
    assert "没有账户" in page


def test_it_signs_in(client: FlaskClient, inspector: User) -> None:
    assert enter(client, inspector.mobile) == (303, "/")
    assert client.get("/me").status_code == 200
    assert [session.user_id for session in sessions()] == [inspector.id]


def test_spaces_and_a_country_code_are_no_obstacle(client: FlaskClient, inspector: User) -> None:
    mobile = inspector.mobile
    assert enter(client, f"+86 {mobile[:3]} {mobile[3:7]} {mobile[7:]}")[0] == 303


def test_it_goes_on_to_where_one_wanted(client: FlaskClient, inspector: User) -> None:
    wanted = client.get("/messages?after=1").location
    assert wanted == "/login?next=/messages?after%3D1"
    assert enter(client, inspector.mobile, query=wanted.removeprefix("/login")) == (303, "/messages?after=1")


@pytest.mark.parametrize(
    "target",
    [
        "https://elsewhere.example/",
        "//elsewhere.example",
        "/\\elsewhere.example",
        "/%09/elsewhere.example",
        "\\\\elsewhere.example",
        "javascript:alert(1)",
        "elsewhere",
        "//[",
    ],
)
def test_it_never_leads_to_another_site(client: FlaskClient, inspector: User, target: str) -> None:
    answer = client.post(
        "/login",
        query_string={"next": target.replace("%09", "\t")},
        data={"mobile": inspector.mobile, "password": factories.PASSWORD},
    )
    assert (answer.status_code, answer.location) == (303, "/")


def test_a_signed_in_user_is_sent_home(as_user: SignedIn, inspector: User) -> None:
    assert as_user(inspector).get("/login").location == "/"


@pytest.mark.parametrize("name", ["mobile", "password"])
def test_it_rejects_an_empty_field(client: FlaskClient, inspector: User, name: str) -> None:
    data = {"mobile": inspector.mobile, "password": factories.PASSWORD, name: ""}
    answer = client.post("/login", data=data)
    assert answer.status_code == 422
    assert BeautifulSoup(answer.text, "html.parser").select_one(
        f"[name={name}][aria-invalid=true][autofocus]"
    )


def test_the_number_stays_and_the_password_goes(client: FlaskClient, inspector: User) -> None:
    _, page = enter(client, inspector.mobile, "Wrong2026pass")
    assert f'value="{inspector.mobile}"' in page
    assert "Wrong2026pass" not in page


def test_a_wrong_password_and_an_unknown_number_are_told_alike(client: FlaskClient, inspector: User) -> None:
    wrong = enter(client, inspector.mobile, "Wrong2026pass")
    unknown = enter(client, UNKNOWN)
    assert wrong[0] == unknown[0] == 422
    assert told(wrong[1]) == told(unknown[1]) != ""
    assert sessions() == []


@pytest.mark.parametrize("known", [True, False])
def test_five_failures_lock_a_number(client: FlaskClient, inspector: User, known: bool) -> None:
    mobile = inspector.mobile if known else UNKNOWN
    for _ in range(FailedSignIns.LIMIT):
        assert "不正确" in told(enter(client, mobile, "Wrong2026pass")[1])
    status, page = enter(client, mobile)
    assert status == 422
    assert "15 分钟" in told(page)
    assert sessions() == []


def test_known_and_unknown_numbers_are_locked_with_the_same_words(
    client: FlaskClient, inspector: User
) -> None:
    answers = set()
    for mobile in (inspector.mobile, UNKNOWN):
        for _ in range(FailedSignIns.LIMIT + 1):
            status, page = enter(client, mobile, "Wrong2026pass")
        answers.add((status, told(page)))
    assert len(answers) == 1


def test_four_failures_do_not_lock(client: FlaskClient, inspector: User) -> None:
    for _ in range(FailedSignIns.LIMIT - 1):
        enter(client, inspector.mobile, "Wrong2026pass")
    assert enter(client, inspector.mobile)[0] == 303


def test_signing_in_forgets_the_failures(client: FlaskClient, inspector: User) -> None:
    enter(client, inspector.mobile, "Wrong2026pass")
    enter(client, inspector.mobile)
    assert db.session.scalars(db.select(FailedSignIns)).all() == []


def test_the_lock_ends(client: FlaskClient, inspector: User) -> None:
    for _ in range(FailedSignIns.LIMIT):
        enter(client, inspector.mobile, "Wrong2026pass")
    row = db.session.scalars(db.select(FailedSignIns)).one()
    row.last_at = now() - FailedSignIns.LOCK
    assert enter(client, inspector.mobile)[0] == 303


def test_a_deactivated_user_does_not_get_in(client: FlaskClient, inspector: User) -> None:
    inspector.is_active = False
    assert "不正确" in told(enter(client, inspector.mobile)[1])


def test_deactivation_ends_the_session(as_user: SignedIn, inspector: User) -> None:
    browser = as_user(inspector)
    assert browser.get("/me").status_code == 200
    inspector.is_active = False
    assert browser.get("/me").location.startswith("/login")


def test_an_idle_session_ends(app: Flask, as_user: SignedIn, inspector: User) -> None:
    browser = as_user(inspector)
    sessions()[0].seen_at = now() - app.config["SESSION_IDLE"]
    assert browser.get("/me").location.startswith("/login")


def test_use_keeps_a_session_alive(app: Flask, as_user: SignedIn, inspector: User) -> None:
    browser = as_user(inspector)
    before = sessions()[0].seen_at = now() - app.config["SESSION_IDLE"] + timedelta(minutes=1)
    assert browser.get("/me").status_code == 200
    assert sessions()[0].seen_at > before


def test_a_session_ends_for_good_however_much_it_is_used(
    app: Flask, as_user: SignedIn, inspector: User
) -> None:
    browser = as_user(inspector)
    sessions()[0].created_at = now() - app.config["PERMANENT_SESSION_LIFETIME"]
    assert browser.get("/me").location.startswith("/login")


def test_signing_in_again_gives_a_new_session(client: FlaskClient, inspector: User) -> None:
    enter(client, inspector.mobile)
    first = sessions()[0].token_digest
    client.post("/logout")
    enter(client, inspector.mobile)
    assert sessions()[0].token_digest != first


def test_logout_ends_the_session_in_the_database(client: FlaskClient, inspector: User) -> None:
    enter(client, inspector.mobile)
    cookie = client.get_cookie("session")
    assert client.post("/logout").location == "/login"
    assert sessions() == []
    assert cookie is not None
    client.set_cookie("session", cookie.value)
    assert client.get("/me").location.startswith("/login")


def test_logout_leaves_the_other_browser_alone(as_user: SignedIn, inspector: User) -> None:
    phone, desktop = as_user(inspector), as_user(inspector)
    phone.post("/logout")
    assert desktop.get("/me").status_code == 200


def test_logout_rejects_get(as_user: SignedIn, inspector: User) -> None:
    assert as_user(inspector).get("/logout").status_code == 405


def test_what_happened_is_recorded(client: FlaskClient, inspector: User) -> None:
    enter(client, inspector.mobile, "Wrong2026pass")
    enter(client, inspector.mobile)
    client.post("/logout")
    entries = db.session.scalars(db.select(AuditEntry).order_by(AuditEntry.id)).all()
    assert [entry.action for entry in entries] == ["sign-in-failed", "sign-in", "sign-out"]
    assert [entry.user_id for entry in entries] == [None, inspector.id, inspector.id]
    assert entries[0].subject == inspector.uuid and entries[0].address == "127.0.0.1"


def test_trying_a_locked_number_is_recorded(client: FlaskClient, inspector: User) -> None:
    for _ in range(FailedSignIns.LIMIT + 1):
        enter(client, inspector.mobile, "Wrong2026pass")
    last = db.session.scalars(db.select(AuditEntry).order_by(AuditEntry.id.desc())).first()
    assert last is not None and (last.action, last.subject) == ("sign-in-locked", inspector.uuid)


def test_an_unknown_number_leaves_no_trace_of_itself(client: FlaskClient) -> None:
    enter(client, "16012345678", "Wrong2026pass")
    (entry,) = db.session.scalars(db.select(AuditEntry))
    assert (entry.user_id, entry.subject, entry.detail) == (None, None, {})


def test_the_cookie_is_kept_from_scripts_and_strangers(client: FlaskClient, inspector: User) -> None:
    answer = client.post("/login", data={"mobile": inspector.mobile, "password": factories.PASSWORD})
    cookie = answer.headers["Set-Cookie"]
    assert "HttpOnly" in cookie and "SameSite=Lax" in cookie
