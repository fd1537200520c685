"""系统消息 on a phone: the unread mark, opening, 全部标为已读, also where scripts do not run."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.axe import assert_accessible
from tests.browser.serving import Server
from tests.browser.steps import sign_in, type_sign_in

SCORER = "13800000033"
OLD, NEW = "Demo2026pass", "Renewed2026words"


def be_told(page: Page) -> None:
    """Change the password there and back: each sends a message."""
    for old, new in ((OLD, NEW), (NEW, OLD)):
        page.goto("/me/password")
        page.get_by_label("旧密码").fill(old)
        page.get_by_label("新密码").fill(new)
        page.get_by_label("确认密码").fill(new)
        page.get_by_role("button", name="确认").click()
        expect(page.get_by_text("密码已修改")).to_be_visible()


def unread(page: Page) -> int:
    return page.locator("#messages li", has=page.locator(".dot")).count()


@pytest.fixture
def without_scripts(server: Server, chromium: Browser) -> Iterator[Callable[[], Page]]:
    with chromium.new_context(base_url=server.url, java_script_enabled=False) as context:
        yield context.new_page


def test_system_messages(phone: Page) -> None:
    sign_in(phone, SCORER)
    be_told(phone)
    phone.goto("/me")
    phone.get_by_role("link", name="消息").click()
    before = unread(phone)
    assert before >= 2
    phone.get_by_role("button", name="密码已修改").first.click()
    expect(phone.get_by_text("如果不是您本人操作")).to_be_visible()
    expect(phone.locator("#unread")).to_have_text(f"{before - 1} 条未读")
    assert_accessible(phone)
    phone.locator("details[open]").get_by_role("link", name="查看").click()
    expect(phone.get_by_role("heading", name="我的登录设备")).to_be_visible()


def test_mark_all_as_read(phone: Page) -> None:
    sign_in(phone, SCORER)
    be_told(phone)
    phone.goto("/messages")
    assert_accessible(phone)
    phone.get_by_role("button", name="全部标为已读").click()
    expect(phone.locator("#unread")).to_be_hidden()
    assert unread(phone) == 0
    expect(phone.get_by_role("button", name="全部标为已读")).to_have_count(0)


def test_messages_open_without_scripts(phone: Page, without_scripts: Callable[[], Page]) -> None:
    sign_in(phone, SCORER)
    be_told(phone)
    page = without_scripts()
    page.goto("/login")
    type_sign_in(page, SCORER)
    page.goto("/messages")
    page.get_by_role("button", name="密码已修改").first.click()
    expect(page.get_by_text("如果不是您本人操作")).to_be_visible()
    page.get_by_role("link", name="返回").click()
    page.get_by_role("button", name="全部标为已读").click()
    expect(page.locator("#unread")).to_be_hidden()
