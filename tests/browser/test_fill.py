"""Filling on a phone: what a thumb does, and what the page says of it."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests import factories
from tests.browser.axe import assert_accessible
from tests.browser.conftest import PHONE
from tests.browser.serving import Server
from tests.browser.steps import sign_in, start_inspection

INSPECTOR = "13800000002"


@pytest.fixture
def form(phone: Page) -> Page:
    """A fresh draft on 放射诊疗, opened on the phone."""
    sign_in(phone, INSPECTOR)
    start_inspection(phone, "放射诊疗")
    return phone


def item(page: Page, place: int) -> Locator:
    return page.locator("fieldset[data-item]").nth(place)


def test_one_tap_answers_an_item(form: Page) -> None:
    total = form.locator("fieldset[data-item]").count()
    item(form, 0).get_by_role("radio", name="是").tap()
    expect(item(form, 0).locator(".state")).to_have_text("已上传")
    expect(form.locator("#meter span")).to_have_text(f"1 / {total} 项")
    expect(form.locator("#left b")).to_have_text(str(total - 1))


def test_a_reload_shows_what_was_saved(form: Page) -> None:
    item(form, 0).get_by_role("radio", name="否").check()
    item(form, 0).get_by_role("textbox").fill("缺少检测报告")
    with form.expect_response(lambda answer: '"remark"' in (answer.request.post_data or "")):
        item(form, 1).locator("legend").click()
    expect(form.locator("#sync")).to_have_text("已上传 ✓")
    form.reload()
    expect(item(form, 0).get_by_role("radio", name="否")).to_be_checked()
    expect(item(form, 0).get_by_role("textbox")).to_have_value("缺少检测报告")


@pytest.mark.parametrize("leaving", ["", "document.activeElement.blur();"])
def test_a_page_that_goes_at_once_keeps_what_was_typed(form: Page, leaving: str) -> None:
    item(form, 0).get_by_role("button", name="备注").click()
    item(form, 0).get_by_role("textbox").fill("刚刚写下")
    with form.expect_navigation():
        form.evaluate(f"{leaving} location.reload()")
    expect(item(form, 0).get_by_role("textbox")).to_have_value("刚刚写下")
    expect(form.locator("#sync")).to_have_text("已上传 ✓")
    assert not form.evaluate("Object.keys(localStorage).filter((key) => key.startsWith('typed-')).length")
    form.reload()
    expect(item(form, 0).get_by_role("textbox")).to_have_value("刚刚写下")


def test_a_no_asks_what_is_wrong_in_place(form: Page) -> None:
    item(form, 0).get_by_role("radio", name="否").check()
    expect(item(form, 0).get_by_label("存在的问题和整改打算")).to_be_visible()


def test_the_law_opens_on_a_tap(form: Page) -> None:
    item(form, 0).locator("details.law summary").tap()
    expect(item(form, 0).locator("details.law p")).to_be_visible()


def test_unanswered_leads_to_the_next_one(form: Page) -> None:
    item(form, 0).get_by_role("radio", name="是").check()
    form.locator("#left").click()
    expect(item(form, 1).get_by_role("radio", name="是")).to_be_focused()


def test_saving_keeps_a_remark_that_was_typed_a_moment_ago(form: Page) -> None:
    item(form, 0).get_by_role("button", name="备注").click()
    item(form, 0).get_by_role("textbox").fill("刚刚写下")
    address = form.url
    form.get_by_role("button", name="暂存").click()
    expect(form.get_by_role("heading", name="自查记录")).to_be_visible()
    form.goto(address)
    expect(item(form, 0).get_by_role("textbox")).to_have_value("刚刚写下")


def test_submission_names_what_is_missing_and_leads_there(form: Page) -> None:
    item(form, 0).get_by_role("radio", name="是").check()
    form.get_by_role("button", name="确认上报").click()
    expect(form.get_by_text("项没有回答，答完才能上报")).to_be_visible()
    assert_accessible(form)
    form.locator("#missing a").first.click()
    expect(item(form, 1).get_by_role("radio", name="是")).to_be_focused()


def test_photos_come_and_go(form: Page, tmp_path: Path) -> None:
    photo = tmp_path / "设备铭牌 😀.jpg"
    photo.write_bytes(factories.jpeg(1600, 1200).getvalue())
    item(form, 0).locator("input[type=file]").set_input_files([photo, photo])
    expect(item(form, 0).locator("img")).to_have_count(2)
    item(form, 0).get_by_role("button", name="移除第 1 张照片").click()
    expect(item(form, 0).locator("img")).to_have_count(1)


def test_a_file_that_is_no_photo_is_refused_beside_the_item(form: Page, tmp_path: Path) -> None:
    text = tmp_path / "说明.jpg"
    text.write_text("这不是照片")
    item(form, 0).locator("input[type=file]").set_input_files(text)
    expect(item(form, 0).locator(".state[data-state=trouble]")).to_contain_text("照片")


def test_without_signal_the_page_says_so_and_sends_later(form: Page) -> None:
    form.context.set_offline(True)
    item(form, 0).get_by_role("radio", name="是").check()
    item(form, 1).get_by_role("radio", name="否").check()
    expect(form.locator("#band")).to_contain_text("2 条已保存到手机")
    form.context.set_offline(False)
    expect(form.locator("#band")).to_be_hidden(timeout=20_000)
    expect(item(form, 1).locator(".state")).to_have_text("已上传")


def test_two_devices_are_told_of_each_other(form: Page, open_phone: Callable[[], Page]) -> None:
    other = open_phone()
    sign_in(other, INSPECTOR)
    other.goto(form.url)
    item(form, 0).get_by_role("radio", name="是").check()
    expect(item(form, 0).locator(".state")).to_have_text("已上传")
    item(other, 0).get_by_role("radio", name="否").check()
    expect(item(other, 0).get_by_text("两台设备填得不同")).to_be_visible()
    item(other, 0).get_by_role("button", name="改用另一台的").click()
    expect(item(other, 0).locator(".rival")).to_have_count(0)
    expect(item(other, 0).locator(".state")).to_have_text("已上传")
    form.reload()
    expect(item(form, 0).get_by_role("radio", name="否")).to_be_checked()


def test_a_double_tap_on_submission_makes_one_record(form: Page) -> None:
    for radio in form.locator("fieldset[data-item] input[value=yes]").all():
        radio.check()
    expect(form.locator("#left b")).to_have_text("0")
    form.get_by_role("button", name="确认上报").dblclick()
    expect(form.get_by_text("已上报").first).to_be_visible()
    expect(form.get_by_role("button", name="确认上报")).to_have_count(0)


def test_a_draft_is_deleted_only_after_asking(form: Page) -> None:
    form.get_by_role("button", name="删除草稿").click()
    form.get_by_role("dialog").get_by_role("button", name="取消").click()
    expect(form.locator("#fill")).to_be_visible()
    form.get_by_role("button", name="删除草稿").click()
    form.get_by_role("dialog").get_by_role("button", name="删除").click()
    expect(form.get_by_text("草稿已删除")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_is_accessible(phone: Page, scheme: str) -> None:
    phone.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    sign_in(phone, INSPECTOR)
    for path in ("/", "/inspections/new", "/inspections"):
        phone.goto(path)
        assert_accessible(phone)
    start_inspection(phone, "放射诊疗")
    item(phone, 0).get_by_role("radio", name="否").check()
    item(phone, 1).get_by_role("radio", name="合理缺项").check()
    expect(item(phone, 1).locator(".state")).to_have_text("已上传")
    assert_accessible(phone)


@pytest.mark.parametrize("width", [320, 390, 768, 1440])
def test_nothing_sticks_out_sideways(phone: Page, width: int) -> None:
    phone.set_viewport_size({"width": width, "height": 800})
    sign_in(phone, INSPECTOR)
    for path in ("/", "/inspections/new", "/inspections"):
        phone.goto(path)
        assert phone.evaluate("document.documentElement.scrollWidth") <= width
    start_inspection(phone, "放射诊疗")
    assert phone.evaluate("document.documentElement.scrollWidth") <= width


def test_it_works_without_scripts(chromium: Browser, server: Server) -> None:
    context = chromium.new_context(base_url=server.url, locale="zh-CN", java_script_enabled=False, **PHONE)
    page = context.new_page()
    sign_in(page, INSPECTOR)
    page.goto("/inspections/new")
    page.get_by_role("button", name="开始填报").click()
    item(page, 0).get_by_role("radio", name="是").check()
    address = page.url
    page.get_by_role("button", name="暂存").click()
    expect(page.get_by_text("已暂存").first).to_be_visible()
    page.goto(address)
    expect(item(page, 0).get_by_role("radio", name="是")).to_be_checked()
    context.close()
