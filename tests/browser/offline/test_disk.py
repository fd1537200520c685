"""Phones and servers whose disk is full, and phones that die: nothing is called saved before it is."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, Playwright, expect

from tests import factories
from tests.browser.offline.killable import Killable
from tests.browser.offline.network import LOST, Fault, Network
from tests.browser.offline.phone import answers, check, held, waiting
from tests.browser.offline.steps import codes, ready, tap_all, wait_sent
from tests.browser.serving import Server
from tests.browser.steps import sign_in, start_inspection, type_sign_in

KILLS = 50
ROOM = 12_000_000  # bytes for the app's files and a few photos
SERVER_ROOM = 600_000  # bytes that a file of the server's may have
INSPECTOR = "13800000002"


@pytest.fixture
def cramped(new_phone: Callable[[], Page], network: Network) -> Page:
    """A phone whose browser gives this site little room, with a draft open on it."""
    page = new_phone()
    # The browser heeds this only for a site that has nothing yet.
    tools = page.context.new_cdp_session(page)
    tools.send("Storage.overrideQuotaForOrigin", {"origin": network.url, "quotaSize": ROOM})
    sign_in(page, INSPECTOR)
    start_inspection(page, "放射诊疗")
    return page


def test_a_full_phone_says_so_and_takes_back_what_it_could_not_save(
    cramped: Page, server: Server, network: Network
) -> None:
    page, inspection = cramped, cramped.url.rsplit("/", 1)[-1]
    network.rule = lambda _m, p: LOST if p.endswith("/operations") or p.startswith("/uploads") else Fault()
    items = codes(page)
    big = {"name": "照片.jpg", "mimeType": "image/jpeg", "buffer": factories.noisy_jpeg(1900, 1900)}
    for code in items:
        page.locator(f"#i-{code} input[type=file]").set_input_files([big])  # type: ignore[list-item]
        state = page.locator(f"#s-{code}")
        expect(state).to_have_text(re.compile("已保存到手机|没有保存成功"), timeout=20_000)
        if "没有保存成功" in state.inner_text():
            break
    else:
        pytest.fail("the phone was never full")
    expect(page.locator("#band")).to_contain_text("没有保存成功")
    expect(page.locator(f"#p-{code} img")).to_have_count(0)
    kept = len(held(page)["photos"])
    assert kept == items.index(code)
    network.rule = lambda _m, _p: Fault()
    page.evaluate("drainer.drain()")
    wait_sent(page)
    check(page, server, inspection)


def test_a_server_whose_disk_is_full_loses_nothing(page: Page, inspection: str, server: Server) -> None:
    server.stop()
    server.start(largest_file=SERVER_ROOM)
    tapped: dict[str, str] = {}
    for value in ("yes", "no", "na") * 5:
        tapped = dict.fromkeys(codes(page), value)
        tap_all(page, tapped)
        page.evaluate("drainer.emptied(1000)")
    left = waiting(page)
    assert left or not server.is_embedded
    server.kill()
    server.start()
    page.evaluate("drainer.drain()")
    wait_sent(page)
    assert answers(server, inspection) == tapped
    check(page, server, inspection)


def test_what_was_called_saved_survives_a_killed_browser(
    page: Page, server: Server, network: Network, playwright: Playwright, tmp_path: Path
) -> None:
    inspection = start_inspection(page, "机构执业")
    items = codes(page)[:KILLS]
    phone = Killable(playwright, tmp_path)
    with phone.open() as page:
        page.goto(f"{network.url}/login")
        type_sign_in(page, INSPECTOR)
        expect(page).to_have_url(f"{network.url}/")
        # The browser writes its cookies down only now and then; who is signed in is not what dies here.
        cookies = page.context.cookies()
    network.rule = lambda m, p: LOST if p.endswith("/operations") else Fault()
    for code in items:
        with phone.open() as page:
            page.context.add_cookies(cookies)  # type: ignore[arg-type]
            page.goto(f"{network.url}/inspections/{inspection}")
            ready(page)
            tap_all(page, {code: "yes"})
            expect(page.locator(f"#s-{code}")).to_have_text("已保存到手机")
    network.rule = lambda _m, _p: Fault()
    with phone.open() as page:
        page.context.add_cookies(cookies)  # type: ignore[arg-type]
        page.goto(f"{network.url}/inspections/{inspection}")
        ready(page)
        wait_sent(page)
        assert answers(server, inspection) == dict.fromkeys(items, "yes")
        check(page, server, inspection)
    assert len(items) == KILLS
