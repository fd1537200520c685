"""Phones and servers whose disk is full, and phones that die: nothing is called saved before it is."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests import factories
from tests.browser.offline.killable import Killable
from tests.browser.offline.network import LOST, Fault, Network
from tests.browser.offline.phone import answers, check, held
from tests.browser.offline.steps import codes, ready, tap, wait_sent
from tests.browser.serving import Server
from tests.browser.steps import sign_in, start_inspection

KILLS = 50
INSPECTOR = "13800000002"


@pytest.fixture
def full(page: Page, network: Network) -> Iterator[None]:
    """The browser gives this site no more room than it has taken."""
    tools = page.context.new_cdp_session(page)
    used = page.evaluate("navigator.storage.estimate().then(({ usage }) => usage)")
    origin = {"origin": network.url}
    tools.send("Storage.overrideQuotaForOrigin", origin | {"quotaSize": used + 300_000})
    yield
    tools.send("Storage.overrideQuotaForOrigin", origin)


def test_a_full_phone_says_so_and_takes_the_tap_back(
    page: Page, inspection: str, server: Server, network: Network, full: None
) -> None:
    network.rule = lambda m, p: LOST if p.endswith("/operations") or p.startswith("/uploads") else Fault()
    first, second, *_ = codes(page)
    big = {"name": "照片.jpg", "mimeType": "image/jpeg", "buffer": factories.noisy_jpeg(1900, 1900)}
    page.locator(f"#i-{first} input[type=file]").set_input_files([big])  # type: ignore[list-item]
    expect(page.locator(f"#s-{first}[data-state=trouble]")).to_contain_text("没有保存成功")
    expect(page.locator("#band")).to_contain_text("没有保存成功")
    expect(page.locator(f"#p-{first} img")).to_have_count(0)
    while page.locator(f"#i-{second} input:checked").count() or not held(page)["operations"]:
        before = len(held(page)["operations"])
        tap(page, second, "no" if before % 2 else "yes")
        page.wait_for_timeout(50)
        if len(held(page)["operations"]) == before or before > 300:
            break
    network.rule = lambda _m, _p: Fault()
    page.evaluate("drainer.drain()")
    wait_sent(page)
    check(page, server, inspection)


def test_what_was_called_saved_survives_a_killed_browser(
    server: Server, network: Network, chromium: object, tmp_path: Path
) -> None:
    playwright = chromium._playwright  # type: ignore[attr-defined]
    phone = Killable(playwright, tmp_path)
    with phone.open() as page:
        page.goto(f"{network.url}/login")
        sign_in(page, INSPECTOR)
        inspection = start_inspection(page, "机构执业")
        items = codes(page)[:KILLS]
        wait_sent(page)
    network.rule = lambda m, p: LOST if p.endswith("/operations") else Fault()
    for code in items:
        with phone.open() as page:
            page.goto(f"{network.url}/inspections/{inspection}")
            ready(page)
            tap(page, code)
            expect(page.locator(f"#s-{code}")).to_have_text("已保存到手机")
    network.rule = lambda _m, _p: Fault()
    with phone.open() as page:
        page.goto(f"{network.url}/inspections/{inspection}")
        ready(page)
        wait_sent(page)
        assert answers(server, inspection) == dict.fromkeys(items, "yes")
        check(page, server, inspection)
    assert len(items) == KILLS
