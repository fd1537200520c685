"""Signing in, as everybody begins."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.axe import assert_accessible
from tests.browser.serving import Server
from tests.browser.steps import sign_in, type_sign_in
from webapp.demo import ACCOUNTS


@pytest.mark.parametrize("mobile", ACCOUNTS)
def test_every_demo_account_signs_in(phone: Page, server: Server, mobile: str) -> None:
    phone.goto("/login")
    type_sign_in(phone, mobile)
    expect(phone.get_by_role("button", name="登录")).to_have_count(0)
    phone.goto("/me")
    expect(phone).to_have_url(f"{server.url}/me")


def test_a_wrong_password_keeps_the_number(phone: Page) -> None:
    phone.goto("/login")
    type_sign_in(phone, "16000000000", "Wrong2026pass")
    expect(phone.get_by_text("手机号码或密码不正确")).to_be_visible()
    expect(phone.get_by_label("手机号码")).to_have_value("16000000000")


def test_a_page_waits_behind_the_sign_in(desk: Page, server: Server) -> None:
    desk.goto("/messages")
    type_sign_in(desk, "13800000011")
    expect(desk).to_have_url(f"{server.url}/messages")


def test_a_session_outlives_a_crash(phone: Page, server: Server) -> None:
    sign_in(phone, "13800000002")
    server.kill()
    server.start()
    phone.goto("/me")
    expect(phone).to_have_url(f"{server.url}/me")


def test_the_form_is_accessible(phone: Page) -> None:
    phone.goto("/login")
    assert_accessible(phone)


def test_the_keyboard_is_enough(desk: Page, server: Server) -> None:
    desk.goto("/login")
    desk.get_by_label("手机号码").focus()
    desk.keyboard.type("13800000012")
    desk.keyboard.press("Tab")
    desk.keyboard.type("Demo2026pass")
    desk.keyboard.press("Enter")
    expect(desk).to_have_url(f"{server.url}/supervision/")
