"""Two phones on one draft: the first answer stays, the second lies beside it, the inspector chooses."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.offline.conftest import INSPECTOR
from tests.browser.offline.phone import answers, held, is_submitted
from tests.browser.offline.steps import codes, ready, tap, tap_all, wait_sent
from tests.browser.serving import Server
from tests.browser.steps import sign_in


@pytest.fixture
def other(new_phone: Callable[[], Page], page: Page, inspection: str) -> Page:
    """The inspector's second phone, with the same draft open."""
    other = new_phone()
    sign_in(other, INSPECTOR)
    other.goto(f"/inspections/{inspection}")
    ready(other)
    return other


@pytest.mark.parametrize("order", ["first phone first", "second phone first"])
def test_both_answers_are_kept_until_one_is_chosen(
    page: Page, other: Page, inspection: str, server: Server, order: str
) -> None:
    code = codes(page)[0]
    for phone, value in ((page, "yes"), (other, "no")):
        phone.context.set_offline(True)
        tap(phone, code, value)
        expect(phone.locator(f"#s-{code}")).to_have_text("已保存到手机")
    early, late = (page, other) if order == "first phone first" else (other, page)
    early.context.set_offline(False)
    wait_sent(early)
    late.context.set_offline(False)
    expect(late.locator(f"#i-{code} .rival")).to_be_visible()
    assert [o["item"] for o in held(late)["operations"] if "trouble" in o] == [code]
    late.get_by_role("button", name="改用另一台的").click()
    wait_sent(late)
    expect(late.locator(".rival")).to_have_count(0)
    assert answers(server, inspection) == {code: "no" if late is other else "yes"}
    assert not [o for o in held(late)["operations"] if "trouble" in o]


def test_a_tap_after_the_submission_is_not_dropped_in_silence(
    page: Page, other: Page, inspection: str, server: Server
) -> None:
    items = codes(page)
    tap_all(page, dict.fromkeys(items, "yes"))
    other.context.set_offline(True)
    tap(other, items[0], "no")
    expect(other.locator(f"#s-{items[0]}")).to_have_text("已保存到手机")
    wait_sent(page)
    page.get_by_role("button", name="确认上报").click()
    expect(page.get_by_role("heading", name="自查记录详情")).to_be_visible()
    other.context.set_offline(False)
    expect(other.locator(f"#s-{items[0]}")).to_contain_text("已上报，不能再修改", timeout=20_000)
    expect(other.locator("#band")).to_contain_text("1 条需要处理")
    other.goto("/outbox")
    expect(other.locator("#troubles")).to_contain_text("已上报，不能再修改")
    other.once("dialog", lambda dialog: dialog.accept())
    other.get_by_role("button", name="删除这一条").click()
    expect(other.locator("#troubles li")).to_have_count(0)
    assert is_submitted(server, inspection)


def test_remarks_on_the_whole_are_chosen_between_as_well(
    page: Page, other: Page, inspection: str, server: Server
) -> None:
    for phone, text in ((page, "小组三人"), (other, "小组五人")):
        phone.context.set_offline(True)
        phone.locator("#remark-").fill(text)
        phone.locator("#remark-").blur()
        expect(phone.locator("#s-")).to_have_text("已保存到手机")
    page.context.set_offline(False)
    wait_sent(page)
    tap_all(page, dict.fromkeys(codes(page), "yes"))
    other.context.set_offline(False)
    expect(other.locator("#i- .rival")).to_contain_text("小组三人")
    wait_sent(page)
    page.get_by_role("button", name="确认上报").click()
    page.locator("#missing").get_by_role("link", name="相关材料").click()
    expect(page.locator("#remark-")).to_be_focused()
    page.get_by_role("button", name="改用另一台的").click()
    expect(page.locator("#remark-")).to_have_value("小组五人")
    wait_sent(page)
    page.get_by_role("button", name="确认上报").click()
    expect(page.get_by_role("heading", name="自查记录详情")).to_be_visible()
    expect(page.get_by_role("main")).to_contain_text("小组五人")
    assert is_submitted(server, inspection)
