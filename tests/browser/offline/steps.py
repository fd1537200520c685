"""What an inspector does with a draft, on whichever page of it."""

import time

from playwright.sync_api import Page, expect


def codes(page: Page) -> list[str]:
    """The items of the open draft, in their order."""
    found: list[str] = page.locator("fieldset.item").evaluate_all("all => all.map(item => item.dataset.item)")
    return found


def tap(page: Page, code: str, value: str = "yes") -> None:
    """Answer an item."""
    page.locator(f"fieldset[data-item='{code}'] input[value={value}]").check()


def tap_all(page: Page, values: dict[str, str]) -> None:
    """Answer many items as fast as a script can."""
    script = """values => {
      for (const [code, value] of Object.entries(values))
        document.querySelector(`fieldset[data-item='${code}'] input[value=${value}]`).click();
    }"""
    page.evaluate(script, values)


def until(page: Page, script: str, *, seconds: float = 60) -> None:
    """Wait until an asynchronous expression is true; Playwright's own waiting takes a promise for true."""
    page.wait_for_load_state()  # whose scripts the expression asks
    deadline = time.monotonic() + seconds
    while not page.evaluate(f"async () => Boolean({script})"):
        assert time.monotonic() < deadline, script
        page.wait_for_timeout(50)


def wait_kept(page: Page, count: int) -> None:
    """Wait until the phone holds so many operations, the draft's beginning left out."""
    until(page, f"(await outbox.all('operations')).filter((o) => o.kind !== 'create').length >= {count}")


def wait_sent(page: Page, seconds: float = 60) -> None:
    """Wait until nothing waits on the phone any more."""
    until(page, "(await outbox.overview()).waiting === 0", seconds=seconds)


def ready(page: Page) -> None:
    """Wait until the draft's page shows what the phone holds."""
    expect(page.locator("#fill[data-ready]")).to_be_attached()
