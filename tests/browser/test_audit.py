"""The auditor's desktop: the log with its filters, taken away, and the proof that it is unbroken."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.axe import assert_accessible
from tests.browser.steps import downloaded, sign_in
from tests.jobs.doing import sheets

AUDITOR = "13800000022"
looks = pytest.mark.parametrize(
    ("size", "scheme"),
    [((1440, 900), "light"), ((1024, 768), "dark"), ((1440, 900), "dark"), ((1024, 768), "light")],
    ids=["wide-light", "narrow-dark", "wide-dark", "narrow-light"],
)


def sit_down(page: Page, size: tuple[int, int], scheme: str) -> None:
    page.set_viewport_size({"width": size[0], "height": size[1]})
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    sign_in(page, AUDITOR)


def acts(page: Page) -> Locator:
    """What was done, row by row."""
    return page.locator("tr[data-href] td:nth-child(4)")


def ask(page: Page, act: str) -> None:
    page.get_by_label("事项").select_option(label=act)
    page.get_by_role("button", name="查询").click()
    expect(page).to_have_url(re.compile("action="))


@looks
def test_the_log_is_filtered_and_read(desk: Page, size: tuple[int, int], scheme: str) -> None:
    sit_down(desk, size, scheme)
    expect(desk.get_by_role("heading", name="审计日志", level=1)).to_be_visible()
    ask(desk, "上报自查")
    assert len(acts(desk).all()) > 5 and set(acts(desk).all_inner_texts()) == {"上报自查"}
    assert_accessible(desk)
    desk.get_by_label("开始时间").fill("2026-11-02")
    desk.get_by_label("结束时间").fill("2026-11-01")
    desk.get_by_role("button", name="查询").click()
    expect(desk.locator("#list .error")).to_be_visible()
    expect(desk.get_by_label("结束时间")).to_have_value("2026-11-01")
    assert_accessible(desk)
    for day in ("开始时间", "结束时间"):
        desk.get_by_label(day).fill("")
    desk.get_by_role("textbox", name="人员").fill("谭示文")
    desk.get_by_role("button", name="查询").click()
    expect(desk).to_have_url(re.compile("name=%"))
    wanted = desk.locator("tr[data-href]").nth(1).get_attribute("id")
    desk.locator("tr[data-href]").nth(1).get_by_role("link").click()
    expect(desk.get_by_text("内容与校验码一致，与上一条衔接。")).to_be_visible()
    assert_accessible(desk)
    desk.get_by_role("link", name="返回").click()
    expect(desk.locator("tr[aria-selected=true]")).to_have_attribute("id", wanted or "")
    expect(desk.locator("tr[aria-selected=true] a")).to_be_focused()
    desk.locator("tr[data-href]").first.get_by_role("link").click()
    desk.get_by_role("link", name="同一对象的记录").click()
    expect(desk.get_by_text("只列出同一对象的记录")).to_be_visible()
    assert_accessible(desk)


@looks
def test_what_was_filtered_is_taken_away(desk: Page, size: tuple[int, int], scheme: str) -> None:
    sit_down(desk, size, scheme)
    ask(desk, "上报记分")
    names = desk.locator("tr[data-href] td:nth-child(5)").all_inner_texts()
    desk.get_by_role("link", name="导出 Excel").click()
    expect(desk.locator(".facts")).to_contain_text("上报记分")
    expect(desk.locator(".facts")).to_contain_text(f"{len(names)} 条")
    assert_accessible(desk)
    desk.get_by_role("button", name="开始导出").click()
    name, content = downloaded(desk)
    assert re.fullmatch(r"审计日志_\d{4}-\d\d-\d\d\.xlsx", name)
    head, *rows = sheets(content)["审计日志"]
    assert head[-1] == "校验码" and [row[4] for row in rows] == names
    assert all(re.fullmatch("[0-9a-f]{64}", str(row[-1])) for row in rows)
    assert_accessible(desk)


@looks
def test_the_chain_is_seen_verified(desk: Page, size: tuple[int, int], scheme: str) -> None:
    sit_down(desk, size, scheme)
    desk.get_by_role("link", name="完整性校验").click()
    expect(desk.get_by_role("status").filter(has_text="日志完整")).to_be_visible()
    expect(desk.get_by_text(re.compile(r"共 [\d,]+ 条记录，逐条重新计算"))).to_be_visible()
    assert_accessible(desk)
    noted = desk.get_by_label("链尾清单").input_value()
    desk.get_by_role("button", name="核对").click()
    expect(desk.get_by_text("核对一致", exact=True)).to_be_visible()
    assert_accessible(desk)
    forged = re.sub(r"^(\S+ .{63}).", lambda line: line[1] + "g", noted)
    desk.get_by_label("链尾清单").fill(forged)
    desk.get_by_role("button", name="核对").click()
    expect(desk.get_by_label("链尾清单")).to_be_focused()
    expect(desk.locator("#noted-error")).to_contain_text("第 1 行不是链尾")
    expect(desk.get_by_label("链尾清单")).to_have_value(forged)
    first = noted.splitlines()[0]
    other = first[:-1] + ("0" if first[-1] != "0" else "1")
    desk.get_by_label("链尾清单").fill(noted.replace(first, other))
    desk.get_by_role("button", name="核对").click()
    expect(desk.get_by_text("核对不一致", exact=True)).to_be_visible()
    assert_accessible(desk)
