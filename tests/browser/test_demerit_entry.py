"""记分录入 on a phone: find or add the person, enter, hand in, read (manual 1.4)."""

import random
from pathlib import Path

from playwright.sync_api import Page, expect

from tests import factories
from tests.browser.axe import assert_accessible
from tests.browser.steps import sign_in
from webapp.sample import sample_id_number

rng = random.Random()


def open_search(page: Page) -> None:
    sign_in(page, "13800000003")
    page.get_by_role("link", name="记分录入").click()
    expect(page.get_by_role("heading", name="记分录入")).to_be_visible()


def search(page: Page, label: str, text: str) -> None:
    page.get_by_label(label, exact=True).fill(text)
    page.get_by_role("button", name="查询").click()


def add_person(page: Page, name: str) -> str:
    """Add a person and return the ID number; the page then shows the query with this person."""
    number = sample_id_number(rng)
    page.get_by_role("link", name="添加", exact=True).click()
    for label, text in {"姓名": name, "身份证号": number, "执业范围": "外科专业"}.items():
        page.get_by_label(label, exact=True).fill(text)
    page.get_by_label("性别").select_option(label="男")
    page.get_by_label("职称").select_option(label="主治医师")
    page.get_by_label("执业证书编号").fill("210500102000502")
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_text(f"{name}已添加。")).to_be_visible()
    return number


def test_a_person_is_found_by_name_pinyin_and_number(phone: Page) -> None:
    open_search(phone)
    phone.get_by_role("button", name="查询").click()
    expect(phone.get_by_text("请输入人员姓名或身份证号")).to_be_visible()
    expect(phone.get_by_label("人员姓名")).to_be_focused()
    assert_accessible(phone)
    for text in ("单示", "shanshixiong", "ssx"):
        search(phone, "人员姓名", text)
        expect(phone.get_by_role("link", name="单示雄").first).to_be_visible()
    assert_accessible(phone)
    assert phone.evaluate("document.documentElement.scrollWidth") <= 390


def test_a_person_is_added_found_and_corrected(phone: Page) -> None:
    open_search(phone)
    number = add_person(phone, "样例示新")
    search(phone, "身份证号", number[6:])
    phone.get_by_role("link", name="编辑样例示新").click()
    assert_accessible(phone)
    expect(phone.get_by_label("身份证号")).not_to_have_value(number)
    phone.get_by_label("姓名", exact=True).fill("")
    phone.get_by_role("button", name="保存").click()
    expect(phone.get_by_label("姓名", exact=True)).to_be_focused()
    phone.get_by_label("姓名", exact=True).fill("样例示改")
    phone.get_by_role("button", name="保存").click()
    expect(phone.get_by_text("样例示改的信息已保存。")).to_be_visible()


def test_points_are_entered_kept_and_handed_in(phone: Page, tmp_path: Path) -> None:
    photo = tmp_path / "照片.jpg"
    photo.write_bytes(factories.jpeg(800, 600).getvalue())
    open_search(phone)
    search(phone, "人员姓名", "任示平")
    phone.get_by_role("link", name="任示平").first.click()
    expect(phone.get_by_role("heading", name="不良记分录入")).to_be_visible()
    phone.get_by_role("button", name="暂存").click()
    expect(phone.locator("#items .error")).to_have_text("请选择扣分项目")
    tick_items(phone)
    phone.locator("input[type=file]").set_input_files(photo)
    expect(phone.locator(".photo[data-photo] img")).to_have_count(1)
    assert_accessible(phone)
    assert phone.evaluate("document.documentElement.scrollWidth") <= 390
    phone.get_by_role("button", name="暂存").click()
    expect(phone.get_by_text("已暂存，任示平共 1.5 分。")).to_be_visible()
    hand_in(phone)


def tick_items(page: Page) -> None:
    article = page.locator("details", has=page.locator("[data-article=A1]"))
    article.locator("summary").first.click()
    article.locator("input[value='A1-02']").check()
    article.locator("input[value='A1-05']").check()
    for place in ("#total-head", "#total-foot", "#sub-A1"):
        expect(page.locator(place)).to_have_text("1.5分")
    article.locator(".law > summary").first.click()
    expect(article.locator(".law > p").first).to_be_visible()


def hand_in(page: Page) -> None:
    assert_accessible(page)
    page.locator("li", has_text="任示平").get_by_role("link", name="编辑").click()
    expect(page.locator("#total-foot")).to_have_text("1.5分")
    page.get_by_role("button", name="确认上报").click()
    expect(page.get_by_role("heading", name="记分记录详情")).to_be_visible()
    assert_accessible(page)
    page.locator("a[data-zoom]").first.click()
    expect(page.locator("dialog[open] img")).to_be_visible()
