"""The app opens without a server, and what it keeps for that has nobody in it."""

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from playwright.sync_api import Page, expect

from tests.browser.offline.steps import until
from tests.browser.serving import Server
from tests.browser.steps import sign_in, start_inspection
from tests.browser.worker import has_worker, kept

INSPECTOR = "13800000002"
LATER_THAN_A_WORKER_WAITS = 5  # seconds


@contextmanager
def no_signal(page: Page) -> Iterator[None]:
    """In the cellar."""
    page.context.set_offline(True)
    try:
        yield
    finally:
        page.context.set_offline(False)


@contextmanager
def dead(server: Server) -> Iterator[None]:
    """A network, and no server at its end."""
    server.kill()
    try:
        yield
    finally:
        server.start()


@contextmanager
def silent(server: Server) -> Iterator[None]:
    """A network that takes everything and answers nothing."""
    server.pause()
    try:
        yield
    finally:
        server.resume()


class Proxy(ThreadingHTTPServer):
    # The killed server's worker may hold the port for a moment longer.
    allow_reuse_port = True


class Unreachable(BaseHTTPRequestHandler):
    """What a proxy says whose server is gone."""

    def do_GET(self) -> None:
        self.send_error(502)

    def log_message(self, format: str, *args: object) -> None:
        pass


@contextmanager
def alone(server: Server) -> Iterator[None]:
    """Only the proxy in front is left."""
    with dead(server):
        proxy = Proxy(("127.0.0.1", server.port), Unreachable)
        threading.Thread(target=proxy.serve_forever).start()
        try:
            yield
        finally:
            proxy.shutdown()
            proxy.server_close()


@pytest.fixture
def opened(phone: Page) -> Page:
    """A phone on which an inspector has used the app before."""
    sign_in(phone, INSPECTOR)
    has_worker(phone)
    return phone


def test_without_a_server_the_app_opens_all_the_same(opened: Page, server: Server) -> None:
    broken: list[str] = []
    opened.on("requestfailed", lambda request: broken.append(request.url.removeprefix(server.url)))
    with dead(server):
        opened.goto("/")
        expect(opened.get_by_role("heading", name="没有网络")).to_be_visible()
        expect(opened.get_by_role("link", name="首页")).to_have_attribute("aria-current", "page")
        assert opened.evaluate("[...document.styleSheets].every(sheet => sheet.cssRules.length)")
        assert opened.evaluate("!!window.htmx")
    # The page asks whether there is a newer app, and who is signed in; nothing else goes to the network,
    # unless Chromium wants its tab's icon, which it fetches past the worker.
    assert {path for path in broken if not path.startswith("/static/icons/icon.")} <= {"/sw.js", "/session"}


def test_each_address_gets_the_shell_that_fits_it(opened: Page, server: Server) -> None:
    draft = start_inspection(opened, "机构执业")
    with no_signal(opened):
        opened.goto("/inspections/new")
        expect(opened.get_by_role("heading", name="自查填报")).to_be_visible()
        expect(opened.locator("#drafts")).to_be_attached()
        opened.goto(f"/inspections/{draft}")
        expect(opened.get_by_role("heading", name="自查填报")).to_be_visible()
        opened.goto("/demerits/new")
        expect(opened.get_by_text("记分录入和记分记录需要联网办理")).to_be_visible()
        assert opened.url == f"{server.url}/demerits/new"
        opened.goto("/messages")
        expect(opened.get_by_text("这个页面需要联网才能打开")).to_be_visible()


def test_whoever_has_only_signed_in_can_begin_without_a_signal(opened: Page) -> None:
    until(opened, "(await outbox.read('meta', 'offer'))?.length")
    with no_signal(opened):
        opened.goto("/inspections/new")
        expect(opened.get_by_role("button", name="开始填报")).to_be_visible()
        expect(opened.get_by_text("还没有自查范围")).to_be_hidden()


def test_a_record_that_is_not_on_the_phone_can_be_tried_again(opened: Page) -> None:
    opened.goto("/inspections")
    record = opened.locator("a.record:has-text('已上报')").first.get_attribute("href") or ""
    with no_signal(opened):
        opened.goto(record)
        expect(opened.get_by_text("这份自查不在这部手机上")).to_be_visible()
        expect(opened.get_by_role("button", name="确认上报")).to_be_hidden()
    opened.get_by_role("link", name="重试").click()
    expect(opened.get_by_text("已上报").first).to_be_visible()


def test_a_shell_of_ones_own_asks_the_server_for_nothing(opened: Page, server: Server) -> None:
    answered: list[str] = []
    opened.on("response", lambda answer: answer.from_service_worker or answered.append(answer.url))
    opened.goto("/outbox")
    expect(opened.get_by_role("heading", name="等待上传", level=1)).to_be_visible()
    # Once it is there it asks for a newer app, and who is signed in.
    afterwards = {f"{server.url}{path}" for path in ("/sw.js", "/manifest.webmanifest", "/session")}
    assert set(answered) <= afterwards


@pytest.mark.parametrize("outdated", [False, True])
def test_the_checklist_is_there_without_a_signal(opened: Page, outdated: bool) -> None:
    address = opened.evaluate("fetch('/session').then(r => r.json()).then(session => session.checklist.url)")
    if outdated:
        address = re.sub("[^/]+$", "of-an-older-build", address)
    with no_signal(opened):
        items = opened.evaluate("url => fetch(url).then(answer => answer.text())", address)
    assert items.count("<fieldset") > 300


def test_the_chosen_look_holds_without_a_server(opened: Page, server: Server) -> None:
    opened.goto("/me")
    opened.get_by_label("深色").check()
    opened.get_by_label("关怀模式").check()
    opened.get_by_role("button", name="应用").click()
    with no_signal(opened):
        opened.goto("/")
        expect(opened.locator("html")).to_have_attribute("data-theme", "dark")
        expect(opened.locator("html[data-care]")).to_be_attached()


def test_a_page_that_does_not_come_gives_way_to_the_shell(opened: Page, server: Server) -> None:
    with silent(server):
        opened.goto("/")
        expect(opened.get_by_role("heading", name="没有网络")).to_be_visible(timeout=15_000)


def test_whoever_tries_again_is_given_the_time(opened: Page, server: Server) -> None:
    with silent(server):
        opened.goto("/")
        threading.Timer(LATER_THAN_A_WORKER_WAITS, server.resume).start()
        opened.get_by_role("link", name="重试").click()
        expect(opened.get_by_role("heading", name="渝州示范医院")).to_be_visible(timeout=15_000)


def test_a_page_that_nothing_can_stand_in_for_is_waited_for(opened: Page, server: Server) -> None:
    with silent(server):
        threading.Timer(LATER_THAN_A_WORKER_WAITS, server.resume).start()
        opened.goto("/messages")
        expect(opened.get_by_role("heading", name="消息")).to_be_visible()


def test_a_proxy_without_its_server_is_no_page(opened: Page, server: Server, faults: list[str]) -> None:
    with alone(server):
        opened.goto("/")
        expect(opened.get_by_role("heading", name="没有网络")).to_be_visible()
    assert all(fault.startswith("502") for fault in faults)
    faults.clear()


@pytest.mark.parametrize(("method", "path"), [("POST", "/me/appearance"), ("GET", "/messages")])
def test_only_pages_are_answered_by_the_worker(opened: Page, method: str, path: str) -> None:
    """What a script asks for, or sends, has the answer that it really got: none."""
    ask = "([method, path]) => fetch(path, {method}).then(() => 'answered', () => 'not answered')"
    with no_signal(opened):
        assert opened.evaluate(ask, [method, path]) == "not answered"


def test_nothing_of_a_person_is_kept(opened: Page, server: Server) -> None:
    pages = ["/", "/me", "/me/devices", "/messages", "/inspections", "/inspections/new", "/outbox"]
    start_inspection(opened, "机构执业")
    opened.go_back()
    for path in pages:
        opened.goto(path)
    opened.goto("/me")
    name = opened.get_by_label("姓名").input_value()
    opened.get_by_role("button", name="查看完整身份证号").click()
    expect(opened.get_by_label("身份证号", exact=True)).not_to_have_value(re.compile(r"\*"))
    id_number = opened.get_by_label("身份证号", exact=True).input_value()
    found = kept(opened)
    assert {cache.split("-")[0] for cache, _, _ in found} <= {"build", "checklists", "drafts"}
    assert not any(content for cache, _, content in found if cache == "drafts")
    assert not {path for _, path, _ in found} & {*pages[:-1], opened.url.removeprefix(server.url)}
    everything = "".join(content for _, _, content in found)
    assert name and len(id_number) == 18 and len(everything) > 10_000
    for private in (name, INSPECTOR, id_number, "渝州示范医院"):
        assert private not in everything, private
