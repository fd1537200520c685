"""Installing: what the browser thinks of the app, how people are led there, and the poster on paper."""

from io import BytesIO

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect
from pypdf import PdfReader

from tests.browser.conftest import PHONE, browsing
from tests.browser.serving import Server
from tests.browser.steps import sign_in

ADMINISTRATOR = "13800000001"
WECHAT = "Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 Chrome/130.0.0.0 Mobile MicroMessenger/8.0.50"
# Chromium decides by itself when it offers to install; what it then tells the page is told here in its place.
OFFER = """() => {
    const offer = new Event("beforeinstallprompt", { cancelable: true });
    offer.prompt = () => { window.asked = true; };
    dispatchEvent(offer);
    return offer.defaultPrevented;
}"""
A4 = (595, 842)  # points
PAPER: ViewportSize = {"width": 794, "height": 1123}  # the same in CSS pixels


def test_the_browser_finds_the_app_complete(phone: Page) -> None:
    phone.goto("/login")
    devtools = phone.context.new_cdp_session(phone)
    assert devtools.send("Page.getAppManifest")["errors"] == []
    # A browser without a profile on disk counts as incognito, where nothing can be installed.
    errors = devtools.send("Page.getInstallabilityErrors")["installabilityErrors"]
    assert {error["errorId"] for error in errors} <= {"in-incognito"}


def test_the_button_is_there_where_the_browser_can_install(phone: Page) -> None:
    phone.goto("/join")
    button = phone.get_by_role("button", name="安装到桌面")
    expect(button).to_be_hidden()
    assert phone.evaluate(OFFER)
    button.click()
    assert phone.evaluate("window.asked")
    phone.evaluate("dispatchEvent(new Event('appinstalled'))")
    expect(phone.get_by_text("已安装。")).to_be_visible()
    expect(button).to_be_hidden()


def test_wechat_is_shown_the_way_out_and_lets_people_stay(
    server: Server, chromium: Browser, faults: list[str]
) -> None:
    with browsing(chromium, server, faults, **PHONE, user_agent=WECHAT) as context:
        page = context.new_page()
        page.goto("/join")
        expect(page.get_by_text("在浏览器打开")).to_be_in_viewport()
        page.get_by_text("先在微信里使用").click()
        expect(page.get_by_text("在浏览器打开")).to_be_hidden()
        page.get_by_role("link", name="登录", exact=True).click()
        expect(page.get_by_role("button", name="登录")).to_be_visible()


@pytest.mark.parametrize("name", ["", "重庆市沙坪坝区示范社区卫生服务中心" * 6])
def test_a_poster_is_one_sheet_of_paper(desk: Page, name: str) -> None:
    sign_in(desk, ADMINISTRATOR)
    desk.goto("/institution/poster")
    if name:
        desk.locator(".poster-name").evaluate(
            "(place, name) => { place.textContent = name; place.classList.add('long'); }", name[:100]
        )
    assert is_one_sheet(desk)


def test_the_citys_poster_is_one_sheet_of_paper(desk: Page) -> None:
    desk.goto("/join/poster")
    assert is_one_sheet(desk)


def is_one_sheet(page: Page) -> bool:
    """Whether the page is one of A4 in print, and nothing on it runs over the edge."""
    page.wait_for_load_state("networkidle")
    pages = PdfReader(BytesIO(page.pdf(prefer_css_page_size=True))).pages
    size = tuple(round(side) for side in pages[0].mediabox[2:])
    page.emulate_media(media="print")
    page.set_viewport_size(PAPER)
    fits = page.locator(".poster").evaluate(
        "sheet => sheet.scrollHeight <= sheet.clientHeight && sheet.scrollWidth <= sheet.clientWidth"
    )
    return len(pages) == 1 and size == A4 and bool(fits)
