"""A whole inspection without signal: begun, filled, photographed, reloaded and handed in."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests import factories
from tests.browser.axe import assert_accessible
from tests.browser.offline.phone import check, is_submitted, waiting
from tests.browser.offline.steps import codes, ready, tap_all, until, wait_kept, wait_sent
from tests.browser.serving import Server

pytestmark = pytest.mark.usefixtures("installed")
PHOTOS = 20


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    """A photo as a phone takes it."""
    path = tmp_path / "现场 😀.jpg"
    path.write_bytes(factories.jpeg(1600, 1200).getvalue())
    return path


def test_it_is_filled_and_handed_in_without_signal(page: Page, server: Server, photo: Path) -> None:
    page.goto("/inspections/new")
    until(page, "(await outbox.read('meta', 'offer'))?.length")
    page.context.set_offline(True)
    page.goto("/")
    expect(page.get_by_role("heading", name="没有网络")).to_be_visible()
    page.goto("/inspections/new")
    expect(page.get_by_role("button", name="开始填报")).to_be_visible()
    assert_accessible(page)
    page.get_by_role("button", name="开始填报").click()
    ready(page)
    inspection = page.url.rsplit("=", 1)[-1]
    items = codes(page)
    assert len(items) > 300
    tap_all(page, dict.fromkeys(items, "yes"))
    for code in items[:PHOTOS]:
        page.locator(f"#i-{code} input[type=file]").set_input_files(photo)
    wait_kept(page, len(items) + PHOTOS)
    for _ in range(2):
        page.reload()
        ready(page)
        expect(page.locator("#meter span")).to_have_text(f"{len(items)} / {len(items)} 项")
        expect(page.locator(".item .photo img")).to_have_count(PHOTOS)
    page.get_by_role("button", name="确认上报").click()
    expect(page.get_by_text("已保存到手机，正在上报")).to_be_visible()
    page.goto("/")
    expect(page.locator("#drafts")).to_contain_text("待上报")
    page.context.set_offline(False)
    wait_sent(page, seconds=120)
    assert is_submitted(server, inspection)
    check(page, server, inspection)
    page.goto(f"/inspections/{inspection}")
    expect(page.get_by_role("heading", name="自查记录详情")).to_be_visible()
    expect(page.locator(".photos img")).to_have_count(PHOTOS)


def test_a_draft_of_the_server_opens_without_it(page: Page, inspection: str, server: Server) -> None:
    first, second, *_ = codes(page)
    tap_all(page, {first: "yes"})
    wait_kept(page, 1)
    wait_sent(page)
    page.reload()
    ready(page)
    until(page, f"await outbox.read('pages', '{inspection}')")
    page.context.set_offline(True)
    page.goto(f"/inspections/{inspection}")
    ready(page)
    expect(page.locator(f"#i-{first} input[value=yes]")).to_be_checked()
    tap_all(page, {second: "na"})
    expect(page.locator(f"#s-{second}")).to_have_text("已保存到手机")
    expect(page.locator("#meter span")).to_contain_text("2 /")
    assert_accessible(page)
    page.context.set_offline(False)
    wait_sent(page)
    check(page, server, inspection)


def test_what_was_sent_after_the_page_was_kept_is_shown_without_signal(
    page: Page, inspection: str, server: Server
) -> None:
    """The page kept on the phone is older than the answers that the server has acknowledged since."""
    until(page, f"await outbox.read('pages', '{inspection}')")
    first, second, *_ = codes(page)
    tap_all(page, {first: "yes"})
    tap_all(page, {first: "no", second: "na"})
    wait_kept(page, 3)
    wait_sent(page)
    page.context.set_offline(True)
    page.goto(f"/inspections/{inspection}")
    ready(page)
    expect(page.locator(f"#i-{first} input[value=no]")).to_be_checked()
    expect(page.locator(f"#i-{second} input[value=na]")).to_be_checked()
    expect(page.locator("#meter span")).to_contain_text("2 /")
    page.context.set_offline(False)
    check(page, server, inspection)


def test_what_is_missing_is_listed_without_signal(page: Page, inspection: str) -> None:
    page.context.set_offline(True)
    first, second, *_ = codes(page)
    tap_all(page, {first: "yes"})
    page.get_by_role("button", name="确认上报").click()
    expect(page.get_by_text("项没有回答，答完才能上报")).to_be_visible()
    page.locator("#missing a").first.click()
    expect(page.locator(f"#i-{second} input[value=yes]")).to_be_focused()
    assert not [o for o in waiting(page) if o["kind"] == "submit"]


def test_a_draft_deleted_without_signal_is_gone_everywhere(
    page: Page, inspection: str, server: Server
) -> None:
    page.context.set_offline(True)
    tap_all(page, {codes(page)[0]: "yes"})
    page.get_by_role("button", name="删除草稿").click()
    page.get_by_role("dialog").get_by_role("button", name="删除").click()
    expect(page.get_by_role("heading", name="没有网络")).to_be_visible()
    expect(page.locator("#drafts")).not_to_contain_text("放射诊疗")
    page.context.set_offline(False)
    wait_sent(page)
    page.goto(f"/inspections/{inspection}")
    expect(page.get_by_role("heading", name="没有找到")).to_be_visible()
    assert page.get_by_text("放射诊疗").count() == 0


def test_a_draft_that_is_not_here_says_so(page: Page, inspection: str, server: Server) -> None:
    page.context.set_offline(True)
    page.goto("/inspections/018f0000-0000-7000-8000-000000000000")
    expect(page.get_by_text("这份自查不在这部手机上")).to_be_visible()
