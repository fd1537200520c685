"""The reviewers' desktop, the manual's chapters 2.1 and 2.2: by mouse, and by keyboard alone."""

import random
import re
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests import factories
from tests.browser.axe import assert_accessible
from tests.browser.registering import register
from tests.browser.steps import press, sign_in, zoom
from webapp.sample import sample_mobile

CITY, DISTRICT = "13800000012", "13800000011"
SIZES = [(1440, 900), (1024, 768)]
sizes = pytest.mark.parametrize("size", SIZES, ids=lambda size: "x".join(map(str, size)))
rng = random.Random()


@pytest.fixture
def waiting(phone: Page, tmp_path: Path) -> str:
    """The name of an institution that waits for review."""
    name, photo = f"样例{rng.randrange(10**6)}门诊部", tmp_path / "照片.jpg"
    photo.write_bytes(factories.jpeg(1200, 900).getvalue())
    register(phone, name, sample_mobile(rng), photo)
    return name


def sit_down(page: Page, size: tuple[int, int], who: str = CITY) -> None:
    page.set_viewport_size({"width": size[0], "height": size[1]})
    sign_in(page, who)


def column(page: Page, title: str) -> list[str]:
    """What the rows of a list say under a heading, once everything that was asked for has come."""
    page.wait_for_load_state("networkidle")
    titles = [title.strip() for title in page.locator("[data-list] th").all_text_contents()]
    cells = page.locator(f"tr[data-href] td:nth-child({titles.index(title) + 1})")
    return [text.strip() for text in cells.all_text_contents()]


def chosen(page: Page) -> Locator:
    return page.locator("tr[aria-selected=true]")


@sizes
def test_a_registration_is_found_and_returned(desk: Page, waiting: str, size: tuple[int, int]) -> None:
    sit_down(desk, size)
    desk.get_by_role("link", name="注册审核").click()
    heads = ["经营地区", "单位名称", "统一社会信用代码", "机构级别", "法人（负责人）", "证件号码", "联系电话"]
    expect(desk.locator("[data-list] th")).to_have_text([*heads, "状态", "操作"])
    order = [region.strip() for region in desk.locator("[name=district] option").all_text_contents()]
    districts = column(desk, "经营地区")
    assert districts == sorted(districts, key=order.index)
    desk.get_by_label("状态").select_option("待审核")
    desk.get_by_role("button", name="查询").click()
    expect(desk).to_have_url(re.compile("status=pending"))
    desk.get_by_role("row", name=waiting).get_by_role("link", name="查看").click()
    for heading in ("基本信息", "证明材料", "执业自查项目", "审核意见"):
        expect(desk.get_by_role("heading", name=heading, exact=True)).to_be_visible()
    desk.get_by_label("退回", exact=True).check()
    desk.get_by_role("button", name="提交").click()
    expect(desk.get_by_label("退回原因")).to_be_focused()
    expect(desk.locator("#reason-error")).to_be_visible()
    assert_accessible(desk)
    desk.get_by_label("退回原因").fill("许可证照片看不清有效期限")
    desk.get_by_role("button", name="提交").click()
    expect(desk.get_by_text(f"{waiting}：已退回。")).to_be_visible()
    expect(desk).to_have_url(re.compile("status=pending"))
    assert waiting not in column(desk, "单位名称")


@sizes
def test_papers_stand_beside_the_form(desk: Page, waiting: str, size: tuple[int, int]) -> None:
    sit_down(desk, size, DISTRICT)
    desk.goto("/supervision/registrations?status=pending")
    desk.get_by_role("row", name=waiting).get_by_role("link", name="查看").click()
    picture, tools = desk.locator(".viewer-canvas img"), desk.locator("[data-viewer]")
    expect(picture).to_be_visible()
    facts, papers = desk.locator(".facts").first.bounding_box(), desk.locator("#papers").bounding_box()
    assert facts and papers and facts["x"] + facts["width"] <= papers["x"]
    wide = picture.bounding_box()
    tools.get_by_role("button", name="旋转").click()
    expect(picture).to_have_css("transform", re.compile(r"matrix\(0, 1, -1, 0"))
    high = picture.bounding_box()
    assert wide and high and wide["width"] > wide["height"] and high["height"] > high["width"]
    tools.get_by_role("button", name="放大").click()
    larger = picture.bounding_box()
    assert larger and larger["height"] > 1.3 * high["height"]
    tools.get_by_role("button", name="缩小").click()
    tools.get_by_role("button", name="下一张").click()
    expect(desk.get_by_text("医疗机构执业许可证，照片 1 · 2 / 2")).to_be_visible()
    zoom(desk, "#papers")
    expect(tools.get_by_text("1 / 2")).to_be_visible()
    expect(desk.get_by_role("heading", name="审核意见")).to_be_visible()
    assert_accessible(desk)


@sizes
def test_an_inspection_is_found_and_read(desk: Page, size: tuple[int, int]) -> None:
    sit_down(desk, size)
    desk.get_by_role("link", name="自查记录查询").click()
    heads = ["经营地区", "单位名称", "自查项目", "自查日期", "机构级别", "自查人员", "操作"]
    expect(desk.locator("[data-list] th")).to_have_text(heads)
    days = column(desk, "自查日期")
    assert len(days) > 5 and days == sorted(days, reverse=True)
    desk.get_by_label("自查项目").select_option("机构执业")
    desk.get_by_label("经营地区").select_option("沙坪坝区")
    desk.get_by_role("button", name="查询").click()
    expect(desk).to_have_url(re.compile("category=JG"))
    assert set(column(desk, "经营地区")) == {"沙坪坝区"}
    assert all("机构执业" in titles for titles in column(desk, "自查项目"))
    desk.get_by_role("link", name="查看").last.click()
    for heading in ("自查记录详情", "基本信息", "自查内容"):
        expect(desk.get_by_role("heading", name=heading)).to_be_visible()
    expect(desk.get_by_text("第一部分")).to_be_visible()
    expect(desk.get_by_text("■").or_(desk.locator(".group")).first).to_be_visible()
    expect(desk.locator(".item.read .answer").first).to_have_text(re.compile("是|否|合理缺项"))
    desk.get_by_role("link", name="返回").click()
    expect(chosen(desk).get_by_role("link")).to_be_focused()
    expect(desk).to_have_url(re.compile("category=JG"))


@sizes
def test_the_whole_review_needs_no_mouse(desk: Page, waiting: str, size: tuple[int, int]) -> None:
    sit_down(desk, size)
    tab_to(desk, desk.get_by_role("link", name="注册审核"))
    press(desk, "Enter")
    expect(desk.get_by_role("heading", name="注册审核", level=1)).to_be_visible()
    press(desk, "/")
    expect(desk.get_by_label("单位名称或信用代码")).to_be_focused()
    desk.keyboard.type(waiting)
    press(desk, "Enter")
    expect(desk).to_have_url(re.compile("q="))
    expect(desk.locator("tr[data-href]")).to_have_count(1)
    tab_to(desk, desk.get_by_role("link", name="查看"))
    press(desk, "Enter")
    expect(desk.get_by_role("heading", name="审核详情")).to_be_visible()
    tab_to(desk, desk.get_by_role("radio", name="通过"))
    press(desk, "Space")
    tab_to(desk, desk.get_by_role("button", name="提交"))
    press(desk, "Enter")
    expect(desk.get_by_text(f"{waiting}：已通过。")).to_be_visible()
    expect(chosen(desk)).to_contain_text("已通过")
    expect(chosen(desk).get_by_role("link")).to_be_focused()


def tab_to(page: Page, target: Locator, most: int = 60) -> None:
    """Press the tabulator until something has the focus."""
    for _ in range(most):
        if target.first.evaluate("element => element === document.activeElement"):
            return
        press(page, "Tab")
    raise AssertionError(f"{target} can't be reached by the tabulator")


def test_keys_walk_the_list_its_details_and_back(desk: Page) -> None:
    sit_down(desk, SIZES[0])
    desk.goto("/supervision/inspections")
    rows = [row.get_attribute("data-href") or "" for row in desk.locator("tr[data-href]").all()]
    for key in "jjjk":
        press(desk, key)
    expect(chosen(desk)).to_have_attribute("data-href", rows[1])
    press(desk, "Enter")
    expect(desk).to_have_url(re.compile(re.escape(rows[1])))
    press(desk, "j")
    expect(desk).to_have_url(re.compile(re.escape(rows[2])))
    press(desk, "k")
    expect(desk).to_have_url(re.compile(re.escape(rows[1])))
    press(desk, "u")
    expect(chosen(desk)).to_have_attribute("data-href", rows[1])
    expect(chosen(desk).get_by_role("link")).to_be_focused()
    press(desk, "?")
    expect(desk.get_by_role("dialog", name="快捷键")).to_be_visible()
    assert_accessible(desk)
    press(desk, "Escape")
    expect(desk.get_by_role("dialog", name="快捷键")).to_be_hidden()


def test_the_browsers_own_back_finds_the_row(desk: Page) -> None:
    sit_down(desk, SIZES[0])
    desk.goto("/supervision/demerits?level=二级")
    row = desk.locator("tr[data-href]").nth(2)
    wanted = row.get_attribute("data-href") or ""
    desk.wait_for_load_state()
    row.locator("td").nth(1).click()
    expect(desk).to_have_url(re.compile(re.escape(wanted)))
    desk.go_back()
    expect(chosen(desk)).to_have_attribute("data-href", wanted)
    expect(desk.get_by_label("机构级别")).to_have_value("二级")


def test_filters_are_kept_and_columns_chosen(desk: Page) -> None:
    sit_down(desk, SIZES[1])
    desk.goto("/supervision/inspections")
    desk.get_by_label("机构级别").select_option("二级")
    desk.get_by_role("button", name="查询").click()
    desk.locator("summary", has_text="保存筛选").click()
    desk.get_by_role("button", name="保存").click()
    expect(desk.get_by_label("筛选名称")).to_be_focused()
    expect(desk.get_by_text("请填写筛选名称")).to_be_visible()
    assert_accessible(desk)
    desk.get_by_label("筛选名称").fill("二级机构")
    desk.get_by_role("button", name="保存").click()
    expect(desk.get_by_text("已保存筛选“二级机构”。")).to_be_visible()
    desk.goto("/supervision/inspections")
    desk.get_by_role("link", name="二级机构").click()
    expect(desk.get_by_label("机构级别")).to_have_value("二级")
    assert set(column(desk, "机构级别")) == {"二级"}
    desk.get_by_role("link", name="显示列").click()
    desk.get_by_role("checkbox", name="自查人员").uncheck()
    assert_accessible(desk)
    desk.get_by_role("button", name="应用").click()
    expect(desk.get_by_role("columnheader", name="自查人员")).to_have_count(0)
    desk.get_by_role("link", name="显示列").click()
    desk.get_by_role("checkbox", name="自查人员").check()
    desk.get_by_role("button", name="应用").click()
    expect(desk.get_by_role("columnheader", name="自查人员")).to_be_visible()
    desk.get_by_role("button", name="删除筛选 二级机构").click()
    expect(desk.get_by_text("已删除筛选“二级机构”。")).to_be_visible()
