"""记分记录 on a phone: the list and its query."""

from playwright.sync_api import Page, expect

from tests.browser.axe import assert_accessible
from tests.browser.serving import Server
from tests.browser.steps import sign_in


def test_demerit_records(phone: Page, server: Server) -> None:
    sign_in(phone, "13800000031")
    phone.get_by_role("link", name="记分记录").click()
    expect(phone.get_by_text("记分分值").first).to_be_visible()
    phone.get_by_text("查询条件").click()
    phone.get_by_label("人员姓名").fill("无此人")
    phone.get_by_label("身份证号").fill("1990")
    phone.get_by_role("button", name="查询").click()
    expect(phone.get_by_text("没有符合条件的记录")).to_be_visible()
    expect(phone).to_have_url(f"{server.url}/demerits")
    assert_accessible(phone)


def test_a_start_after_the_end_is_told_beside_the_field(phone: Page) -> None:
    sign_in(phone, "13800000031")
    phone.goto("/demerits")
    phone.get_by_text("查询条件").click()
    phone.get_by_label("开始时间").fill("2026-02-02")
    phone.get_by_label("结束时间").fill("2026-02-01")
    phone.get_by_role("button", name="查询").click()
    expect(phone.locator("#field-end").get_by_text("结束时间不能早于开始时间")).to_be_visible()
    expect(phone.get_by_label("结束时间")).to_be_focused()
    expect(phone.get_by_label("开始时间")).to_have_value("2026-02-02")
    assert_accessible(phone)
