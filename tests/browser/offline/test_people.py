"""Who is signed in: what waits is sent as the one who filled it, never as somebody else, and never lost."""

import re
from collections.abc import Callable
from uuid import UUID

import pytest
from playwright.sync_api import Page, expect

from tests.browser.offline.network import LOST, Fault, Network
from tests.browser.offline.phone import answers, check
from tests.browser.offline.steps import codes, ready, tap, until, wait_kept, wait_sent
from tests.browser.serving import Server
from tests.browser.steps import sign_in, type_sign_in

INSPECTOR, COLLEAGUE = "13800000002", "13800000004"


@pytest.fixture
def unsent(page: Page, inspection: str, network: Network) -> str:
    """Two answers that wait on the phone; the first one's item."""
    network.rule = lambda m, p: LOST if p.endswith("/operations") else Fault()
    first, second, *_ = codes(page)
    tap(page, first)
    tap(page, second, "no")
    wait_kept(page, 2)
    return first


def perfect(network: Network, page: Page) -> None:
    network.rule = lambda _m, _p: Fault()
    page.evaluate("drainer.drain()")


def databases(page: Page) -> list[str]:
    """The outboxes on this phone."""
    names: list[str] = page.evaluate("indexedDB.databases().then(all => all.map(({ name }) => name))")
    return names


def test_an_expired_session_asks_to_sign_in_and_goes_on(
    page: Page, inspection: str, unsent: str, server: Server, network: Network
) -> None:
    # At the server: an answer on its way could bring a cookie back.
    user = UUID(page.evaluate("outbox.user"))
    server.write("DELETE FROM sign_ins WHERE user_id IN (SELECT id FROM users WHERE uuid = :user)", user=user)
    perfect(network, page)
    expect(page.locator("#band")).to_contain_text("登录后继续上传 2 条")
    page.locator("#band").get_by_role("link", name="登录").click()
    type_sign_in(page, INSPECTOR)
    ready(page)
    wait_sent(page)
    assert len(answers(server, inspection)) == 2
    check(page, server, inspection)


def test_another_person_sees_only_how_much_waits(
    page: Page, inspection: str, unsent: str, server: Server, network: Network
) -> None:
    until(page, f"localStorage['outbox-{page.evaluate('outbox.user')}'] === '2'")  # what a colleague is told
    page.goto("about:blank")  # nothing is on its way any more
    page.context.clear_cookies()
    network.rule = lambda _m, _p: Fault()
    page.goto("/login")
    type_sign_in(page, COLLEAGUE)
    expect(page.locator("#band")).to_contain_text("其他账号的 2 条没有上传")
    page.wait_for_timeout(500)
    assert answers(server, inspection) == {}
    page.context.clear_cookies()
    sign_in(page, INSPECTOR)
    wait_sent(page)
    assert len(answers(server, inspection)) == 2


@pytest.mark.parametrize("choice", ["先上传，再退出", "保留在本机，下次登录后上传", "删除并退出"])
def test_signing_out_asks_what_becomes_of_what_waits(
    page: Page, inspection: str, unsent: str, server: Server, network: Network, choice: str
) -> None:
    page.goto("/me")
    page.get_by_role("button", name="退出账户").click()
    page.get_by_role("dialog").get_by_role("button", name="确认").click()
    expect(page.get_by_role("heading", name="还有 2 条没有上传")).to_be_visible()
    if choice.startswith("先上传"):
        network.rule = lambda _m, _p: Fault()
    page.get_by_role("button", name=choice).click()
    expect(page).to_have_url(f"{network.url}/login", timeout=20_000)
    network.rule = lambda _m, _p: Fault()
    assert len(databases(page)) == (1 if choice.startswith("保留") else 0)
    assert len(answers(server, inspection)) == (2 if choice.startswith("先上传") else 0)
    type_sign_in(page, INSPECTOR)
    expect(page).to_have_url(f"{network.url}/")
    wait_sent(page)
    assert len(answers(server, inspection)) == (0 if choice.startswith("删除") else 2)


def test_signing_out_leaves_nothing_behind(page: Page, inspection: str, network: Network) -> None:
    tap(page, codes(page)[0])
    wait_sent(page)
    page.goto("/me")
    page.get_by_role("button", name="退出账户").click()
    page.get_by_role("dialog").get_by_role("button", name="确认").click()
    expect(page).to_have_url(f"{network.url}/login")
    assert databases(page) == []
    assert page.evaluate("Object.keys(localStorage)") == []


def test_a_deactivated_account_can_still_take_its_work_along(
    page: Page, inspection: str, unsent: str, server: Server, network: Network
) -> None:
    user = UUID(page.evaluate("outbox.user"))
    server.write("UPDATE users SET is_active = false WHERE uuid = :user", user=user)
    try:
        perfect(network, page)
        expect(page.locator("#band")).to_contain_text("登录后继续上传 2 条")
        page.goto("/outbox")
        expect(page.locator("#waiting")).to_have_text("2 条等待上传")
        with page.expect_download() as download:
            page.get_by_role("button", name="导出未上传的内容").click()
        assert download.value.suggested_filename.startswith("未上传的自查-")
    finally:
        server.write("UPDATE users SET is_active = true WHERE uuid = :user", user=user)
    assert answers(server, inspection) == {}


def test_an_export_comes_back_on_another_phone(
    new_phone: Callable[[], Page], page: Page, inspection: str, unsent: str, server: Server, network: Network
) -> None:
    page.goto("/outbox")
    with page.expect_download() as download:
        page.get_by_role("button", name="导出未上传的内容").click()
    network.rule = lambda _m, _p: Fault()
    colleague, own = new_phone(), new_phone()
    sign_in(colleague, COLLEAGUE)
    colleague.goto("/outbox")
    colleague.locator("[data-import]").set_input_files(download.value.path())
    expect(colleague.locator("#imported")).to_contain_text("另一账号导出的")
    sign_in(own, INSPECTOR)
    own.goto("/outbox")
    own.locator("[data-import]").set_input_files(download.value.path())
    expect(own.locator("#imported")).to_contain_text("已导入")
    wait_sent(own)
    assert len(answers(server, inspection)) == 2


def test_a_narrowed_scope_refuses_a_new_inspection_in_words(
    page: Page, installed: None, server: Server, network: Network
) -> None:
    """Begun without signal on a scope that the administrator took away meanwhile."""
    page.goto("/inspections/new")
    until(page, "(await outbox.read('meta', 'offer'))?.length")
    page.context.set_offline(True)
    page.goto("/inspections/new")
    page.get_by_role("button", name="开始填报").click()
    ready(page)
    user = UUID(page.evaluate("outbox.user"))
    server.write("UPDATE users SET inspection_scope = '[]' WHERE uuid = :user", user=user)
    try:
        page.context.set_offline(False)
        page.evaluate("drainer.drain()")
        expect(page.locator("#band")).to_contain_text("需要处理", timeout=20_000)
        page.goto("/outbox")
        expect(page.locator("#troubles")).to_contain_text("范围")
    finally:
        server.write(
            "UPDATE users SET inspection_scope = (SELECT scope FROM institutions "
            "WHERE institutions.id = users.institution_id) WHERE uuid = :user",
            user=user,
        )
    page.get_by_role("button", name="重试").first.click()
    wait_sent(page)
    expect(page.locator("#troubles li")).to_have_count(0)


EVERYTHING = """async () => {
  const found = [JSON.stringify({ ...localStorage }), JSON.stringify({ ...sessionStorage })];
  for (const { name } of await indexedDB.databases()) {
    const db = await idb.openDB(name);
    for (const store of db.objectStoreNames) found.push(JSON.stringify(await db.getAll(store)));
    db.close();
  }
  for (const name of await caches.keys()) {
    const cache = await caches.open(name);
    for (const request of await cache.keys())
      found.push(request.url, await (await cache.match(request)).text());
  }
  return found.join("\\n");
}"""


@pytest.mark.usefixtures("installed")
def test_nothing_that_names_a_person_is_kept_on_the_phone(page: Page, inspection: str) -> None:
    for code in codes(page)[:3]:
        tap(page, code, "no")
    wait_sent(page)
    for path in ("/", "/inspections", "/inspections/new", "/messages", f"/inspections/{inspection}", "/me"):
        page.goto(path)
        page.wait_for_timeout(300)
    name = page.get_by_label("姓名").input_value()
    page.locator("#field-id_number").get_by_role("button").click()
    number = page.locator("#id_number")
    expect(number).to_have_value(re.compile(r"\d{17}[\dX]"))
    kept = page.evaluate(EVERYTHING)
    assert inspection in kept
    for secret in (name, number.input_value(), INSPECTOR):
        assert len(secret) > 1 and secret not in kept
