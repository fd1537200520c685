"""A draft that was seen before opens from the phone at once; what is newer on the server comes after it."""

import re
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.offline.network import LOST, REPLY_LOST, Fault, Network
from tests.browser.offline.phone import answers, check, is_submitted
from tests.browser.offline.steps import codes, ready, tap, tap_all, until, wait_kept, wait_sent
from tests.browser.serving import Server
from tests.browser.steps import sign_in, type_sign_in
from tests.browser.worker import cache_names

# The moment in which the form's scripts have run, and none of their questions has been answered.
TAP_AT_ONCE = """addEventListener("DOMContentLoaded", () =>
    document.querySelector("fieldset.item input[value=na]").click())"""
INSPECTOR, COLLEAGUE = "13800000002", "13800000004"


@pytest.fixture
def seen(page: Page, installed: None, inspection: str) -> str:
    """A draft that the phone may open by itself."""
    page.reload()
    ready(page)
    until(page, f"await (await caches.open('drafts')).match('/inspections/{inspection}')")
    return inspection


class Held:
    """The server's pages of a draft: none comes before ``let_go``."""

    def __init__(self, network: Network, inspection: str) -> None:
        self.path, self._gate = f"/inspections/{inspection}", threading.Event()
        network.rule = self._pass

    def _pass(self, method: str, path: str) -> Fault:
        if (method, path) == ("GET", self.path):
            self._gate.wait(30)
        return Fault()

    def let_go(self) -> None:
        self._gate.set()


@pytest.fixture
def held(network: Network, seen: str) -> Iterator[Held]:
    """What keeps the server's page of the draft back."""
    held = Held(network, seen)
    yield held
    held.let_go()


@pytest.fixture
def other(new_phone: Callable[[], Page], seen: str) -> Page:
    """The inspector's other phone, with the same draft open."""
    other = new_phone()
    sign_in(other, INSPECTOR)
    other.goto(f"/inspections/{seen}")
    ready(other)
    return other


def is_caught_up(page: Page) -> None:
    """Wait until the server's page has been taken over."""
    expect(page.locator("#about")).to_be_attached()


def is_chosen(page: Page, code: str, value: str) -> None:
    expect(page.locator(f"fieldset[data-item='{code}'] input[value={value}]")).to_be_checked()


def remark(page: Page, code: str) -> Any:
    return page.locator(f"#remark-{code}")


def test_it_is_there_before_the_server_answers(page: Page, seen: str, held: Held, server: Server) -> None:
    page.goto(held.path)
    ready(page)
    first, *_ = codes(page)
    tap(page, first, "no")
    wait_kept(page, 1)
    wait_sent(page)
    assert answers(server, seen) == {first: "no"}
    expect(page.get_by_text("按本机保存的内容显示")).to_be_visible()
    expect(page.get_by_role("button", name="删除草稿")).to_be_visible()
    held.let_go()
    is_caught_up(page)
    is_chosen(page, first, "no")
    expect(page.get_by_text("按本机保存的内容显示")).to_have_count(0)
    expect(page.get_by_role("button", name="删除草稿")).to_have_count(1)


@pytest.mark.parametrize("fault", [LOST, Fault(status=502), REPLY_LOST], ids=["lost", "502", "cut"])
def test_it_says_so_when_there_is_no_server(page: Page, seen: str, network: Network, fault: Fault) -> None:
    network.rule = lambda _method, _path: fault
    page.goto(f"/inspections/{seen}")
    ready(page)
    tap(page, codes(page)[0])
    wait_kept(page, 1)
    expect(page.get_by_text("按本机保存的内容显示")).to_be_visible()


def test_what_another_phone_filled_comes_too(page: Page, seen: str, other: Page, network: Network) -> None:
    first, second, third, *_ = codes(page)
    tap(other, first, "no")
    remark(other, first).fill("登记本缺页")
    remark(other, first).blur()
    wait_kept(other, 2)
    wait_sent(other)
    network.rule = lambda _method, path: LOST if path.endswith("/operations") else Fault()
    tap(page, second, "na")
    wait_kept(page, 1)
    page.goto(f"/inspections/{seen}")
    ready(page)
    tap(page, third)
    is_caught_up(page)
    is_chosen(page, first, "no")
    expect(remark(page, first)).to_have_value("登记本缺页")
    is_chosen(page, second, "na")
    is_chosen(page, third, "yes")
    expect(page.locator("#meter")).to_contain_text("3 /")


def test_what_is_being_typed_stays(page: Page, seen: str, other: Page, held: Held, server: Server) -> None:
    first, second, *_ = codes(page)
    tap_all(other, {first: "no", second: "no"})
    wait_kept(other, 2)
    wait_sent(other)
    page.goto(held.path)
    ready(page)
    tap(page, first, "no")
    remark(page, first).press_sequentially("已经联系")
    held.let_go()
    remark(page, first).press_sequentially("维修单位", delay=50)
    is_caught_up(page)
    is_chosen(page, second, "no")
    expect(remark(page, first)).to_be_focused()
    expect(remark(page, first)).to_have_value("已经联系维修单位")
    remark(page, first).blur()
    until(page, "(await outbox.all('operations')).some(({ value }) => value === '已经联系维修单位')")
    wait_sent(page)
    page.reload()
    expect(remark(page, first)).to_have_value("已经联系维修单位")
    check(page, server, seen)


def test_two_answers_that_differ_are_both_shown(page: Page, seen: str, other: Page, network: Network) -> None:
    first, *_ = codes(page)
    network.rule = lambda _method, path: LOST if path.endswith("/operations") else Fault()
    tap(page, first, "yes")
    wait_kept(page, 1)
    page.goto("about:blank")
    network.rule = lambda _method, _path: Fault()
    tap(other, first, "no")
    wait_kept(other, 1)
    wait_sent(other)
    page.goto(f"/inspections/{seen}")
    expect(page.locator(f"#i-{first} .rival")).to_contain_text("两台设备填得不同")


def test_one_handed_in_elsewhere_gives_way_to_the_record(
    page: Page, seen: str, other: Page, server: Server
) -> None:
    tap_all(other, dict.fromkeys(codes(other), "yes"))
    wait_kept(other, len(codes(other)))
    wait_sent(other)
    other.get_by_role("button", name="确认上报").click()
    expect(other.get_by_role("heading", name="自查记录详情")).to_be_visible()
    assert is_submitted(server, seen)
    page.goto(f"/inspections/{seen}")
    expect(page.get_by_role("heading", name="自查记录详情")).to_be_visible()
    page.goto("/inspections")
    page.goto(f"/inspections/{seen}")
    assert page.locator("#fill").count() == 0


def test_one_handed_in_here_is_a_record_at_once(page: Page, seen: str) -> None:
    tap_all(page, dict.fromkeys(codes(page), "yes"))
    wait_kept(page, len(codes(page)))
    wait_sent(page)
    page.get_by_role("button", name="确认上报").click()
    expect(page.get_by_role("heading", name="自查记录详情")).to_be_visible()
    assert page.evaluate("caches.open('drafts').then(cache => cache.keys()).then(keys => keys.length)") == 0


def test_one_deleted_elsewhere_is_gone(page: Page, seen: str, other: Page) -> None:
    other.get_by_role("button", name="删除草稿").click()
    other.get_by_role("dialog").get_by_role("button", name="删除").click()
    expect(other.get_by_role("heading", name="自查记录")).to_be_visible()
    page.goto(f"/inspections/{seen}")
    expect(page.get_by_role("heading", name="没有找到")).to_be_visible()


def test_an_expired_session_leads_to_the_sign_in(page: Page, seen: str, server: Server) -> None:
    page.context.clear_cookies()
    page.goto(f"/inspections/{seen}")
    expect(page).to_have_url(re.compile("/login"))
    type_sign_in(page, INSPECTOR)
    ready(page)
    first, *_ = codes(page)
    tap(page, first)
    wait_kept(page, 1)
    wait_sent(page)
    assert answers(server, seen) == {first: "yes"}


def test_another_person_gets_nothing_of_it(page: Page, seen: str) -> None:
    page.context.clear_cookies()
    sign_in(page, COLLEAGUE)
    page.goto(f"/inspections/{seen}")
    expect(page.get_by_role("heading", name="没有找到")).to_be_visible()
    assert page.locator("fieldset.item").count() == 0


def test_keeping_the_draft_says_so(page: Page, seen: str) -> None:
    page.goto(f"/inspections/{seen}")
    is_caught_up(page)
    tap(page, codes(page)[0])
    wait_kept(page, 1)
    wait_sent(page)
    page.get_by_role("button", name="暂存").click()
    expect(page.get_by_text("已暂存，已答 1 /")).to_be_visible()


def test_a_link_to_an_item_leads_to_it(page: Page, seen: str) -> None:
    last = codes(page)[-1]
    page.goto("/inspections")
    page.goto(f"/inspections/{seen}#i-{last}")
    ready(page)
    expect(page.locator(f"#i-{last}")).to_be_in_viewport()


def test_signing_out_leaves_no_address_of_it(page: Page, seen: str) -> None:
    page.goto("/me")
    page.get_by_role("button", name="退出账户").click()
    page.get_by_role("dialog").get_by_role("button", name="确认").click()
    expect(page).to_have_url(re.compile("/login"))
    assert "drafts" not in cache_names(page)


def test_a_tap_while_the_phone_is_being_asked_stays(
    page: Page, seen: str, server: Server, network: Network
) -> None:
    first, *_ = codes(page)
    network.rule = lambda _method, path: LOST if path.endswith("/operations") else Fault()
    tap(page, first, "no")
    wait_kept(page, 1)
    page.add_init_script(TAP_AT_ONCE)
    page.reload()
    wait_kept(page, 2)
    is_chosen(page, first, "na")
    network.rule = lambda _method, _path: Fault()
    wait_sent(page)
    is_chosen(page, first, "na")
    assert answers(server, seen) == {first: "na"}
