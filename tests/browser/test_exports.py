"""导出 and 打印 in a browser: progress that comes by itself, files that arrive, without scripts as well."""

import re
from datetime import date, timedelta
from io import BytesIO

import pytest
from playwright.sync_api import Browser, Page, expect
from pypdf import PdfReader

from tests.browser.axe import assert_accessible
from tests.browser.serving import Server
from tests.browser.steps import SOON, downloaded, sign_in
from tests.jobs.doing import sheets

CITY, DISTRICT, INSPECTOR = "13800000012", "13800000011", "13800000002"


@pytest.mark.parametrize("width", [1440, 1024])
def test_a_reviewer_takes_a_list_away(desk: Page, width: int) -> None:
    desk.set_viewport_size({"width": width, "height": 900})
    sign_in(desk, CITY)
    desk.goto("/supervision/demerits")
    shown = desk.locator("tr[data-href] td:nth-child(2)").all_inner_texts()
    desk.get_by_role("link", name="导出 Excel").click()
    assert_accessible(desk)
    desk.get_by_label("完整号码").check()
    desk.get_by_role("button", name="开始导出").click()
    expect(desk.get_by_label("用途")).to_be_focused()
    desk.get_by_label("用途").fill("核对达到阈值的人员")
    desk.get_by_role("button", name="开始导出").click()
    expect(desk).to_have_url(re.compile("/exports/"))
    name, content = downloaded(desk)
    assert re.fullmatch(r"医疗人员不良记分_\d{4}-\d\d-\d\d\.xlsx", name)
    rows = sheets(content)["医疗人员不良记分"][1:]
    assert [row[1] for row in rows] == shown
    assert all(re.fullmatch(r"\d{17}[\dX]", str(row[4])) for row in rows)
    assert_accessible(desk)
    desk.goto("/exports")
    expect(desk.get_by_role("link", name="导出医疗人员不良记分").first).to_be_visible()


def test_it_works_without_scripts(server: Server, chromium: Browser) -> None:
    with chromium.new_context(base_url=server.url, locale="zh-CN", java_script_enabled=False) as context:
        page = context.new_page()
        sign_in(page, DISTRICT)
        page.goto("/supervision/registrations?status=approved")
        page.get_by_role("link", name="导出 Excel").click()
        page.get_by_role("button", name="开始导出").click()
        for _ in range(SOON // 500):
            if page.get_by_role("link", name="下载").is_visible():
                break
            page.wait_for_timeout(500)
            page.get_by_role("link", name="刷新").click()
        _name, content = downloaded(page)
    assert {row[0] for row in sheets(content)["注册审核"][1:]} == {"沙坪坝区"}


def test_an_inspector_gets_a_pdf_on_the_phone(phone: Page) -> None:
    sign_in(phone, INSPECTOR)
    # Of the demo, since other tests hand in new ones.
    phone.goto(f"/inspections?end={date.today() - timedelta(days=1)}")
    phone.locator("a.record", has_text="否").first.click()
    title = phone.locator("main h2").first.inner_text()
    phone.get_by_role("button", name="导出 PDF").click()
    expect(phone).to_have_url(re.compile("/exports/"))
    name, content = downloaded(phone)
    assert name.startswith("自查记录_渝州示范医院_")
    text = "".join(page.extract_text() for page in PdfReader(BytesIO(content)).pages)
    assert "".join(title.split()) in "".join(text.split())
    assert_accessible(phone)


def test_the_sheet_is_printed_and_its_code_leads_to_the_answer(desk: Page, server: Server) -> None:
    sign_in(desk, CITY)
    desk.goto("/supervision/inspections")
    desk.locator("tr[data-href]").first.get_by_role("link", name="查看").click()
    desk.get_by_role("link", name="打印").click()
    expect(desk.get_by_role("heading", name="医疗机构依法执业自查记录")).to_be_visible()
    assert_accessible(desk)
    desk.evaluate("window.print = () => { document.title = 'printing' }")
    desk.get_by_role("button", name="打印").click()
    expect(desk).to_have_title("printing")
    pages = PdfReader(BytesIO(desk.pdf(prefer_css_page_size=True))).pages
    assert "导出 PDF" not in pages[0].extract_text()
    address = desk.locator(".address").inner_text()
    desk.context.clear_cookies()
    desk.goto(address)
    expect(desk.get_by_text("这份记录存在")).to_be_visible()
    assert_accessible(desk)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 1024])
def test_a_pdf_with_full_numbers_needs_a_reason(desk: Page, width: int, scheme: str) -> None:
    desk.set_viewport_size({"width": width, "height": 900})
    desk.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    sign_in(desk, CITY)
    desk.goto("/supervision/demerits")
    desk.locator("tr[data-href]").first.get_by_role("link", name="查看").click()
    desk.get_by_role("link", name="PDF（完整号码）").click()
    desk.get_by_role("button", name="开始导出").click()
    expect(desk.get_by_label("用途")).to_be_focused()
    assert_accessible(desk)
    desk.get_by_label("用途").fill("随案卷移送，需核对本人身份")
    desk.get_by_role("button", name="开始导出").click()
    _name, content = downloaded(desk)
    text = "".join("".join(page.extract_text().split()) for page in PdfReader(BytesIO(content)).pages)
    assert re.search(r"[男女]\d{17}[\dX]\D", text) and "随案卷移送，需核对本人身份" in text
