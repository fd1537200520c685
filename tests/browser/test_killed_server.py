"""Killing the server at any moment of filling loses no answer that was acknowledged."""

import random
import threading
import time
from uuid import UUID

from playwright.sync_api import Page, expect

from tests.browser.serving import Server
from tests.browser.steps import sign_in, start_inspection

KILLS = 20
TAPS_A_ROUND = 3
rng = random.Random(7)


def test_no_acknowledged_answer_is_lost(phone: Page, server: Server) -> None:
    sign_in(phone, "13800000004")
    inspection = start_inspection(phone, "机构执业")
    tapped: dict[str, str] = {}
    for number in range(KILLS):
        tap_while_dying(phone, server, number, tapped)
        shown = acknowledged(phone)
        server.start()
        stored = answers(server, inspection)
        assert {code: stored.get(code) for code in shown} == {code: tapped[code] for code in shown}
    expect(phone.locator("#sync")).to_have_text("已上传 ✓", timeout=90_000)
    assert answers(server, inspection) == tapped
    assert each_operation_once(server, inspection)


def tap_while_dying(page: Page, server: Server, number: int, tapped: dict[str, str]) -> None:
    """Answer a few items while the server is killed at some moment between the first and the last tap."""
    timer = threading.Timer(rng.uniform(0, 0.6), server.kill)
    timer.start()
    items = page.locator("fieldset[data-item]")
    for place in range(number * TAPS_A_ROUND, (number + 1) * TAPS_A_ROUND):
        item = items.nth(place)
        value = rng.choice(["yes", "no", "na"])
        item.locator(f"input[value={value}]").check()
        tapped[item.get_attribute("data-item") or ""] = value
        time.sleep(rng.uniform(0, 0.15))
    timer.join()


def acknowledged(page: Page) -> list[str]:
    """Codes of the items that the page calls uploaded."""
    script = "all => all.map(state => state.closest('[data-item]').dataset.item)"
    codes: list[str] = page.locator("fieldset .state[data-state=sent]").evaluate_all(script)
    return codes


def answers(server: Server, inspection: str) -> dict[str, str]:
    """What the database holds, read past the app."""
    return dict(
        server.rows(
            "SELECT item, value FROM answers JOIN inspections ON inspections.id = inspection_id "
            "WHERE uuid = :inspection AND value IS NOT NULL",
            inspection=UUID(inspection),
        )
    )


def each_operation_once(server: Server, inspection: str) -> bool:
    """One history row for each tap, however often it was sent."""
    [(rows,)] = server.rows(
        "SELECT count(*) FROM operations JOIN inspections ON inspections.id = inspection_id "
        "WHERE inspections.uuid = :inspection AND operations.kind = 'answer'",
        inspection=UUID(inspection),
    )
    return bool(rows == KILLS * TAPS_A_ROUND)
