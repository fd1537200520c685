"""On a slow line a page stands before its scripts: what is tapped or typed then is kept, and nothing more."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, Page, expect

from tests import factories
from tests.browser.conftest import PHONE, browsing
from tests.browser.serving import Server
from tests.browser.steps import sign_in, start_inspection

ADMINISTRATOR, INSPECTOR, SCORER = "13800000001", "13800000002", "13800000003"
PHOTO = {"name": "照片.jpg", "mimeType": "image/jpeg", "buffer": factories.jpeg(800, 600).getvalue()}
# A browser that does not know <button commandfor>, as far as a page can tell.
OLDER = """delete HTMLButtonElement.prototype.commandForElement;
addEventListener("command", (event) => event.preventDefault(), true);"""


@pytest.fixture
def slow(server: Server, chromium: Browser, faults: list[str]) -> Iterator[Page]:
    """A phone whose scripts all come over the line, none from a service worker."""
    with browsing(chromium, server, faults, service_workers="block", **PHONE) as context:
        yield context.new_page()


@contextmanager
def before_scripts(page: Page, address: str) -> Iterator[None]:
    """Show the page; its scripts come when the block ends."""
    page.route("**/static/js/**", lambda _: None)
    page.goto(address, wait_until="commit")
    yield
    page.unroute("**/static/js/**")  # lets those go that are held
    page.wait_for_load_state()


def test_a_category_takes_its_parts_along(slow: Page) -> None:
    sign_in(slow, ADMINISTRATOR)
    part, category = (
        slow.get_by_role("checkbox", name=name, exact=True) for name in ("机构资质", "机构执业")
    )
    with before_scripts(slow, "/staff/new"):
        slow.get_by_role("checkbox", name="医疗机构自查").check()
        category.check()
        expect(part).not_to_be_checked()
    expect(part).to_be_checked()
    expect(category).to_be_checked()


def test_what_was_filled_is_kept(slow: Page) -> None:
    sign_in(slow, INSPECTOR)
    start_inspection(slow, "放射诊疗")
    first, second = (slow.locator("fieldset[data-item]").nth(place) for place in (0, 1))
    first.get_by_role("radio", name="否").check()
    expect(first.locator(".state")).to_have_text("已上传")
    with before_scripts(slow, slow.url):
        first.get_by_role("textbox").fill("缺少检测报告")
        second.get_by_role("radio", name="是").check()
        second.locator("input[type=file]").set_input_files(PHOTO)  # type: ignore[arg-type]
    expect(second.locator("img")).to_have_count(1)
    expect(slow.locator("#sync")).to_have_text("已上传 ✓")
    slow.reload()
    expect(first.get_by_role("textbox")).to_have_value("缺少检测报告")
    expect(second.get_by_role("radio", name="是")).to_be_checked()
    expect(second.locator("img")).to_have_count(1)


def test_a_photo_is_sent(slow: Page) -> None:
    sign_in(slow, SCORER)
    slow.goto("/demerits/new")
    slow.get_by_label("人员姓名", exact=True).fill("任示平")
    slow.get_by_role("button", name="查询").click()
    address = slow.get_by_role("link", name="任示平").first.get_attribute("href")
    assert address
    with before_scripts(slow, address):
        slow.locator("input[type=file]").set_input_files(PHOTO)  # type: ignore[arg-type]
    expect(slow.locator(".photo[data-photo] img")).to_have_count(1)


def test_deleting_still_asks(slow: Page) -> None:
    sign_in(slow, ADMINISTRATOR)
    with before_scripts(slow, "/departments?name=医务科"):
        slow.get_by_role("button", name="删除").click()
        slow.get_by_role("dialog").get_by_role("button", name="取消").click()
        expect(slow.get_by_role("dialog")).to_be_hidden()
    expect(slow.get_by_role("listitem").filter(has_text="医务科")).to_be_visible()


def test_an_older_browser_asks_by_script(phone: Page) -> None:
    phone.add_init_script(OLDER)
    sign_in(phone, ADMINISTRATOR)
    phone.goto("/departments?name=医务科")
    phone.get_by_role("button", name="删除").click()
    phone.get_by_role("dialog").get_by_role("button", name="取消").click()
    expect(phone.get_by_role("dialog")).to_be_hidden()
    expect(phone.get_by_role("button", name="删除")).to_be_visible()
