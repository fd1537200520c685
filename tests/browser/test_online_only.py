"""Demerits and persons need the network: without it they say so, and nothing that was typed is lost."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests import factories
from tests.browser.axe import assert_accessible
from tests.browser.steps import sign_in
from tests.browser.worker import has_worker
from tests.imports.workbooks import medic, workbook

SCORER, CITY = "13800000003", "13800000012"
OFFLINE = "没有连上网络"


@pytest.fixture
def scorer(phone: Page) -> Page:
    """The scorer's phone."""
    sign_in(phone, SCORER)
    return phone


def signal(page: Page, there: bool) -> None:
    """Take the signal away or give it back, and wait until the page knows."""
    page.context.set_offline(not there)
    page.wait_for_function("there => navigator.onLine === there", arg=there)


@contextmanager
def without_signal(page: Page) -> Iterator[None]:
    signal(page, False)
    yield
    signal(page, True)


def told(page: Page) -> Locator:
    return page.locator("[data-trouble-text]:visible")


def open_entry(page: Page, name: str) -> None:
    page.goto("/demerits/new")
    page.get_by_label("人员姓名").fill(name)
    page.get_by_role("button", name="查询").click()
    page.get_by_role("link", name=name).first.click()
    page.locator("details", has=page.locator("[data-article=A2]")).locator("summary").first.click()


def test_ticks_stay_and_are_added_up_when_the_signal_is_back(scorer: Page) -> None:
    open_entry(scorer, "乐例音")
    with without_signal(scorer):
        scorer.locator("input[value='A2-01']").check()
        expect(told(scorer)).to_contain_text(f"{OFFLINE}，小计和合计没有更新")
        expect(scorer.locator("#total-foot")).to_have_text("0分")
        assert_accessible(scorer)
    expect(scorer.locator("#total-foot")).to_have_text("2分")
    expect(scorer.locator("#sub-A2")).to_have_text("2分")
    expect(told(scorer)).to_have_count(0)


@pytest.mark.parametrize("button", ["暂存", "确认上报"])
def test_an_entry_that_was_not_sent_stays_as_it_is(scorer: Page, button: str) -> None:
    open_entry(scorer, "乐例音")
    scorer.locator("input[value='A2-01']").check()
    scorer.get_by_label("行为发生日期").fill("2026-11-03")
    with without_signal(scorer):
        scorer.get_by_role("button", name=button).click()
        expect(told(scorer)).to_contain_text(f"{OFFLINE}，没有提交成功")
        expect(scorer.locator("input[value='A2-01']")).to_be_checked()
        expect(scorer.get_by_label("行为发生日期")).to_have_value("2026-11-03")
    expect(scorer.get_by_role("button", name="暂存")).to_be_enabled()
    scorer.get_by_role("button", name="暂存").click()
    expect(scorer.get_by_text("已暂存，乐例音共 2 分。")).to_be_visible()
    remove_draft(scorer, "乐例音")


def test_a_photo_is_not_left_behind(scorer: Page, tmp_path: Path) -> None:
    photo = tmp_path / "照片.jpg"
    photo.write_bytes(factories.jpeg(800, 600).getvalue())
    open_entry(scorer, "乐例音")
    scorer.locator("input[value='A2-01']").check()
    with without_signal(scorer):
        scorer.locator("input[type=file]").set_input_files(photo)
        expect(scorer.get_by_role("button", name="重试")).to_be_visible()
        scorer.get_by_role("button", name="暂存").click()
        expect(told(scorer)).to_contain_text(f"{OFFLINE}，没有提交成功")
    scorer.get_by_role("button", name="暂存").click()
    expect(scorer.get_by_text("已暂存，乐例音共 2 分。")).to_be_visible()
    scorer.locator("li", has_text="乐例音").get_by_role("link", name="编辑").click()
    expect(scorer.locator(".photo[data-photo] img")).to_have_count(1)
    scorer.go_back()
    remove_draft(scorer, "乐例音")


def remove_draft(page: Page, name: str) -> None:
    """Delete the newest draft, and see that nothing happens to it without signal."""
    row = page.locator("li", has_text=name).filter(has_text="暂存")
    before = row.count()
    for there in (False, True):
        signal(page, there)
        row.first.get_by_role("button", name="删除").click()
        page.locator("dialog[open]").get_by_role("button", name="删除").click()
        expect(told(page) if not there else page.get_by_text("草稿已删除。")).to_be_visible()
    expect(row).to_have_count(before - 1)


def test_a_person_is_kept_on_the_page_until_it_can_be_sent(scorer: Page) -> None:
    scorer.goto("/persons/new")
    person = medic(姓名="样例离线")
    for label in ("姓名", "身份证号", "执业范围", "执业证书编号"):
        scorer.get_by_label(label, exact=True).fill(person[label])
    scorer.get_by_label("性别").select_option(label=person["性别"])
    scorer.get_by_label("职称").select_option(label=person["职称"])
    with without_signal(scorer):
        scorer.get_by_role("button", name="保存").click()
        expect(told(scorer)).to_contain_text(OFFLINE)
        expect(scorer.get_by_label("身份证号")).to_have_value(person["身份证号"])
    scorer.get_by_role("button", name="保存").click()
    expect(scorer.get_by_text("样例离线已添加。")).to_be_visible()


def test_a_workbook_can_be_sent_again(scorer: Page) -> None:
    scorer.goto("/persons/import")
    file = {"name": "人员.xlsx", "mimeType": "application/octet-stream", "buffer": workbook([medic()])}
    scorer.get_by_label("Excel 文件").set_input_files(file)  # type: ignore[arg-type]
    with without_signal(scorer):
        scorer.get_by_role("button", name="检查文件").click()
        expect(told(scorer)).to_contain_text(OFFLINE)
    scorer.get_by_role("button", name="检查文件").click()
    expect(scorer.get_by_text("共 1 人，还没有导入")).to_be_visible()
    with without_signal(scorer):
        scorer.get_by_role("button", name="确认导入").click()
        expect(told(scorer)).to_contain_text(OFFLINE)
    scorer.get_by_role("button", name="确认导入").click()
    expect(scorer.get_by_text("已导入 1 人")).to_be_visible()


def test_an_objection_is_not_lost(scorer: Page) -> None:
    scorer.goto("/demerits")
    scorer.locator("a.record", has_text="盛示江").click()
    scorer.get_by_role("link", name="申请撤销").click()
    scorer.get_by_label("撤销理由").fill("当日不在岗，记错了人。")
    with without_signal(scorer):
        scorer.get_by_role("button", name="提交").click()
        expect(told(scorer)).to_contain_text(OFFLINE)
        expect(scorer.get_by_label("撤销理由")).to_have_value("当日不在岗，记错了人。")


def search_person(page: Page) -> None:
    page.goto("/persons")
    page.get_by_label("人员姓名").fill("示")
    signal(page, False)
    page.get_by_role("button", name="查询").click()


def search_records(page: Page) -> None:
    page.goto("/demerits")
    page.get_by_text("查询条件").click()
    page.get_by_label("人员姓名").fill("示")
    signal(page, False)
    page.get_by_role("button", name="查询").click()


def reveal_number(page: Page) -> None:
    page.goto("/demerits")
    page.locator("a.record", has_text="盛示江").click()
    page.get_by_role("button", name="查看完整号码").wait_for()
    signal(page, False)
    page.get_by_role("button", name="查看完整号码").click()


@pytest.mark.parametrize(
    ("act", "undone"),
    [(search_person, "没有查询"), (search_records, "没有查询"), (reveal_number, "没有显示号码")],
)
def test_it_says_what_was_not_done(scorer: Page, act: Callable[[Page], None], undone: str) -> None:
    act(scorer)
    expect(told(scorer)).to_contain_text(f"{OFFLINE}，{undone}")
    signal(scorer, True)


def test_a_reviewer_is_told_too(desk: Page) -> None:
    sign_in(desk, CITY)
    desk.goto("/supervision/demerits")
    desk.get_by_role("textbox", name="姓名").fill("任示平")
    with without_signal(desk):
        desk.get_by_role("button", name="查询", exact=True).click()
        expect(told(desk)).to_contain_text(f"{OFFLINE}，没有查询")
        expect(desk.get_by_role("textbox", name="姓名")).to_have_value("任示平")
    desk.get_by_role("button", name="查询", exact=True).click()
    expect(desk.locator("tr[data-href]").first).to_contain_text("任示平")
    expect(told(desk)).to_have_count(0)


@pytest.mark.parametrize("path", ["/demerits", "/demerits/new", "/persons", "/persons/new"])
def test_a_page_that_cannot_be_opened_says_what_it_needs(scorer: Page, path: str) -> None:
    has_worker(scorer)
    with without_signal(scorer):
        scorer.goto(path)
        expect(scorer.get_by_text("记分录入和记分记录需要联网办理，请到有信号的地方再打开。")).to_be_visible()
