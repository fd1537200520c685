"""单位信息基本维护 on a phone, and what a reviewer makes of a change."""

import re
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, expect

from tests import factories
from tests.browser.axe import assert_accessible
from tests.browser.steps import sign_in

ADMINISTRATOR, REVIEWER = "13800000001", "13800000011"
NAME = "渝州示范医院（新址）"


def open_data(page: Page) -> None:
    sign_in(page, ADMINISTRATOR)
    page.goto("/")
    page.get_by_role("link", name="机构信息").click()
    expect(page.get_by_role("heading", name="单位信息基本维护")).to_be_visible()


def save(page: Page) -> None:
    page.get_by_role("button", name="保存").click()


def test_the_rest_holds_at_once(phone: Page) -> None:
    open_data(phone)
    assert_accessible(phone)
    phone.get_by_label("经营地址").fill("沙坪坝区新样例路 2 号")
    save(phone)
    expect(phone.get_by_text("已保存并生效：经营地址。")).to_be_visible()
    expect(phone.get_by_label("经营地址")).to_have_value("沙坪坝区新样例路 2 号")


def test_a_change_waits_for_the_reviewer(phone: Page, desk: Page, tmp_path: Path) -> None:
    photo = tmp_path / "许可证.jpg"
    photo.write_bytes(factories.jpeg(1200, 900, "teal").getvalue())
    open_data(phone)
    before = phone.get_by_label("医疗机构名称").input_value()
    phone.get_by_label("医疗机构名称").fill(NAME)
    phone.get_by_label("2、医疗机构执业许可证").locator("input[type=file]").set_input_files(photo)
    expect(phone.locator("#field-licence .photo img")).to_have_count(2)
    save(phone)
    waiting = phone.locator("#waiting")
    expect(waiting.get_by_text(NAME)).to_be_visible()
    expect(waiting.get_by_text(before, exact=True)).to_be_visible()
    assert_accessible(phone)
    return_change(desk, before)
    phone.reload()
    expect(phone.get_by_text("照片不清楚，请重拍")).to_be_visible()
    expect(phone.get_by_label("医疗机构名称")).to_have_value(before)


def return_change(page: Page, name: str) -> None:
    sign_in(page, REVIEWER)
    page.goto("/supervision/registrations?status=pending")
    row = page.get_by_role("row").filter(has_text=name).filter(has_text="变更")
    row.get_by_role("link", name="查看").click()
    change = page.locator("#change")
    expect(change.get_by_text(NAME)).to_be_visible()
    expect(change.locator("img")).to_have_count(3)
    assert_accessible(page)
    page.get_by_label("退回", exact=True).check()
    page.get_by_label("退回原因").fill("照片不清楚，请重拍")
    page.get_by_role("button", name="提交").click()
    expect(page).to_have_url(re.compile("/supervision/registrations"))


def test_narrowing_names_whom_it_touches(phone: Page) -> None:
    open_data(phone)
    category = phone.get_by_role("checkbox", name="机构执业", exact=True)
    expect(category).to_be_checked()  # by the script, a moment after the heading
    category.uncheck()
    save(phone)
    expect(phone.locator("#field-agreed")).to_contain_text("的自查范围会随之缩小")
    assert_accessible(phone)
    phone.get_by_role("checkbox", name="我已了解").check()
    save(phone)
    expect(phone.locator("#waiting")).to_contain_text("去掉：机构执业·")
    phone.get_by_role("button", name="撤回变更申请").click()
    phone.get_by_role("button", name="撤回", exact=True).click()
    expect(phone.get_by_text("变更申请已撤回")).to_be_visible()
    expect(category).to_be_checked()


def test_the_second_to_save_sees_both_values(phone: Page, open_phone: Callable[[], Page]) -> None:
    other = open_phone()
    open_data(phone)
    open_data(other)
    phone.get_by_label("联系人").fill("样例甲")
    save(phone)
    expect(phone.get_by_text("已保存并生效：联系人。")).to_be_visible()
    other.get_by_label("联系人").fill("样例乙")
    save(other)
    expect(other.get_by_role("alert").filter(has_text="您的修改还没有保存")).to_be_visible()
    told = other.locator("form .changes")
    expect(told).to_contain_text("样例甲")
    expect(told).to_contain_text("样例乙")
    expect(other.get_by_text("系统出错")).to_have_count(0)
    assert_accessible(other)
    save(other)
    expect(other.get_by_text("已保存并生效：联系人。")).to_be_visible()
