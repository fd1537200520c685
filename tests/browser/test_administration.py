"""The system administrator's desktop: accounts, versions of the checklists, settings."""

import re
from collections.abc import Iterator
from random import Random

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.axe import assert_accessible
from tests.browser.conftest import DESK, browsing
from tests.browser.serving import Server
from tests.browser.steps import sign_in, type_sign_in
from tests.shelves import NEWER, OLDER, two_versions
from webapp.sample import sample_id_number, sample_mobile

SYSTEM = "13800000021"
NEW_PASSWORD = "Mangguo73shu"
rng = Random()
looks = pytest.mark.parametrize(
    ("size", "scheme"),
    [((1440, 900), "light"), ((1024, 768), "dark"), ((1440, 900), "dark"), ((1024, 768), "light")],
    ids=["wide-light", "narrow-dark", "wide-dark", "narrow-light"],
)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A demo of its own, with two versions of everything: what is set here is seen by all its pages."""
    server = Server(tmp_path_factory.mktemp("administered"))
    server.configure(CHECKLISTS=str(two_versions(server.instance / "checklists")))
    server.start()
    yield server
    server.kill()


@pytest.fixture
def elsewhere(server: Server, chromium: Browser, faults: list[str]) -> Iterator[Page]:
    """A page in another browser."""
    with browsing(chromium, server, faults, **DESK) as context:
        yield context.new_page()


def sit_down(page: Page, size: tuple[int, int], scheme: str = "light") -> None:
    page.set_viewport_size({"width": size[0], "height": size[1]})
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    sign_in(page, SYSTEM)


def add_reviewer(page: Page, name: str, mobile: str) -> str:
    """Add one for 巴南区, at first with a form that lacks everything; return the one-time code."""
    page.get_by_role("link", name="账号管理").click()
    page.get_by_role("link", name="添加账号").click()
    page.get_by_label("角色").select_option("监督员")
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_label("负责地区")).to_be_focused()
    assert_accessible(page)
    page.get_by_label("负责地区").select_option("巴南区")
    page.get_by_label("姓名").fill(name)
    page.get_by_label("手机号").fill(mobile)
    page.get_by_label("身份证号").fill(sample_id_number(rng))
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_role("heading", name=f"{name}已添加")).to_be_visible()
    assert_accessible(page)
    code = page.locator("output").inner_text()
    page.get_by_role("link", name="完成").click()
    return code


def first_sign_in(page: Page, mobile: str, code: str) -> None:
    page.goto("/first-sign-in")
    page.get_by_label("手机号码").fill(mobile)
    page.get_by_label("一次性口令").fill(code)
    for label in ("设置密码", "确认密码"):
        page.get_by_role("textbox", name=label).fill(NEW_PASSWORD)
    page.get_by_role("button", name="设置密码并登录").click()


@looks
def test_a_reviewer_is_added_works_and_is_disabled(
    desk: Page, elsewhere: Page, size: tuple[int, int], scheme: str
) -> None:
    name, mobile = f"样例{rng.choice('甲乙丙丁戊己')}{rng.choice('春夏秋冬')}", sample_mobile(rng)
    sit_down(desk, size, scheme)
    code = add_reviewer(desk, name, mobile)
    row = desk.locator("tr[data-href]").first
    expect(row).to_contain_text(name)
    expect(row).to_contain_text("待首次登录")
    first_sign_in(elsewhere, mobile, code)
    expect(elsewhere).to_have_url(re.compile("/supervision/$"))

    row.get_by_role("link", name=f"查看 {name}").click()
    desk.get_by_role("button", name="停用").click()
    asked = desk.get_by_role("dialog", name="停用")
    expect(asked).to_contain_text("会立即退出，记录全部保留")
    assert_accessible(desk)
    asked.get_by_role("button", name="确认").click()
    expect(desk.get_by_text(f"{name}的账号已停用")).to_be_visible()
    expect(desk.get_by_role("button", name="启用")).to_be_visible()

    elsewhere.get_by_role("link", name="自查记录查询").click()
    expect(elsewhere).to_have_url(re.compile("/login"))
    type_sign_in(elsewhere, mobile, NEW_PASSWORD)
    expect(elsewhere.get_by_text("手机号码或密码不正确")).to_be_visible()

    desk.get_by_role("link", name="返回").first.click()
    desk.get_by_label("状态").select_option("停用")
    desk.get_by_role("button", name="查询").click()
    expect(desk).to_have_url(re.compile("state=disabled"))
    expect(desk.locator("tr[data-href]").first).to_contain_text(name)
    expect(desk.locator("tr[data-href] .tag", has_not_text="停用")).to_have_count(0)


@looks
def test_two_versions_are_compared(desk: Page, size: tuple[int, int], scheme: str) -> None:
    sit_down(desk, size, scheme)
    desk.get_by_role("link", name="清单与规则").click()
    assert_accessible(desk)
    desk.get_by_role("link", name="比较版本").first.click()
    expect(desk.get_by_role("heading", name="医疗机构依法执业自查清单：版本比较")).to_be_visible()
    for told in ("新增 1 项", "删除 1 项", "改文字 1 项"):
        expect(desk.get_by_text(told)).to_be_visible()
    reworded = desk.locator("#JG-ZZ-001")
    expect(reworded.locator("del")).to_have_text("应当")
    expect(reworded.locator("ins")).to_have_text("必须")
    before, after = reworded.locator("dd").all()
    left, right = before.bounding_box(), after.bounding_box()
    assert left and right and left["x"] + left["width"] <= right["x"] and left["y"] == right["y"]
    assert_accessible(desk)
    assert desk.evaluate("document.documentElement.scrollWidth <= innerWidth")
    compare(desk, NEWER, OLDER)
    expect(reworded.locator("ins")).to_have_text("应当")
    compare(desk, NEWER, NEWER)
    expect(desk.get_by_text("两个版本没有不同")).to_be_visible()


def compare(page: Page, before: str, after: str) -> None:
    page.get_by_label("旧版").select_option(before)
    page.get_by_label("新版").select_option(after)
    page.get_by_role("button", name="比较").click()
    expect(page).to_have_url(re.compile(f"before={before}&after={after}"))


@looks
def test_a_setting_is_changed(desk: Page, elsewhere: Page, size: tuple[int, int], scheme: str) -> None:
    words = f"系统将于 {rng.randrange(1, 29)} 日 22:00 维护，预计 {rng.randrange(10, 60)} 分钟"
    sit_down(desk, size, scheme)
    desk.get_by_role("link", name="系统设置").click()
    desk.get_by_label("登录页公告").fill(words)
    desk.get_by_label("技术支持电话").fill("12")
    desk.get_by_role("button", name="保存").click()
    expect(desk.get_by_label("技术支持电话")).to_be_focused()
    expect(desk.get_by_label("登录页公告")).to_have_value(words)
    assert_accessible(desk)
    desk.get_by_label("技术支持电话").fill("023-60000000")
    desk.get_by_role("button", name="保存").click()
    expect(desk.get_by_text("设置已保存，立即生效。")).to_be_visible()
    elsewhere.goto("/login")
    expect(elsewhere.get_by_text(words)).to_be_visible()
    expect(elsewhere.get_by_text("023-60000000")).to_be_visible()
    assert_accessible(elsewhere)


def test_who_saves_later_sees_both(desk: Page, elsewhere: Page) -> None:
    for page in (desk, elsewhere):
        sit_down(page, (1024, 768))
        page.goto("/admin/settings")
    for page, words in ((elsewhere, "先保存的公告"), (desk, "后保存的公告")):
        page.get_by_label("登录页公告").fill(words)
        page.get_by_role("button", name="保存").click()
        expect(page.get_by_role("status").or_(page.get_by_role("alert")).first).to_contain_text("保存")
    expect(desk.get_by_role("row", name="登录页公告 先保存的公告 后保存的公告")).to_be_visible()
    assert_accessible(desk)
    desk.get_by_role("button", name="保存").click()
    expect(desk.get_by_text("设置已保存，立即生效。")).to_be_visible()
