"""A phone behind a network that can be bad, with a draft open on it."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from tests.browser.conftest import PHONE
from tests.browser.offline.network import Network
from tests.browser.serving import Server
from tests.browser.steps import sign_in, start_inspection

INSPECTOR = "13800000002"


@pytest.fixture
def network(server: Server) -> Iterator[Network]:
    """What lies between the phones and the server."""
    with Network(server.port) as network:
        yield network


@pytest.fixture
def new_phone(network: Network, chromium: Browser) -> Iterator[Callable[[], Page]]:
    """Opens phones that know nothing yet, each behind the network."""
    with ExitStack() as opened:

        def open_one() -> Page:
            context: BrowserContext = chromium.new_context(
                base_url=network.url, locale="zh-CN", timezone_id="Asia/Shanghai", **PHONE
            )
            return opened.enter_context(context).new_page()

        yield open_one


@pytest.fixture
def page(new_phone: Callable[[], Page]) -> Page:
    """A phone on which the inspector is signed in."""
    page = new_phone()
    sign_in(page, INSPECTOR)
    return page


@pytest.fixture
def installed(page: Page) -> None:
    """The phone keeps the app's files, for when there is no server."""
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")


@pytest.fixture
def inspection(page: Page) -> str:
    """A draft of some items, open on the phone."""
    return start_inspection(page, "放射诊疗")
