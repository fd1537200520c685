"""A new build comes while people work: it waits until nobody looks and nothing is in hand, and is whole
or not at all."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import PHONE, browsing
from tests.browser.serving import ROOT, Server
from tests.browser.worker import cache_names, has_worker, kept

Deploy = Callable[[str], None]

# Looks for a newer worker; resolves to what becomes of it.
UPDATE = """async () => {
    const registration = await navigator.serviceWorker.getRegistration();
    await registration.update();
    const found = registration.installing ?? registration.waiting;
    if (found.state !== "installing") return found.state;
    return new Promise(resolve => found.addEventListener("statechange", () => resolve(found.state)));
}"""

ANOTHER_VERSION = "/checklists/medical-institution/2025-01/0"
THIS_VERSION_OUTDATED = "/checklists/medical-institution/2026-11/0"
KEEP = """paths => caches.open("checklists").then(cache => Promise.all(
    paths.map(path => cache.put(path, new Response("kept")))))"""
WATCH = """() => {
    const { serviceWorker } = navigator;
    window.changed = new Promise(resolve => serviceWorker.addEventListener("controllerchange", () => {
        const { controller } = serviceWorker;
        controller.addEventListener("statechange", () => resolve(controller.state));
    }, { once: true }));
}"""

# How long a page has to be unseen and a change of builds takes, in ms, and some more.
LONGER_THAN_AWAY = 4000
# Headless, a tab in the background is as visible as the one in front.
LOOK = """hidden => {
    Object.defineProperty(document, "hidden", { value: hidden, configurable: true });
    document.dispatchEvent(new Event("visibilitychange", { bubbles: true }));
}"""


@pytest.fixture(scope="module")
def deployed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server whose code a test may change."""
    server = Server(tmp_path_factory.mktemp("deployed"))
    server.root = tmp_path_factory.mktemp("code")
    for name in ("webapp", "migrations", "checklists"):
        shutil.copytree(ROOT / name, server.root / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "wsgi.py", server.root)
    server.start()
    yield server
    server.kill()


@pytest.fixture
def deploy(deployed: Server) -> Deploy:
    """Serve the same app with other bytes in one of its files."""

    def change_and_start(note: str) -> None:
        deployed.kill()
        with (deployed.root / "webapp/static/css/tokens.css").open("a") as styles:
            styles.write(f"/* {note} */\n")
        deployed.start()

    return change_and_start


@pytest.fixture
def open_tab(deployed: Server, chromium: Browser, faults: list[str]) -> Iterator[Callable[[], Page]]:
    """Opens tabs of one phone at the deployed server, all under its service worker."""
    with browsing(chromium, deployed, faults, **PHONE) as context:

        def another() -> Page:
            page = context.new_page()
            page.goto("/login")
            has_worker(page)
            return page

        yield another


def watch(page: Page) -> None:
    """From now on note when another worker answers for the page."""
    page.evaluate(WATCH)


def takes_over(page: Page) -> None:
    """Wait until the new worker answers for the page, which has not been reloaded since ``watch``."""
    assert page.evaluate("window.changed") == "activated"


def it_waits(page: Page, before: list[str]) -> None:
    """Give the new build time to take over, and see that it has not."""
    page.wait_for_timeout(LONGER_THAN_AWAY)
    assert set(before) < set(cache_names(page))


def build_now(page: Page) -> str:
    """The build that is being served."""
    return page.request.get("/offline").headers["x-build"]


def look_away(page: Page) -> None:
    """Turn to another app, as far as the page can tell."""
    page.evaluate(LOOK, True)


def look_back(page: Page) -> None:
    page.evaluate(LOOK, False)


def hold(page: Page) -> None:
    page.evaluate("document.documentElement.dataset.busy = ''")


def let_go(page: Page) -> None:
    page.evaluate("delete document.documentElement.dataset.busy")


def test_an_unseen_page_lets_it_in_and_stays_as_it_is(open_tab: Callable[[], Page], deploy: Deploy) -> None:
    page = open_tab()
    page.evaluate(KEEP, [ANOTHER_VERSION, THIS_VERSION_OUTDATED])
    before = cache_names(page)
    watch(page)
    deploy("one")
    page.evaluate("document.activeElement.blur()")
    assert page.evaluate(UPDATE) == "installed"
    it_waits(page, before)
    look_away(page)
    takes_over(page)
    after = cache_names(page)
    assert f"build-{build_now(page)}" in after
    assert len(after) == len(before) and after != before
    paths = {path for _, path, _ in kept(page)}
    assert ANOTHER_VERSION in paths and THIS_VERSION_OUTDATED not in paths


def test_it_waits_while_something_is_in_hand(open_tab: Callable[[], Page], deploy: Deploy) -> None:
    page = open_tab()
    before = cache_names(page)
    watch(page)
    hold(page)
    look_away(page)
    deploy("two")
    assert page.evaluate(UPDATE) == "installed"
    it_waits(page, before)
    let_go(page)
    takes_over(page)
    assert set(before) & set(cache_names(page)) <= {"checklists"}


def test_it_waits_while_a_text_is_half_typed(open_tab: Callable[[], Page], deploy: Deploy) -> None:
    page = open_tab()
    before = cache_names(page)
    watch(page)
    page.get_by_label("手机号码").fill("138")
    deploy("three")
    look_away(page)
    assert page.evaluate(UPDATE) == "installed"
    it_waits(page, before)
    look_back(page)
    page.get_by_label("手机号码").blur()
    look_away(page)
    takes_over(page)
    expect(page.get_by_label("手机号码")).to_have_value("138")


def test_another_tab_holds_it_back_too(open_tab: Callable[[], Page], deploy: Deploy) -> None:
    seen, unseen = open_tab(), open_tab()
    before = cache_names(unseen)
    watch(unseen)
    deploy("four")
    for page in (seen, unseen):
        page.evaluate("document.activeElement.blur()")
    look_away(unseen)
    assert unseen.evaluate(UPDATE) == "installed"
    it_waits(unseen, before)
    look_away(seen)
    takes_over(unseen)


def test_a_build_that_is_not_whole_changes_nothing(
    open_tab: Callable[[], Page], deploy: Deploy, deployed: Server, faults: list[str]
) -> None:
    page = open_tab()
    before = kept(page)
    deploy("five")
    for changed in newest(deployed.root / "instance/static").glob("css/tokens_*"):
        changed.unlink()
    assert page.evaluate(UPDATE) == "redundant"
    assert faults and all("/static/css/tokens_" in fault for fault in faults)
    faults.clear()
    assert kept(page) == before
    page.context.set_offline(True)
    page.goto("/")
    expect(page.get_by_role("heading", name="没有网络")).to_be_visible()
    page.context.set_offline(False)
    deploy("six")
    watch(page)
    page.evaluate("document.activeElement?.blur()")
    look_away(page)
    assert page.evaluate(UPDATE) == "installed"
    takes_over(page)


def newest(folder: Path) -> Path:
    return max(folder.iterdir(), key=lambda child: child.stat().st_mtime)
