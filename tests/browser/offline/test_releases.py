"""The server changes while something waits: a new build, a restored backup, a newer checklist."""

import hashlib
import shutil
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.offline.phone import answers, check, is_submitted
from tests.browser.offline.steps import codes, ready, tap, tap_all, until, wait_kept, wait_sent
from tests.browser.serving import ROOT, Server
from tests.browser.steps import start_inspection

OLD, NEW = "应当分别配备具有相应资质的人员", "应当配齐具有相应资质的人员"


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


@pytest.fixture
def newer(tmp_path: Path) -> Path:
    """A folder of checklists with a second version in force, in which an item is worded anew."""
    folder = tmp_path / "checklists"
    shutil.copytree(ROOT / "checklists", folder)
    [old] = (folder / "inspection" / "medical-institution").glob("*.yaml")
    text = old.read_text().replace('version: "2026-11"', 'version: "2026-12"')
    new = old.with_name("2026-12.yaml")
    new.write_text(text.replace("effective_from: 2026-11-01", "effective_from: 2026-11-02").replace(OLD, NEW))
    line = f"{hashlib.sha256(new.read_bytes()).hexdigest()}  {new.relative_to(folder)}\n"
    with (folder / "published.txt").open("a") as published:
        published.write(line)
    # The server keeps it after the test: records made with a version need that version ever after.
    return folder


@pytest.mark.usefixtures("installed")
def test_a_newer_checklist_leaves_an_open_draft_as_it_was(
    page: Page, inspection: str, server: Server, newer: Path
) -> None:
    """With it comes a new build, while answers to the older version wait."""
    page.reload()
    ready(page)
    until(page, f"await outbox.read('pages', '{inspection}')")
    page.context.set_offline(True)
    items = codes(page)
    tap_all(page, dict.fromkeys(items, "yes"))
    wait_kept(page, len(items))
    server.stop()
    server.configure(CHECKLISTS=str(newer))
    server.start()
    page.goto(f"/inspections/{inspection}")
    ready(page)
    expect(page.get_by_text(OLD).first).to_be_attached()
    page.context.set_offline(False)
    wait_sent(page)
    assert answers(server, inspection) == dict.fromkeys(items, "yes")
    check(page, server, inspection)
    page.goto(f"/inspections/{inspection}")
    ready(page)
    expect(page.get_by_text(OLD).first).to_be_attached()
    page.get_by_role("button", name="确认上报").click()
    expect(page.get_by_role("heading", name="自查记录详情")).to_be_visible()
    start_inspection(page, "放射诊疗")
    expect(page.get_by_text(NEW).first).to_be_attached()
