"""A session that ends while somebody types: they sign in beside the page and send it as it is."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.axe import assert_accessible
from tests.browser.serving import Server
from tests.browser.steps import sign_in, type_sign_in

SCORER, DISTRICT, CLINIC = "13800000003", "13800000011", "13800000031"


def end_sessions(server: Server, name: str) -> None:
    """End somebody's sessions, as their age would."""
    server.write("DELETE FROM sign_ins WHERE user_id IN (SELECT id FROM users WHERE name = :name)", name=name)


def sign_in_beside(page: Page, mobile: str) -> None:
    """Follow the link to another tab, sign in there, come back."""
    with page.context.expect_page() as opened:
        page.get_by_role("link", name="在新标签页登录").click()
    tab = opened.value
    type_sign_in(tab, mobile)
    expect(tab.get_by_label("手机号码")).to_have_count(0)
    tab.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_demerit_entry_is_sent_as_it_stands(phone: Page, server: Server, scheme: str) -> None:
    phone.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    sign_in(phone, SCORER)
    phone.goto("/demerits/new")
    phone.get_by_label("人员姓名").fill("乐例音")
    phone.get_by_role("button", name="查询").click()
    phone.get_by_role("link", name="乐例音").first.click()
    phone.locator("details", has=phone.locator("[data-article=A2]")).locator("summary").first.click()
    phone.get_by_label("行为发生日期").fill("2026-11-03")
    end_sessions(server, "蒋例明")
    phone.locator("input[value='A2-01']").check()
    told = phone.locator("[data-trouble-text]:visible")
    expect(told).to_contain_text("登录已过期，小计和合计没有更新")
    phone.get_by_role("button", name="暂存").click()
    expect(told).to_contain_text("登录已过期，没有提交成功")
    expect(phone.get_by_label("行为发生日期")).to_have_value("2026-11-03")
    assert_accessible(phone)
    sign_in_beside(phone, SCORER)
    phone.get_by_role("button", name="暂存").click()
    expect(phone.get_by_text("已暂存，乐例音共 2 分。")).to_be_visible()
    phone.locator("li", has_text="乐例音").first.get_by_role("button", name="删除").click()
    phone.locator("dialog[open]").get_by_role("button", name="删除").click()
    expect(phone.get_by_text("草稿已删除。")).to_be_visible()


def test_an_institutions_data_stay(phone: Page, server: Server) -> None:
    sign_in(phone, CLINIC)
    phone.goto("/institution")
    phone.get_by_label("经营地址").fill("渝中区样例巷 9 号")
    end_sessions(server, "何示仁")
    phone.get_by_role("button", name="保存").click()
    expect(phone.locator("[data-trouble-text]:visible")).to_contain_text("登录已过期")
    sign_in_beside(phone, CLINIC)
    phone.get_by_role("button", name="保存").click()
    expect(phone.get_by_text("已保存").first).to_be_visible()
    phone.goto("/institution")
    expect(phone.get_by_label("经营地址")).to_have_value("渝中区样例巷 9 号")


def test_nobody_else_sends_it(phone: Page, server: Server) -> None:
    sign_in(phone, CLINIC)
    phone.goto("/institution")
    phone.get_by_label("经营地址").fill("渝中区样例巷 10 号")
    end_sessions(server, "何示仁")
    phone.get_by_role("button", name="保存").click()
    sign_in_beside(phone, SCORER)
    phone.get_by_role("button", name="保存").click()
    expect(phone.locator("[data-trouble-text]:visible")).to_contain_text("页面已过期")
    expect(phone.get_by_label("经营地址")).to_have_value("渝中区样例巷 10 号")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_reviewers_decision_is_kept(desk: Page, server: Server, scheme: str) -> None:
    desk.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    sign_in(desk, DISTRICT)
    desk.goto("/supervision/petitions?status=waiting")
    desk.locator("tr[data-href]", has_text="任示平").first.get_by_role("link", name="查看").click()
    desk.get_by_label("处理理由").fill("已核对排班表。\n还要再核对病历。")
    end_sessions(server, "程示区")
    desk.get_by_role("button", name="提交").click()
    expect(desk.get_by_text("没有提交成功，填写的内容都还在这一页。")).to_be_visible()
    assert_accessible(desk)
    sign_in_beside(desk, DISTRICT)
    desk.get_by_role("button", name="重新提交").click()
    expect(desk.get_by_text("请选择处理结果").first).to_be_visible()
    expect(desk.get_by_label("处理理由")).to_have_value("已核对排班表。\n还要再核对病历。")
