"""The server changes while something waits: a new build, a restored backup, a newer checklist."""

from pathlib import Path

from playwright.sync_api import Page, expect

from tests.browser.offline.phone import answers, check, is_submitted
from tests.browser.offline.steps import codes, ready, tap, tap_all, wait_kept, wait_sent
from tests.browser.serving import Server


def test_a_restored_backup_is_told_again_what_it_forgot(page: Page, server: Server, tmp_path: Path) -> None:
    backup = tmp_path / "backup.tar"
    server.command("backup", str(backup))
    page.goto("/inspections/new")
    for branch in page.locator("[data-tree] .branch").all():
        wanted = branch.locator("> label").inner_text().strip() == "放射诊疗"
        branch.locator("[data-tree-parent]").set_checked(wanted)
    page.get_by_role("button", name="开始填报").click()
    ready(page)
    inspection = page.url.rsplit("/", 1)[-1]
    tapped = dict.fromkeys(codes(page), "yes")
    tap_all(page, tapped)
    wait_kept(page, len(tapped))
    wait_sent(page)
    assert answers(server, inspection) == tapped
    server.stop()
    server.command("restore", "--force", str(backup))
    server.start()
    assert answers(server, inspection) == {}
    first = next(iter(tapped))
    tap(page, first, "no")
    wait_kept(page, len(tapped) + 1)
    wait_sent(page)
    assert answers(server, inspection) == tapped | {first: "no"}
    check(page, server, inspection)
    page.get_by_role("button", name="确认上报").click()
    expect(page.get_by_role("heading", name="自查记录详情")).to_be_visible()
    assert is_submitted(server, inspection)
