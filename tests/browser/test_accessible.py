"""Every page of the demo against WCAG 2.2 AA, in both themes, and none wider than its screen."""

import pytest
from playwright.sync_api import Page

from tests.browser.axe import assert_accessible
from tests.browser.steps import sign_in

# Who looks, and from where; a selector stands for the page behind the first link it finds.
ON_A_PHONE = {
    None: ["/login", "/register", "/no-such-page", "/join", "/join/poster", "/offline"],
    "13800000041": ["/registration"],
    "13800000001": ["/", "/inspections", "a.record", "/messages", "/demerits", "/institution/poster"],
    "13800000003": [
        "/persons",
        "/persons/new",
        "/persons/import",
        "/demerits",
        "a.record:has-text('已上报')",
        "a:has-text('记分台账')",
    ],
    "13800000002": ["/", "/inspections/new", "/me", "/me/password", "/me/devices", "/messages"],
}
ON_A_DESK = {
    "13800000011": [
        "/supervision/",
        "/supervision/registrations",
        "tbody a:has-text('查看')",
        "/supervision/inspections",
        "tbody a:has-text('查看')",
        "/supervision/demerits",
        "tbody a:has-text('查看')",
        "a:has-text('记分台账')",
        "/supervision/petitions",
        "tbody a:has-text('查看')",
    ],
    "13800000021": [
        "/admin/",
        "/admin/accounts",
        "tbody a:has-text('查看')",
        "/admin/accounts/new",
        "/admin/checklists",
        "/admin/checklists/demerit/chongqing-reference/comparison",
        "/admin/settings",
    ],
    "13800000022": [
        "/audit",
        "tbody a:has-text('查看')",
        "/audit/export",
        "/audit/proof",
        "/exports",
    ],
}


def look(page: Page, who: str | None, places: list[str], scheme: str) -> None:
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    if who:
        sign_in(page, who)
    for place in places:
        if place.startswith("/"):
            page.goto(place)
        else:
            page.locator(place).first.click()
            page.wait_for_load_state()
        assert_accessible(page)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), page.url


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("who", ON_A_PHONE)
def test_on_a_phone(phone: Page, who: str | None, scheme: str) -> None:
    look(phone, who, ON_A_PHONE[who], scheme)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("who", ON_A_DESK)
@pytest.mark.parametrize("size", [(1440, 900), (1024, 768)], ids=["wide", "narrow"])
def test_on_a_desk(desk: Page, who: str, size: tuple[int, int], scheme: str) -> None:
    desk.set_viewport_size({"width": size[0], "height": size[1]})
    look(desk, who, ON_A_DESK[who], scheme)
