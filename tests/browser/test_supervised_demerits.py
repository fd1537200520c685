"""医疗人员不良记分查询 on a desktop: the manual's chapter 2.3, by mouse and by keyboard alone."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.axe import assert_accessible
from tests.browser.serving import Server
from tests.browser.steps import press, sign_in, zoom

CITY = "13800000012"
COLUMNS = ["所属地区", "姓名", "专业类别", "性别", "身份证", "执业机构", "记分", "记分日期", "操作"]


@pytest.mark.parametrize("width", [1440, 1024])
def test_a_reviewer_finds_and_reads_a_demerit(desk: Page, server: Server, width: int) -> None:
    desk.set_viewport_size({"width": width, "height": 900})
    sign_in(desk, CITY)
    desk.get_by_role("link", name="医疗人员不良记分查询").click()
    expect(desk.get_by_role("columnheader")).to_have_text(COLUMNS)
    shown = desk.locator("tr[data-href]")
    days = shown.locator("td:nth-child(8)").all_text_contents()
    assert len(days) > 2 and days == sorted(days, reverse=True)
    desk.get_by_role("searchbox", name="执业机构").fill("示范")
    desk.get_by_role("button", name="查询", exact=True).click()
    expect(desk).to_have_url(re.compile("q="))
    expect(shown.first.locator("td:nth-child(6)")).to_have_text("渝州示范医院")
    shown.first.get_by_role("link", name="查看").click()
    for heading in ("记分信息", "基本信息", "扣分内容", "材料信息"):
        expect(desk.get_by_role("heading", name=heading)).to_be_visible()
    for term in (
        "记分人员",
        "记分日期",
        "记分",
        "姓名",
        "性别",
        "身份证号",
        "所属地区",
        "专业类别",
        "执业机构",
    ):
        expect(desk.locator("dt").get_by_text(term, exact=True)).to_be_visible()
    expect(desk.get_by_text("总计：")).to_be_visible()
    desk.get_by_role("button", name="查看完整号码").click()
    expect(desk.locator(".masked")).to_have_text(re.compile("[0-9]{17}[0-9X]"))
    zoom(desk)
    expect(desk.get_by_role("dialog").locator("img").first).to_be_visible()
    press(desk, "Escape")
    desk.get_by_role("link", name="返回").click()
    expect(desk).to_have_url(re.compile("q="))


def test_a_person_is_found_by_the_end_of_the_number(desk: Page, server: Server) -> None:
    sign_in(desk, CITY)
    desk.goto("/supervision/demerits")
    last = desk.locator("tr[data-href]").last
    name, masked = last.locator("td:nth-child(2)").inner_text(), last.locator("td:nth-child(5)").inner_text()
    desk.get_by_role("textbox", name="身份证").fill(masked[-4:])
    desk.get_by_role("button", name="按身份证查询").click()
    expect(desk.get_by_role("link", name="清除")).to_be_visible()
    found = desk.locator("tr[data-href] td:nth-child(2)")
    # The demo's last person may have several entries, and another one the same last digits.
    expect(found.filter(has_text=name)).not_to_have_count(0)
    numbers = desk.locator("tr[data-href] td:nth-child(5)").all_inner_texts()
    assert all(number.endswith(masked[-4:]) for number in numbers)
    expect(desk).to_have_url(f"{server.url}/supervision/demerits")
    desk.get_by_role("textbox", name="身份证").fill("12")
    desk.get_by_role("button", name="按身份证查询").click()
    expect(desk.get_by_text("请输入完整的18位身份证号，或者前6位、后4位")).to_be_visible()
    expect(desk.get_by_role("textbox", name="身份证")).to_be_focused()
    assert_accessible(desk)


def test_the_list_works_without_a_mouse(desk: Page) -> None:
    sign_in(desk, CITY)
    desk.goto("/supervision/demerits")
    press(desk, "j")
    press(desk, "j")
    wanted = desk.locator("tr[data-href]").nth(1).get_attribute("data-href")
    press(desk, "Enter")
    expect(desk).to_have_url(re.compile(f"{wanted}$"))
    desk.go_back()
    press(desk, "/")
    expect(desk.get_by_role("searchbox", name="执业机构")).to_be_focused()
