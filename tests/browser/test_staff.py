"""信息维护 and 工作信息员 on a phone, as the manual shows them (1.2.3, 1.2.4)."""

import re
from collections.abc import Callable
from pathlib import Path
from random import Random

from playwright.sync_api import Page, expect

from tests.browser.axe import assert_accessible
from tests.browser.serving import Server
from tests.browser.steps import sign_in
from tests.imports.workbooks import member, workbook
from webapp.sample import sample_id_number, sample_mobile

ADMINISTRATOR = "13800000001"
rng = Random(20261126)


def add_department(page: Page, name: str, code: str) -> None:
    page.goto("/")
    page.get_by_role("link", name="信息维护").click()
    page.get_by_role("link", name="添加").click()
    page.get_by_label("科室名称").fill(name)
    page.get_by_label("科室编码").fill(code)
    page.get_by_role("button", name="保存").click()


def test_departments_are_added_disabled_and_deleted(phone: Page) -> None:
    sign_in(phone, ADMINISTRATOR)
    add_department(phone, "示例科", "SL01")
    phone.get_by_role("link", name="示例科").click()
    expect(phone.get_by_label("状态")).to_be_checked()
    phone.get_by_label("状态").uncheck()
    phone.get_by_role("button", name="保存").click()
    mine = phone.get_by_role("listitem").filter(has_text="SL01")
    expect(mine).to_contain_text("停用")
    assert_accessible(phone)
    mine.get_by_role("button", name="删除").click()
    phone.get_by_role("dialog").get_by_role("button", name="确认").click()
    expect(phone.get_by_text("科室“示例科”已删除")).to_be_visible()


def test_a_department_in_use_stays(phone: Page) -> None:
    sign_in(phone, ADMINISTRATOR)
    phone.goto("/departments?name=医务科")
    phone.get_by_role("button", name="删除").click()
    phone.get_by_role("dialog").get_by_role("button", name="确认").click()
    expect(phone.get_by_text("谭示文、蒋例明使用，不能删除，只能停用")).to_be_visible()


def fill_person(page: Page, mobile: str) -> None:
    page.goto("/")
    page.get_by_role("link", name="工作信息员").click()
    expect(page.get_by_role("heading", name="医疗机构人员维护")).to_be_visible()
    page.get_by_role("link", name="添加").click()
    page.get_by_label("姓名").fill("示例新")
    page.get_by_label("所属科室").select_option("内科")
    page.get_by_label("身份证号").fill(sample_id_number(rng))
    page.get_by_label("手机号").fill(mobile)
    expect(page.get_by_role("checkbox", name="机构执业")).to_be_hidden()
    page.get_by_role("checkbox", name="医疗机构自查").check()


def test_a_person_is_added_and_signs_in_with_the_code(phone: Page, open_phone: Callable[[], Page]) -> None:
    mobile = sample_mobile(rng)
    sign_in(phone, ADMINISTRATOR)
    fill_person(phone, mobile)
    phone.get_by_role("button", name="保存").click()
    expect(phone.get_by_role("link", name="请选择执业自查范围")).to_be_visible()
    assert_accessible(phone)
    phone.get_by_role("checkbox", name="机构执业").check()
    phone.get_by_role("button", name="保存").click()
    code = phone.get_by_role("status").filter(has_text=re.compile(r"^\w{5}-\w{5}$")).inner_text()
    assert_accessible(phone)

    other = open_phone()
    other.goto("/login")
    other.get_by_role("link", name="首次登录").click()
    assert_accessible(other)
    other.get_by_label("手机号码").fill(mobile)
    other.get_by_label("一次性口令").fill(code.lower())
    for label in ("设置密码", "确认密码"):
        other.get_by_role("textbox", name=label).fill("Mangguo73shu")
    other.get_by_role("button", name="设置密码并登录").click()
    expect(other.get_by_role("link", name="自查填报")).to_be_visible()


def test_staff_are_queried_and_edited(phone: Page) -> None:
    sign_in(phone, ADMINISTRATOR)
    phone.goto("/staff")
    phone.get_by_text("查询条件").click()
    phone.get_by_label("科室名称").select_option("检验科")
    phone.get_by_role("button", name="查询").click()
    expect(phone.locator("#results .record-title")).to_have_text(["秦例清"])
    assert_accessible(phone)
    phone.get_by_role("link", name="编辑").click()
    expect(phone.get_by_label("身份证号")).to_have_value(re.compile(r"^\d{4}\*{8}\d{3}[\dX]$"))
    assert_accessible(phone)
    phone.get_by_role("button", name="保存").click()
    expect(phone.get_by_text("秦例清的信息已保存")).to_be_visible()


def test_people_are_imported(phone: Page, tmp_path: Path) -> None:
    sign_in(phone, ADMINISTRATOR)
    phone.goto("/staff")
    phone.get_by_role("link", name="导入").click()
    assert_accessible(phone)
    wrong, right = tmp_path / "wrong.xlsx", tmp_path / "right.xlsx"
    wrong.write_bytes(workbook([member(姓名="导入甲", 手机号="1")]))
    right.write_bytes(workbook([member(姓名="导入甲"), member(姓名="导入乙")]))
    phone.get_by_label("Excel 文件").set_input_files(wrong)
    phone.get_by_role("button", name="检查文件").click()
    expect(phone.get_by_role("row", name="2 手机号 手机号应为11位数字")).to_be_visible()
    assert_accessible(phone)
    phone.get_by_label("Excel 文件").set_input_files(right)
    phone.get_by_role("button", name="检查文件").click()
    expect(phone.get_by_role("button", name="确认导入")).to_be_visible()
    assert_accessible(phone)
    phone.get_by_role("button", name="确认导入").click()
    with phone.expect_download() as download:
        phone.get_by_role("button", name="下载一次性口令").click()
    assert download.value.suggested_filename == "一次性口令.xlsx"


def test_administration_asks_before_it_goes(phone: Page, server: Server) -> None:
    sign_in(phone, ADMINISTRATOR)
    phone.goto("/staff?name=谭示文")
    phone.get_by_role("link", name="编辑").click()
    phone.get_by_role("link", name="移交管理权").click()
    assert_accessible(phone)
    phone.get_by_role("button", name="移交管理权").click()
    expect(phone.get_by_text("请先勾选确认，再移交").last).to_be_visible()
