"""Answers on a bad network: each is stored once, whatever happens on the way."""

import random
from collections.abc import Callable
from uuid import UUID

from playwright.sync_api import Page, expect

from tests.browser.offline.network import LOST, REPLY_LOST, Fault, Network
from tests.browser.offline.phone import answers, check, held, waiting
from tests.browser.offline.steps import codes, ready, tap, tap_all, wait_kept, wait_sent
from tests.browser.serving import Server

VALUES = ["yes", "no", "na"]
OPERATIONS = 500
rng = random.Random(11)


def is_operation(method: str, path: str) -> bool:
    return method == "POST" and path.endswith("/operations")


def test_an_answer_waits_for_the_signal(page: Page, inspection: str, server: Server) -> None:
    page.context.set_offline(True)
    first, second, *_ = codes(page)
    tap(page, first)
    tap(page, second, "no")
    expect(page.locator(f"#s-{first}")).to_have_text("已保存到手机")
    expect(page.locator("#band")).to_contain_text("当前无信号，2 条已保存到手机")
    expect(page.locator("#sync")).to_have_text("2 条等待上传")
    expect(page.locator("#meter span")).to_contain_text("2 /")
    assert answers(server, inspection) == {}
    page.context.set_offline(False)
    expect(page.locator("#band")).to_be_hidden(timeout=20_000)
    expect(page.locator(f"#s-{second}")).to_have_text("已上传")
    assert answers(server, inspection) == {first: "yes", second: "no"}
    check(page, server, inspection)


def test_a_lost_reply_doubles_nothing(page: Page, inspection: str, server: Server, network: Network) -> None:
    lost = iter([True, True, False])
    network.rule = lambda m, p: REPLY_LOST if is_operation(m, p) and next(lost, False) else Fault()
    tapped = {code: rng.choice(VALUES) for code in codes(page)[:5]}
    tap_all(page, tapped)
    wait_kept(page, 5)
    wait_sent(page)
    assert answers(server, inspection) == tapped
    check(page, server, inspection)


def test_every_request_eight_times_at_once_is_one(
    page: Page, inspection: str, server: Server, network: Network
) -> None:
    network.rule = lambda m, p: Fault(times=8) if is_operation(m, p) else Fault()
    tapped = {code: rng.choice(VALUES) for code in codes(page)[:10]}
    for code, value in tapped.items():
        tap(page, code, value)
    wait_sent(page)
    assert answers(server, inspection) == tapped
    check(page, server, inspection)


def test_five_hundred_operations_survive_a_network_that_loses_half(
    page: Page, inspection: str, server: Server, network: Network
) -> None:
    luck = random.Random(5)

    def rule(method: str, path: str) -> Fault:
        if not is_operation(method, path) or luck.random() < 0.5:
            return Fault(delay=luck.uniform(0, 0.1))
        return luck.choice([LOST, REPLY_LOST, Fault(status=503), Fault(status=502)])

    network.rule = rule
    items = codes(page)
    rounds = -(-OPERATIONS // len(items))
    for number in range(rounds):
        tapped = dict.fromkeys(items, VALUES[number % len(VALUES)])
        tap_all(page, tapped)
        # Back-off would make this long; "online" is what a phone says when its signal is back.
        page.evaluate("dispatchEvent(new Event('online'))")
        page.wait_for_timeout(50)
    wait_kept(page, rounds * len(items))
    while waiting(page):
        page.evaluate("drainer.emptied(500)")
    assert answers(server, inspection) == tapped
    check(page, server, inspection)


def test_two_tabs_drain_once(page: Page, inspection: str, server: Server, network: Network) -> None:
    other = page.context.new_page()
    other.goto(page.url)
    ready(other)
    page.context.set_offline(True)
    some = codes(page)[:6]
    for number, code in enumerate(some):
        tap([page, other][number % 2], code)
    wait_kept(page, 6)
    network.rule = lambda m, p: Fault(delay=0.3) if is_operation(m, p) else Fault()
    network.seen.clear()
    page.context.set_offline(False)
    wait_sent(page)
    assert answers(server, inspection) == dict.fromkeys(some, "yes")
    assert sum(is_operation(*each) for each in network.seen) <= 2
    expect(other.locator(f"#s-{some[0]}")).to_have_text("已上传")
    check(page, server, inspection)


def test_a_clock_two_years_off_changes_nothing(
    new_phone: Callable[[], Page], page: Page, inspection: str, server: Server
) -> None:
    first, second, *_ = codes(page)
    page.clock.set_system_time("2024-03-01T08:00:00")
    tap(page, first)
    wait_sent(page)
    page.clock.set_system_time("2028-11-30T08:00:00")
    tap(page, first, "no")
    tap(page, second, "na")
    wait_kept(page, 3)
    wait_sent(page)
    assert answers(server, inspection) == {first: "no", second: "na"}
    check(page, server, inspection)


def test_what_a_reload_interrupts_goes_on(
    page: Page, inspection: str, server: Server, network: Network
) -> None:
    network.rule = lambda m, p: LOST if is_operation(m, p) else Fault()
    first, second, *_ = codes(page)
    tap(page, first, "no")
    page.get_by_label("存在的问题和整改打算").first.fill("缺少记录")
    tap(page, second)
    wait_kept(page, 3)
    page.reload()
    ready(page)
    expect(page.locator(f"#s-{first}")).to_have_text("已保存到手机")
    expect(page.locator(f"#i-{first} input[value=no]")).to_be_checked()
    expect(page.locator(f"#remark-{first}")).to_have_value("缺少记录")
    expect(page.locator("#meter span")).to_contain_text("2 /")
    network.rule = lambda _m, _p: Fault()
    page.evaluate("drainer.drain()")
    wait_sent(page)
    assert answers(server, inspection) == {first: "no", second: "yes"}
    check(page, server, inspection)


def test_a_server_that_dies_while_the_phone_sends_loses_nothing(
    page: Page, inspection: str, server: Server
) -> None:
    items = codes(page)
    tapped = {code: rng.choice(VALUES) for code in items}
    tap_all(page, tapped)
    server.kill()
    wait_kept(page, len(tapped))
    server.start()
    page.evaluate("drainer.drain()")
    wait_sent(page)
    assert answers(server, inspection) == tapped
    stored = server.rows(
        "SELECT count(*) FROM operations JOIN inspections ON inspections.id = inspection_id "
        "WHERE inspections.uuid = :inspection AND operations.kind = 'answer'",
        inspection=UUID(inspection),
    )
    assert stored == [(len(tapped),)]
    assert all("trouble" not in operation for operation in held(page)["operations"])
    check(page, server, inspection)
