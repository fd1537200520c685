"""Makes docs/images/phone.png and desk.png, the README's pictures, from a freshly served demo.

Run python -m tools.screenshots after the pages have changed.
"""

import tempfile
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser.chromium import FLAGS, installed
from tests.browser.conftest import DESK, PHONE
from tests.browser.serving import Server
from tests.browser.steps import sign_in

IMAGES = Path(__file__).parent.parent / "docs" / "images"
INSPECTOR, CITY_REVIEWER = "13800000002", "13800000012"


def main() -> None:
    """Serve a demo, look at it, end it."""
    IMAGES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        server = Server(Path(folder))
        server.start()
        try:
            browser = playwright.chromium.launch(executable_path=installed(), args=FLAGS)
            picture_phone(opened(browser, server, **PHONE))
            picture_desk(opened(browser, server, **DESK))
        finally:
            server.kill()


def opened(browser: Browser, server: Server, **device: Any) -> Page:
    """A page on a device, in the demo's language and time."""
    context = browser.new_context(
        base_url=server.url, locale="zh-CN", timezone_id="Asia/Shanghai", reduced_motion="reduce", **device
    )
    return context.new_page()


def picture_phone(page: Page) -> None:
    """An inspector in the middle of a draft."""
    sign_in(page, INSPECTOR)
    page.goto("/inspections/new")
    page.locator("a[href^='/inspections/0']").first.click()
    failed = page.locator("fieldset.item:has(input[value=no]:checked)").first
    failed.evaluate("item => { item.closest('details').open = true; item.scrollIntoView({block: 'center'}) }")
    page.screenshot(path=IMAGES / "phone.png")


def picture_desk(page: Page) -> None:
    """A reviewer's list of submitted inspections."""
    sign_in(page, CITY_REVIEWER)
    page.goto("/supervision/inspections")
    page.screenshot(path=IMAGES / "desk.png")


if __name__ == "__main__":
    main()
