"""导入人员: /staff/import, its dry run, its confirmation and its codes."""

from dataclasses import replace
from io import BytesIO

import pytest
from python_calamine import CalamineWorkbook

from tests import factories
from tests.accounts.staff.conftest import department_of
from tests.imports.workbooks import accepted, member, reported, upload, workbook
from tests.sessions import counted_statements
from webapp.accounts.codes import FirstSignInCode
from webapp.accounts.models import User
from webapp.accounts.staff.imports import StaffImport
from webapp.accounts.staff.rows import SHEET
from webapp.audit.models import AuditEntry
from webapp.catalog import catalog
from webapp.database import db, now

URL = "/staff/import"


def staff():
    return db.session.query(User).filter(~User.is_administrator).order_by(User.id).all()


@pytest.fixture(autouse=True)
def departments(administrator, department):
    return department


def test_it_works(desk, department, administrator):
    rows = [member(), member(姓名="示例乙", 所属科室="NK", 业务范围="", 执业自查范围="")]
    place = accepted(upload(desk, URL, workbook(rows)))
    assert "共 2 人，还没有导入" in desk.get(place).text
    assert staff() == []
    assert desk.post(place, follow_redirects=True).text.count("已导入 2 人") == 1
    first, second = staff()
    assert (first.name, first.id_number, first.mobile) == ("示例甲", rows[0]["身份证号"], rows[0]["手机号"])
    assert set(first.inspection_scope) == catalog().current_checklist().expand(["JG"])
    assert (first.is_scorer, second.is_inspector, second.is_scorer) == (True, False, False)
    assert {person.department_id for person in staff()} == {department.id}
    assert {person.institution_id for person in staff()} == {administrator.institution_id}


def test_it_asks_to_sign_in(client):
    assert client.get(URL).location.startswith("/login")


def test_it_refuses_other_roles(as_user, inspector, reviewer):
    for user in (inspector, reviewer):
        assert as_user(user).get(URL).status_code == 403
        assert as_user(user).get(f"{URL}/template").status_code == 403


def test_the_template_has_columns_examples_and_ones_own_departments(desk):
    book = CalamineWorkbook.from_filelike(BytesIO(desk.get(f"{URL}/template").data))
    assert book.sheet_names == ["人员", "填写说明"]
    assert book.get_sheet_by_name("人员").to_python() == [SHEET.columns]
    notes = [cell for line in book.get_sheet_by_name("填写说明").to_python() for cell in line]
    assert {"样例甲", "内科", "机构执业", *SHEET.columns} <= set(notes)


def test_the_templates_own_examples_can_be_imported(desk):
    notes = CalamineWorkbook.from_filelike(BytesIO(desk.get(f"{URL}/template").data)).get_sheet_by_name(
        "填写说明"
    )
    examples = [line for line in notes.to_python() if str(line[0]).startswith("样例")]
    rows = [dict(zip(SHEET.columns, line, strict=True)) for line in examples]
    accepted(upload(desk, URL, workbook(rows)))


def test_an_empty_template_is_refused(desk):
    assert reported(upload(desk, URL, desk.get(f"{URL}/template").data))[0][2] == "工作表“人员”里没有人员"


def test_no_file_is_refused(desk):
    answer = desk.post(URL, data={})
    assert answer.status_code == 422 and "请选择填好的 Excel 文件" in answer.text


@pytest.mark.parametrize(
    ("column", "value", "wrong"),
    [
        ("姓名", "", "没有填写姓名"),
        ("姓名", "示例1", "姓名不能含有“1”"),
        ("姓名", "甲" * 51, "姓名有 51 个字"),
        ("所属科室", "", "没有填写所属科室"),
        ("所属科室", "外科", "本机构没有科室“外科”"),
        ("所属科室", "旧科", "已停用"),
        ("所属科室", "双科", "有 2 个科室叫“双科”"),
        ("身份证号", "", "没有填写身份证号"),
        ("身份证号", "500106199001011235", "校验位不符"),
        ("手机号", "12345", "手机号应为11位"),
        ("业务范围", "管理员", "不能识别“管理员”"),
        ("执业自查范围", "", "没有填执业自查范围"),
        ("执业自查范围", "机构执业、外太空", "不能识别“外太空”"),
    ],
)
def test_each_mistake_is_told_by_row_and_column(desk, administrator, column, value, wrong):
    department_of(administrator, "旧科", "JK", is_enabled=False)
    department_of(administrator, "双科", "S1")
    department_of(administrator, "双科", "S2")
    (line, place, found, right), *more = reported(
        upload(desk, URL, workbook([member(), member(**{column: value})]))
    )
    assert (line, place) == ("3", column) and wrong in found and right
    assert more == [] and staff() == []
    assert db.session.query(StaffImport).count() == 0


def test_a_scope_without_self_inspection_is_asked_about(desk):
    found = reported(upload(desk, URL, workbook([member(业务范围="医疗机构不良记分")])))
    assert [place for _, place, *_ in found] == ["业务范围"]


def test_a_scope_beyond_the_institutions_own_is_refused(desk, administrator):
    administrator.institution.scope = ["WS-CF"]
    db.session.commit()
    assert (
        "不在本机构的范围内" in reported(upload(desk, URL, workbook([member(执业自查范围="机构资质")])))[0][2]
    )
    accepted(upload(desk, URL, workbook([member(执业自查范围="全部")])))


def test_another_institutions_department_is_unknown(desk, stranger):
    theirs = department_of(stranger, "他科", "TK")
    for text in ("他科", "TK", str(theirs.uuid), str(theirs.id)):
        assert "本机构没有科室" in reported(upload(desk, URL, workbook([member(所属科室=text)])))[0][2]


def test_rows_that_repeat_each_other_are_refused(desk):
    one = member()
    found = reported(upload(desk, URL, workbook([one, member(), one])))
    assert [line[:3] for line in found] == [
        ["4", "身份证号", "与第 2 行重复"],
        ["4", "手机号", "与第 2 行重复"],
    ]


def test_people_there_already_are_refused(desk, inspector, stranger):
    rows = [
        member(身份证号=inspector.id_number),
        member(手机号=inspector.mobile),
        member(手机号=stranger.mobile),
    ]
    answer = upload(desk, URL, workbook(rows))
    texts = [text for _, _, text, _ in reported(answer)]
    assert f"本机构的{inspector.name}已使用这个身份证号" in texts[0]
    assert f"本机构的{inspector.name}已使用这个手机号" in texts[1]
    assert "已经用于另一个账号" in texts[2] and stranger.name not in answer.text


def test_every_mistake_is_told_at_once_in_order(desk):
    found = reported(
        upload(desk, URL, workbook([member(手机号="1", 姓名=""), member(), member(所属科室="x")]))
    )
    assert [line[:2] for line in found] == [["2", "姓名"], ["2", "手机号"], ["4", "所属科室"]]


def test_blank_rows_are_passed_over(desk):
    rows = [member(), dict.fromkeys(SHEET.columns, " "), member()]
    assert "共 2 人" in desk.get(accepted(upload(desk, URL, workbook(rows)))).text


def test_what_waits_is_nobody_elses(desk, as_user, stranger, administrator):
    place = accepted(upload(desk, URL, workbook([member()])))
    colleague = factories.UserFactory(administrator=True, institution=administrator.institution)
    for other in (as_user(stranger), as_user(colleague)):
        assert other.get(place).status_code == other.post(place).status_code == 404
        assert other.post(f"{place}/codes").status_code == 404
    assert staff() == []


def test_what_waits_is_neither_readable_nor_in_the_page(desk):
    one = member()
    place = accepted(upload(desk, URL, workbook([one])))
    page = desk.get(place).text
    raw = db.session.execute(db.text("SELECT rows FROM staff_imports")).scalar()
    for text in (page, raw):
        assert one["身份证号"] not in text and one["手机号"] not in text


def test_what_waits_is_forgotten_after_an_hour(desk):
    place = accepted(upload(desk, URL, workbook([member()])))
    waiting = db.session.query(StaffImport).one()
    waiting.made_at = now() - StaffImport.LIFETIME
    assert desk.get(place).status_code == desk.post(place).status_code == 404


def test_confirming_twice_imports_once(desk):
    place = accepted(upload(desk, URL, workbook([member()])))
    for _ in range(2):
        assert desk.post(place).status_code == 303
    assert len(staff()) == 1


def test_all_or_nothing_when_something_changed_meanwhile(desk, department):
    rows = [member(), member()]
    place = accepted(upload(desk, URL, workbook(rows)))
    factories.UserFactory(mobile=rows[1]["手机号"])
    before = db.session.query(User).count()
    assert reported(desk.post(place))[0][:2] == ["3", "手机号"]
    assert db.session.query(User).count() == before


def test_all_or_nothing_in_a_race(desk, monkeypatch):
    """The second row's number is taken after the check and before the rows are written."""
    rows, real, asked = [member(), member()], StaffImport.check, []
    place = accepted(upload(desk, URL, workbook(rows)))
    factories.UserFactory(mobile=rows[1]["手机号"])

    def late(lines, by):
        checked = real(lines, by)
        asked.append(checked)
        return checked if len(asked) > 1 else replace(checked, problems=[])

    monkeypatch.setattr(StaffImport, "check", staticmethod(late))
    before = db.session.query(User).count()
    assert reported(desk.post(place))[0][:2] == ["3", "手机号"]
    assert db.session.query(User).count() == before


def test_the_codes_are_handed_out_once(desk, client):
    one = member()
    place = accepted(upload(desk, URL, workbook([one])))
    desk.post(place)
    answer = desk.post(f"{place}/codes")
    book = CalamineWorkbook.from_filelike(BytesIO(answer.data)).get_sheet_by_index(0).to_python()
    assert book[1][:2] == ["示例甲", "内科"] and one["手机号"] not in str(book)
    assert FirstSignInCode.holder(one["手机号"], book[1][3]).name == "示例甲"
    again = desk.post(f"{place}/codes", follow_redirects=True)
    assert "已经下载过一次" in again.text


def test_no_codes_before_the_confirmation(desk):
    place = accepted(upload(desk, URL, workbook([member()])))
    assert desk.post(f"{place}/codes").location == place


def test_a_name_that_looks_like_a_formula_is_no_name(desk):
    data = workbook([member()], lambda book, sheet: sheet.write_string("A2", "=1+1"))
    assert "姓名不能含有“=”" in reported(upload(desk, URL, data))[0][2]


def test_it_is_recorded(desk):
    place = accepted(upload(desk, URL, workbook([member(), member()])))
    desk.post(place)
    desk.post(f"{place}/codes")
    actions = [entry.action for entry in db.session.query(AuditEntry).order_by(AuditEntry.id)]
    assert actions == ["staff-added", "staff-added", "staff-imported", "codes-issued"]


def test_a_thousand_rows_are_checked_in_the_same_statements(desk):
    counts = []
    for number in (1, 1000):
        data = workbook(member() for _ in range(number))
        with counted_statements() as statements:
            place = accepted(upload(desk, URL, data))
        counts.append(len(statements))
    assert counts[0] == counts[1]
    desk.post(place)
    assert len(staff()) == 1000
