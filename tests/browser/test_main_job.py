"""The main job from end to end: registration, approval, filling with photos, submission, reading."""

import random
from pathlib import Path

from playwright.sync_api import Page, expect

from tests import factories
from tests.browser.axe import assert_accessible
from tests.browser.registering import register
from tests.browser.steps import sign_in, start_inspection, type_sign_in
from webapp.sample import sample_mobile

rng = random.Random()


def test_the_main_job(phone: Page, desk: Page, tmp_path: Path) -> None:
    name, mobile = f"样例{rng.randrange(10**6)}门诊部", sample_mobile(rng)
    photo = tmp_path / "照片.jpg"
    photo.write_bytes(factories.jpeg(1200, 900).getvalue())

    register(phone, name, mobile, photo)
    expect(phone.get_by_text("待审核").first).to_be_visible()
    approve(desk, name)
    phone.goto("/")
    expect(phone.get_by_role("heading", name=name)).to_be_visible()

    phone.context.clear_cookies()
    sign_in(phone, "13800000002")
    inspection = fill_and_submit(phone, photo)
    read(desk, inspection)


def approve(page: Page, name: str) -> None:
    sign_in(page, "13800000011")
    page.goto("/supervision/registrations")
    page.get_by_role("row", name=name).get_by_role("link", name="查看").click()
    page.get_by_label("通过").check()
    page.get_by_role("button", name="提交").click()
    expect(page.get_by_text("已通过").first).to_be_visible()


def fill_and_submit(page: Page, photo: Path) -> str:
    inspection = start_inspection(page, "机构执业")
    items = page.locator("fieldset[data-item]")
    for place in range(items.count()):
        items.nth(place).get_by_role("radio", name="否" if place % 9 == 4 else "是").check()
    items.nth(4).get_by_role("textbox").fill("许可证到期，正在延续")
    items.nth(0).locator("input[type=file]").set_input_files(photo)
    expect(items.nth(0).locator("img")).to_have_count(1)
    expect(page.locator("#left b")).to_have_text("0")
    page.get_by_role("button", name="确认上报").click()
    expect(page.get_by_text("已上报").first).to_be_visible()
    return inspection


def read(page: Page, inspection: str) -> None:
    page.goto("/supervision/inspections")
    page.locator(f"a[href*='{inspection}']").first.click()
    expect(page.get_by_text("第一部分")).to_be_visible()
    expect(page.get_by_text("许可证到期，正在延续")).to_be_visible()
    expect(page.locator("img").first).to_be_visible()
    assert_accessible(page)


def test_a_pending_registrant_is_told_so(phone: Page) -> None:
    phone.goto("/login")
    type_sign_in(phone, "13800000041")
    expect(phone.get_by_text("待审核").first).to_be_visible()
