"""Makes the pictures of the README (docs/images) and of the install dialogue (static/screenshots).

Both come from a freshly served demo.

Run python -m tools.screenshots after the pages have changed.
"""

import tempfile
from io import BytesIO
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser.chromium import FLAGS, installed
from tests.browser.conftest import DESK, PHONE
from tests.browser.serving import Server
from tests.browser.steps import sign_in

ROOT = Path(__file__).parent.parent
IMAGES = ROOT / "docs" / "images"
SCREENSHOTS = ROOT / "webapp" / "static" / "screenshots"
INSPECTOR, CITY_REVIEWER = "13800000002", "13800000012"


def main() -> None:
    """Serve a demo, look at it, end it."""
    IMAGES.mkdir(parents=True, exist_ok=True)
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
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
    """An inspector at home, and in the middle of a draft."""
    sign_in(page, INSPECTOR)
    keep_screenshot(page, "home")
    page.goto("/inspections/new")
    page.locator("a[href^='/inspections/0']").first.click()
    failed = page.locator("fieldset.item:has(input[value=no]:checked)").first
    failed.evaluate("item => { item.closest('details').open = true; item.scrollIntoView({block: 'center'}) }")
    page.screenshot(path=IMAGES / "phone.png")
    keep_screenshot(page, "fill")


def picture_desk(page: Page) -> None:
    """A reviewer's desk, when its first plot is drawn."""
    sign_in(page, CITY_REVIEWER)
    page.locator("#submissions canvas").wait_for()
    keep_screenshot(page, "desk")
    with Image.open(BytesIO(page.screenshot())) as picture:
        # A screen has few colours: a palette is a third of the size and looks the same.
        picture.convert("RGB").quantize(256).save(IMAGES / "desk.png", optimize=True)


def keep_screenshot(page: Page, name: str) -> None:
    """Keep what is on the screen, small enough to be shown before an app is installed."""
    page.wait_for_load_state("networkidle")
    with Image.open(BytesIO(page.screenshot())) as picture:
        picture.save(SCREENSHOTS / f"{name}.webp", quality=80, method=6)


if __name__ == "__main__":
    main()
