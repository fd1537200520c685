"""记分录入 on a phone: find or add the person, enter, hand in, read (manual 1.4)."""

import random
from pathlib import Path

import pytest
from playwright.sync_api import Page, Route, expect

from tests import factories
from tests.browser.axe import assert_accessible
from tests.browser.steps import sign_in, zoom
from tests.imports.workbooks import medic, workbook
from webapp.sample import sample_id_number

SCORER = "13800000003"
rng = random.Random()


def open_search(page: Page) -> None:
    sign_in(page, SCORER)
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


def test_home_says_who_works_where(phone: Page) -> None:
    sign_in(phone, SCORER)
    expect(phone.get_by_role("heading", name="渝州示范医院")).to_be_visible()
    expect(phone.get_by_text("蒋例明 · 记分用户")).to_be_visible()
    assert phone.locator(".module").all_text_contents() == ["记分录入", "记分记录"]


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


def test_persons_are_imported(phone: Page) -> None:
    open_search(phone)
    phone.get_by_role("link", name="导入").click()
    with phone.expect_download() as download:
        phone.get_by_role("link", name="下载模板").click()
    assert download.value.suggested_filename == "医务人员导入模板.xlsx"
    choose(phone, medic(姓名="样例示入", 职称="院长"), medic(执业证书编号=""))
    expect(phone.get_by_role("row", name="2 职称 没有“院长”这一项")).to_be_visible()
    expect(phone.get_by_role("row", name="3 执业证书编号 没有填写执业证书编号")).to_be_visible()
    assert_accessible(phone)
    choose(phone, medic(姓名="样例示入"), medic())
    phone.get_by_role("button", name="确认导入").click()
    phone.get_by_role("link", name="记分录入").click()
    search(phone, "人员姓名", "yangli")
    expect(phone.get_by_role("link", name="样例示入").first).to_be_visible()


def choose(page: Page, *rows: dict[str, str]) -> None:
    data = {"name": "人员.xlsx", "mimeType": "application/octet-stream", "buffer": workbook(rows)}
    page.get_by_label("Excel 文件").set_input_files(data)  # type: ignore[arg-type]
    page.get_by_role("button", name="检查文件").click()


def open_entry(page: Page, name: str) -> None:
    open_search(page)
    search(page, "人员姓名", name)
    page.get_by_role("link", name=name).first.click()
    expect(page.get_by_role("heading", name="不良记分录入")).to_be_visible()


@pytest.mark.parametrize("button", ["暂存", "确认上报"])
def test_an_entry_needs_an_item(phone: Page, button: str) -> None:
    open_entry(phone, "任示平")
    phone.get_by_role("button", name=button).click()
    expect(phone.locator("#items .error")).to_have_text("请选择扣分项目")
    expect(phone.locator("#items")).to_be_focused()
    assert_accessible(phone)


def test_the_parts_of_an_entry_fold(phone: Page) -> None:
    open_entry(phone, "任示平")
    certificate, item = phone.get_by_text("执业证书编号"), phone.get_by_label("不书写病历资料的")
    expect(certificate).to_be_visible()
    expect(item).to_be_hidden()
    phone.get_by_role("heading", name="医疗人员信息").click()
    phone.get_by_role("heading", name="第三条").click()
    expect(certificate).to_be_hidden()
    expect(item).to_be_visible()


def test_points_are_entered_kept_and_handed_in(phone: Page, tmp_path: Path) -> None:
    photo = tmp_path / "照片.jpg"
    photo.write_bytes(factories.jpeg(800, 600).getvalue())
    open_entry(phone, "任示平")
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
    zoom(page)
    expect(page.get_by_role("dialog").locator("img").first).to_be_visible()


def test_a_button_pressed_while_a_photo_is_sent_means_what_it_says(phone: Page) -> None:
    open_entry(phone, "覃例雪")
    tick_items(phone)
    waiting: list[Route] = []
    phone.route("**/attachments", lambda route: waiting.append(route))
    photo = {"name": "照片.jpg", "mimeType": "image/jpeg", "buffer": factories.jpeg(800, 600).getvalue()}
    with phone.expect_request("**/attachments"):
        phone.locator("input[type=file]").set_input_files(photo)  # type: ignore[arg-type]
    phone.get_by_role("button", name="确认上报").click()
    expect(phone.get_by_role("heading", name="不良记分录入")).to_be_visible()
    waiting[0].continue_()
    expect(phone.get_by_text("已上报。记录已存档，不能再修改。")).to_be_visible()
    expect(phone.locator("a[data-zoom]")).to_have_count(1)


def test_the_same_conduct_is_asked_about(phone: Page) -> None:
    for again in (False, True):
        open_entry(phone, "查例宁")
        tick_items(phone)
        phone.get_by_role("button", name="暂存").click()
        if again:
            box = phone.get_by_label("这是另一次行为，再记一次")
            expect(box).to_be_focused()
            assert_accessible(phone)
            box.check()
            phone.get_by_role("button", name="暂存").click()
        expect(phone.get_by_text("已暂存，查例宁共 1.5 分。")).to_be_visible()
