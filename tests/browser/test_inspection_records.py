"""自查记录 for the administrator (manual 1.2.5): query, detail, photos."""

from datetime import date, timedelta
from uuid import UUID

import pytest
from playwright.sync_api import Page, expect

from tests.browser.axe import assert_accessible
from tests.browser.serving import Server
from tests.browser.steps import sign_in, zoom
from webapp.demo import cast

# The oldest, since other tests hand in new ones.
OF_PHOTOS = """SELECT inspections.uuid, inspected_on FROM inspections
JOIN inspection_photos ON inspection_photos.inspection_id = inspections.id
JOIN institutions ON institutions.id = inspections.institution_id
WHERE institutions.name = :name AND submitted_at IS NOT NULL ORDER BY inspected_on LIMIT 1"""


@pytest.fixture
def records(phone: Page) -> Page:
    sign_in(phone, "13800000001")
    phone.goto("/inspections")
    return phone


def query(page: Page, start: str, end: str) -> None:
    if not page.get_by_label("开始时间").is_visible():
        page.locator("details.query > summary").click()
    page.get_by_label("开始时间").fill(start)
    page.get_by_label("结束时间").fill(end)
    page.get_by_role("button", name="查询").click()


def test_the_query_narrows_the_list_and_stands_in_the_address(records: Page) -> None:
    start, end = (str(date.today() - timedelta(days=days)) for days in (150, 30))
    query(records, start, end)
    records.wait_for_url(f"**/inspections?start={start}&end={end}*")
    expect(records.locator("#records .record").first).to_be_visible()
    days = [text[:10] for text in records.locator("#records .meta").all_inner_texts()]
    assert all(start <= day <= end for day in days)
    records.reload()
    expect(records.locator("#records .record")).to_have_count(len(days))


def test_a_start_after_the_end_is_refused(records: Page) -> None:
    query(records, "2026-11-30", "2026-11-01")
    expect(records.get_by_text("结束时间不能早于开始时间").first).to_be_visible()
    expect(records.get_by_label("开始时间")).to_have_value("2026-11-30")


def test_only_the_institutions_own_scope_can_be_asked_for(records: Page) -> None:
    records.locator("details.query > summary").click()
    options = records.get_by_label("自查项目").locator("option").all_inner_texts()
    assert "机构执业" in options and "医疗美容" not in options


def test_a_record_shows_its_answers_and_its_photos_large(records: Page, server: Server) -> None:
    [uuid, day] = server.rows(OF_PHOTOS, name=cast.HOSPITAL)[0]
    query(records, str(day), str(day))
    records.locator(f"#records a[href*='{UUID(str(uuid))}']").click()
    expect(records.get_by_role("heading", name="自查记录详情")).to_be_visible()
    records.locator("details.chapter").evaluate_all("all => all.forEach(c => { c.open = true })")
    assert_accessible(records)
    zoom(records)
    expect(records.get_by_role("dialog").locator("img").first).to_be_visible()
    assert_accessible(records)
    for name in ("旋转", "放大", "缩小"):
        records.get_by_role("button", name=name).click()
    records.keyboard.press("Escape")
    expect(records.get_by_role("dialog")).to_be_hidden()
    expect(records.locator("a[data-zoom]").first).to_be_focused()
