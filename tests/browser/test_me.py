"""我的 on a phone: 个人信息, 修改密码, 我的登录设备, 退出账户."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.browser.axe import assert_accessible
from tests.browser.serving import Server
from tests.browser.steps import sign_in, type_sign_in
from webapp.demo import PASSWORD

# Nobody else's test needs this account's sessions.
SCORER = "13800000033"
NEW = "Renewed2026words"


def change_password(page: Page, old: str, new: str) -> None:
    page.goto("/me")
    page.get_by_role("link", name="重置密码").click()
    page.get_by_label("旧密码").fill(old)
    page.get_by_label("新密码").fill(new)
    page.get_by_label("确认密码").fill(new)
    page.get_by_role("button", name="确认").click()


def test_personal_information(phone: Page) -> None:
    sign_in(phone, SCORER)
    phone.goto("/me")
    name = phone.get_by_label("姓名")
    before = name.input_value()
    for typed in (f"{before}乙", before):
        name.fill(typed)
        phone.get_by_role("button", name="保存").click()
        expect(phone.get_by_text("个人信息已保存")).to_be_visible()
        expect(name).to_have_value(typed)


def test_a_number_is_shown_on_a_tap(phone: Page) -> None:
    sign_in(phone, SCORER)
    phone.goto("/me")
    mobile = phone.get_by_label("手机号", exact=True)
    expect(mobile).to_have_value("138****0033")
    phone.get_by_role("button", name="查看完整手机号").click()
    expect(mobile).to_have_value(SCORER)
    assert "*" in phone.get_by_label("身份证号", exact=True).input_value()
    assert_accessible(phone)


def test_a_new_mobile_asks_for_the_password(phone: Page) -> None:
    sign_in(phone, SCORER)
    phone.goto("/me")
    phone.get_by_label("手机号", exact=True).fill("16600001234")
    phone.get_by_label("手机号", exact=True).press("Enter")
    expect(phone.get_by_role("textbox", name="当前密码")).to_be_focused()
    expect(phone.get_by_label("手机号", exact=True)).to_have_value("16600001234")
    assert_accessible(phone)


def test_reset_password(phone: Page, open_phone: Callable[[], Page], server: Server) -> None:
    sign_in(phone, SCORER)
    other = open_phone()
    other.goto("/login")
    type_sign_in(other, SCORER)
    expect(other).to_have_url(f"{server.url}/")
    change_password(phone, PASSWORD, NEW)
    expect(phone.get_by_text("密码已修改")).to_be_visible()
    other.goto("/me")
    expect(other).to_have_url(f"{server.url}/login?next=/me")
    change_password(phone, NEW, PASSWORD)
    expect(phone.get_by_text("密码已修改")).to_be_visible()


def test_a_wrong_old_password_is_told_beside_the_field(phone: Page) -> None:
    sign_in(phone, SCORER)
    change_password(phone, "Wrong2026words", NEW)
    expect(phone.get_by_label("旧密码")).to_be_focused()
    expect(phone.locator("#field-old").get_by_text("旧密码不正确")).to_be_visible()
    assert_accessible(phone)


def test_my_devices(phone: Page, open_phone: Callable[[], Page], server: Server) -> None:
    other = open_phone()
    other.goto("/login")
    type_sign_in(other, SCORER)
    sign_in(phone, SCORER)
    phone.goto("/me")
    phone.get_by_role("link", name="我的登录设备").click()
    expect(phone.get_by_text("本机")).to_be_visible()
    assert_accessible(phone)
    phone.get_by_role("button", name="退出其他设备").click()
    phone.get_by_role("dialog").get_by_role("button", name="确认").click()
    expect(phone.get_by_text("没有其他设备", exact=True)).to_be_visible()
    other.goto("/me")
    expect(other).to_have_url(f"{server.url}/login?next=/me")


def test_sign_out_asks_first(phone: Page, server: Server) -> None:
    phone.goto("/login")
    type_sign_in(phone, SCORER)
    phone.get_by_role("link", name="我的").click()
    phone.get_by_role("button", name="退出账户").click()
    phone.get_by_role("dialog").get_by_role("button", name="取消").click()
    expect(phone).to_have_url(f"{server.url}/me")
    phone.get_by_role("button", name="退出账户").click()
    phone.get_by_role("dialog").get_by_role("button", name="确认").click()
    expect(phone).to_have_url(f"{server.url}/login")
