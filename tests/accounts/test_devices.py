"""我的登录设备: the browsers one is signed in with, and ending the others."""

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from flask.testing import FlaskClient

from tests.sessions import counted_statements
from webapp.accounts.browsers import browser_title
from webapp.accounts.devices import SHOWN
from webapp.accounts.models import User
from webapp.accounts.sessions import SignIn
from webapp.audit.models import AuditEntry
from webapp.database import db, now, uuid7

SignedIn = Callable[[User], FlaskClient]
URL = "/me/devices"
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko)"
ANDROID = "Mozilla/5.0 (Linux; Android 14; V2309A) AppleWebKit/537.36 (KHTML, like Gecko)"
DESKTOP = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko)"


@pytest.fixture
def browser(as_user: SignedIn, inspector: User) -> FlaskClient:
    return as_user(inspector)


def sign_in_of(user: User, **fields: object) -> SignIn:
    """Another browser of a user."""
    fields = {
        "token_digest": uuid7().hex * 2,
        "address": "10.0.0.8",
        "browser": f"{DESKTOP} Edg/131.0",
    } | fields
    sign_in = SignIn(user_id=user.id, **fields)
    db.session.add(sign_in)
    db.session.commit()
    return sign_in


def listed(page: str) -> list[str]:
    found = BeautifulSoup(page, "html.parser").select(".record-title")
    return [title.get_text(strip=True) for title in found]


def ending(uuid: UUID) -> str:
    return f"{URL}/{uuid}/sign-out"


def alive(sign_in: SignIn) -> bool:
    return db.session.scalar(db.select(SignIn.id).where(SignIn.uuid == sign_in.uuid)) is not None


def test_it_works(browser: FlaskClient, inspector: User) -> None:
    sign_in_of(inspector)
    page = browser.get(URL).text
    assert listed(page) == ["其他浏览器 · 未知设备", "Edge · Windows 电脑"]
    assert "10.0.0.8" in page and "最近使用" in page


def test_this_one_is_marked_and_has_no_button(browser: FlaskClient, inspector: User) -> None:
    other = sign_in_of(inspector)
    page = BeautifulSoup(browser.get(URL).text, "html.parser")
    assert [
        tag.find_parent(class_="record").select_one(".record-title").text for tag in page.select(".tag")
    ] == ["其他浏览器 · 未知设备"]
    assert [form["action"] for form in page.select("li form")] == [ending(other.uuid)]


def test_it_asks_to_sign_in(client: FlaskClient) -> None:
    assert client.get(URL).location == "/login?next=/me/devices"
    assert client.post(f"{URL}/sign-out").location == "/login"
    assert client.post(ending(uuid7())).location == "/login"


def test_it_shows_only_ones_own(browser: FlaskClient, stranger: User) -> None:
    sign_in_of(stranger)
    assert len(listed(browser.get(URL).text)) == 1
    assert "没有其他设备" in browser.get(URL).text


def test_the_last_used_stands_first(browser: FlaskClient, inspector: User) -> None:
    sign_in_of(inspector, browser=f"{IPHONE} Safari/604.1", seen_at=now() - timedelta(hours=2))
    sign_in_of(inspector, browser=f"{ANDROID} Chrome/130.0 Mobile Safari/537.36")
    assert listed(browser.get(URL).text)[1:] == ["Chrome · 安卓手机", "Safari · iPhone"]


def test_what_has_run_out_is_not_listed(app: Flask, browser: FlaskClient, inspector: User) -> None:
    sign_in_of(inspector, seen_at=now() - app.config["SESSION_IDLE"])
    sign_in_of(inspector, created_at=now() - app.config["PERMANENT_SESSION_LIFETIME"])
    assert len(listed(browser.get(URL).text)) == 1


def test_one_other_is_ended(as_user: SignedIn, inspector: User) -> None:
    here, there = as_user(inspector), as_user(inspector)
    third = sign_in_of(inspector)
    uuid = db.session.scalars(db.select(SignIn.uuid).order_by(SignIn.id)).all()[1]
    answer = here.post(ending(uuid))
    assert (answer.status_code, answer.location) == (303, URL)
    assert there.get("/me").location.startswith("/login")
    assert here.get("/me").status_code == 200 and alive(third)


def test_all_others_are_ended(as_user: SignedIn, inspector: User, stranger: User) -> None:
    here, there, foreign = as_user(inspector), as_user(inspector), sign_in_of(stranger)
    assert here.post(f"{URL}/sign-out").location == URL
    assert there.get("/me").location.startswith("/login")
    assert here.get("/me").status_code == 200 and alive(foreign)


def test_it_is_recorded(browser: FlaskClient, inspector: User) -> None:
    one, _ = sign_in_of(inspector), sign_in_of(inspector)
    browser.post(ending(one.uuid))
    browser.post(f"{URL}/sign-out")
    entries = db.session.scalars(db.select(AuditEntry).order_by(AuditEntry.id)).all()
    assert [(entry.action, entry.detail) for entry in entries] == [("sign-ins-ended", {"count": 1})] * 2


def test_ending_asks_first(browser: FlaskClient, inspector: User) -> None:
    sign_in_of(inspector)
    page = BeautifulSoup(browser.get(URL).text, "html.parser")
    assert page.select_one("button[type=button][commandfor=others]")
    assert page.select_one(f'dialog#others form[action="{URL}/sign-out"][method=post]')


def test_another_persons_is_not_found(
    browser: FlaskClient, as_user: SignedIn, administrator: User, stranger: User
) -> None:
    for user in (administrator, stranger):
        foreign = sign_in_of(user)
        assert browser.post(ending(foreign.uuid)).status_code == 404
        assert alive(foreign)


def test_an_administrator_does_not_end_a_staff_members_here(
    as_user: SignedIn, administrator: User, inspector: User
) -> None:
    staff = sign_in_of(inspector)
    assert as_user(administrator).post(ending(staff.uuid)).status_code == 404


def test_this_one_is_left_by_signing_out_only(browser: FlaskClient) -> None:
    this = db.session.scalars(db.select(SignIn)).one()
    assert browser.post(ending(this.uuid)).status_code == 404
    assert alive(this)


def test_it_rejects_get(browser: FlaskClient, inspector: User) -> None:
    assert browser.get(f"{URL}/sign-out").status_code == 405
    assert browser.get(ending(sign_in_of(inspector).uuid)).status_code == 405


def test_a_browsers_name_is_no_markup(browser: FlaskClient, inspector: User) -> None:
    sign_in_of(inspector, browser="<b>Firefox/1 iPad</b>", address="<i>")
    page = browser.get(URL).text
    assert "火狐 · iPad" in page and "<b>" not in page and "<i>" not in page


def test_it_counts_statements(browser: FlaskClient, inspector: User) -> None:
    counts = []
    for more in (1, SHOWN):
        for _ in range(more):
            sign_in_of(inspector)
        with counted_statements() as statements:
            page = browser.get(URL).text
        counts.append(len(statements))
    assert counts[0] == counts[1]
    assert len(listed(page)) == SHOWN + 1


@pytest.mark.parametrize(
    ("user_agent", "title"),
    [
        (f"{IPHONE} Version/18.1 Mobile/15E148 Safari/604.1", "Safari · iPhone"),
        (f"{IPHONE} Mobile/15E148 MicroMessenger/8.0.54 NetType/WIFI", "微信 · iPhone"),
        (
            f"{ANDROID} Version/4.0 Chrome/130.0 Mobile Safari/537.36 XWEB/1300 MMWEBSDK/2024",
            "微信 · 安卓手机",
        ),
        (f"{ANDROID} Chrome/130.0 Mobile Safari/537.36 HuaweiBrowser/15.0", "华为浏览器 · 安卓手机"),
        (f"{DESKTOP} Chrome/131.0 Safari/537.36", "Chrome · Windows 电脑"),
        (f"{DESKTOP} Chrome/131.0 Safari/537.36 Edg/131.0", "Edge · Windows 电脑"),
        (
            "Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; rv:132.0) Gecko/20100101 Firefox/132.0",
            "火狐 · 苹果电脑",
        ),
        ("", "其他浏览器 · 未知设备"),
    ],
)
def test_browsers_have_names(user_agent: str, title: str) -> None:
    assert browser_title(user_agent) == title
