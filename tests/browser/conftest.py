"""One served demo and one headless Chromium for all browser tests of a worker."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Playwright,
    Response,
    WebError,
    sync_playwright,
)

from tests.browser.chromium import FLAGS, installed
from tests.browser.serving import Server

HERE = Path(__file__).parent
# An answer such as 422 is part of a test's story, and so is a network that is gone; both are logged.
EXPECTED = (
    "Failed to load resource",
    "htmx: htmx:error: Failed to fetch",
    "An unknown error occurred when fetching the script",  # the service worker's
)
PHONE: dict[str, Any] = {
    "viewport": {"width": 390, "height": 844},
    "device_scale_factor": 2,
    "is_mobile": True,
    "has_touch": True,
}
DESK: dict[str, Any] = {"viewport": {"width": 1440, "height": 900}}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The demo, served as ``make run`` does; whoever kills it starts it again."""
    server = Server(tmp_path_factory.mktemp("served"))
    server.start()
    yield server
    server.kill()


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as playwright:
        yield playwright


@pytest.fixture(scope="session")
def chromium(playwright: Playwright) -> Iterator[Browser]:
    browser = playwright.chromium.launch(executable_path=installed(), args=FLAGS)
    yield browser
    browser.close()


@pytest.fixture
def faults() -> Iterator[list[str]]:
    """What pages complained about: script errors, broken policies, 5xx. Must be empty at the end."""
    found: list[str] = []
    yield found
    assert not found, "\n".join(found)


@pytest.fixture
def phone(server: Server, chromium: Browser, faults: list[str]) -> Iterator[Page]:
    """A page on a phone, in a browser that knows nothing yet."""
    with browsing(chromium, server, faults, **PHONE) as context:
        yield context.new_page()


@pytest.fixture
def open_phone(server: Server, chromium: Browser, faults: list[str]) -> Iterator[Callable[[], Page]]:
    """Opens further phones, each a browser of its own."""
    with ExitStack() as opened:
        yield lambda: opened.enter_context(browsing(chromium, server, faults, **PHONE)).new_page()


@pytest.fixture
def desk(server: Server, chromium: Browser, faults: list[str]) -> Iterator[Page]:
    """A page on a desktop computer, in a browser that knows nothing yet."""
    with browsing(chromium, server, faults, **DESK) as context:
        yield context.new_page()


def browsing(chromium: Browser, server: Server, faults: list[str], **device: Any) -> BrowserContext:
    """A browser that knows nothing yet, whose pages' complaints become faults."""
    context = chromium.new_context(base_url=server.url, locale="zh-CN", timezone_id="Asia/Shanghai", **device)

    def note_console(message: ConsoleMessage) -> None:
        if message.type == "error" and not message.text.startswith(EXPECTED):
            faults.append(f"console: {message.text}")

    def note_error(error: WebError) -> None:
        faults.append(f"script: {error.error}")

    def note_response(response: Response) -> None:
        if response.status >= 500 or (response.status == 404 and "/static/" in response.url):
            faults.append(f"{response.status}: {response.url}")

    context.on("console", note_console)
    context.on("weberror", note_error)
    context.on("response", note_response)
    return context
