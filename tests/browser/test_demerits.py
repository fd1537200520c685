"""记分记录 on a phone: the list, its query, a record and a draft (manual 1.2.6 and 1.4.3)."""

import re

from playwright.sync_api import Page, expect

from tests.browser.axe import assert_accessible
from tests.browser.serving import Server
from tests.browser.steps import sign_in, zoom

SCORER, CLINIC_SCORER = "13800000003", "13800000033"


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


def test_a_scorer_finds_a_record_and_reads_it(phone: Page) -> None:
    sign_in(phone, SCORER)
    phone.get_by_role("link", name="记分记录").click()
    expect(phone.get_by_label("人员姓名")).to_be_hidden()
    phone.get_by_text("查询条件").click()
    phone.get_by_label("人员姓名").fill("例兰")
    phone.get_by_role("button", name="查询").click()
    expect(phone.locator("a.record")).to_have_count(1)
    phone.locator("a.record").click()
    read_record(phone)


def read_record(page: Page) -> None:
    page.get_by_role("button", name="查看完整号码").click()
    expect(page.locator(".masked")).to_have_text(re.compile("[0-9]{17}[0-9X]"))
    certificate, item = page.get_by_text("执业证书编号"), page.get_by_text("医疗纠纷中被认定承担轻微责任的")
    for heading, shown in (("医疗人员信息", certificate), ("第一条", item)):
        expect(shown).to_be_visible()
        page.get_by_role("heading", name=heading).click()
        expect(shown).to_be_hidden()
    zoom(page)
    expect(page.get_by_role("dialog").locator("img").first).to_be_visible()
    page.keyboard.press("Escape")
    assert_accessible(page)


def test_a_record_is_found_by_some_digits(phone: Page) -> None:
    sign_in(phone, SCORER)
    phone.goto("/demerits")
    last = phone.locator("a.record", has_text="单示雄").locator(".meta").inner_text()
    phone.get_by_text("查询条件").click()
    phone.get_by_label("身份证号").fill(last.splitlines()[0][-4:])
    phone.get_by_role("button", name="查询").click()
    expect(phone.locator("a.record .record-title")).to_have_text(["单示雄"])


def test_a_draft_is_deleted_only_after_a_question(phone: Page) -> None:
    sign_in(phone, CLINIC_SCORER)
    phone.goto("/demerits")
    draft = phone.locator("li", has_text="暂存")
    expect(draft).to_have_count(1)
    draft.get_by_role("button", name="删除").click()
    phone.get_by_role("button", name="取消").click()
    draft.get_by_role("link", name="编辑").click()
    phone.get_by_role("button", name="删除草稿").click()
    assert_accessible(phone)
    phone.locator("dialog[open]").get_by_role("button", name="删除").click()
    expect(phone.get_by_text("草稿已删除。")).to_be_visible()
    expect(draft).to_have_count(0)
