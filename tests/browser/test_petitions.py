"""A record is contested on a phone and decided on a desk, and the ledger tells of it."""

from pathlib import Path

from playwright.sync_api import Page, expect

from tests import factories
from tests.browser.axe import assert_accessible
from tests.browser.steps import sign_in

SCORER, DISTRICT = "13800000003", "13800000011"


def open_record(page: Page, name: str) -> None:
    sign_in(page, SCORER)
    page.goto("/demerits")
    page.locator("a.record", has_text=name).filter(has_text="已上报").first.click()
    expect(page.get_by_role("heading", name="记分记录详情")).to_be_visible()


def test_a_wrong_entry_is_withdrawn(phone: Page, desk: Page, tmp_path: Path) -> None:
    photo = tmp_path / "照片.jpg"
    photo.write_bytes(factories.jpeg(800, 600).getvalue())
    open_record(phone, "单示雄")
    phone.get_by_role("link", name="申请撤销").click()
    phone.get_by_role("button", name="提交").click()
    expect(phone.get_by_text("请写明情况，至少 5 个字").first).to_be_visible()
    expect(phone.get_by_label("撤销理由")).to_be_focused()
    phone.get_by_label("撤销理由").fill("当日轮休，记错了人，附排班表。")
    phone.locator("input[type=file]").set_input_files(photo)
    expect(phone.locator(".photo[data-photo] img")).to_have_count(1)
    assert_accessible(phone)
    phone.get_by_role("button", name="提交").click()
    expect(phone.get_by_text("撤销申请已提交")).to_be_visible()
    decide(desk, "单示雄", "同意撤销")
    phone.reload()
    expect(phone.get_by_text("由 程示区 处理，减 1 分")).to_be_visible()
    phone.get_by_role("link", name="记分台账").click()
    expect(phone.locator(".standing .total")).to_have_text("0分")
    expect(phone.get_by_text("程示区 处理：同意撤销，减 1 分")).to_be_visible()
    assert_accessible(phone)


def decide(desk: Page, name: str, outcome: str) -> None:
    sign_in(desk, DISTRICT)
    desk.get_by_role("link", name="撤销与申辩").click()
    desk.locator("tr[data-href]", has_text=name).first.get_by_role("link", name="查看").click()
    expect(desk.get_by_role("link", name="证明材料")).to_be_visible()
    desk.get_by_role("button", name="提交").click()
    expect(desk.get_by_text("请选择处理结果").first).to_be_visible()
    assert_accessible(desk)
    desk.get_by_label(outcome, exact=True).check()
    desk.get_by_label("处理理由").fill("已核对排班表，情况属实。")
    desk.get_by_role("button", name="提交").click()
    expect(desk.get_by_text(f"{name}的撤销申请：{outcome}。")).to_be_visible()
