"""What a workbook must not contain, however it came there."""

import zipfile
from datetime import date
from io import BytesIO

import pytest

from tests.imports.workbooks import member, tampered, workbook
from webapp.accounts.staff.rows import SHEET
from webapp.imports import reading

PART = "xl/worksheets/sheet1.xml"


def problem(data):
    with pytest.raises(reading.Unreadable) as refusal:
        reading.read(data, SHEET)
    return refusal.value.problems[0]


def test_it_works():
    one = member()
    assert reading.read(workbook([one]), SHEET) == [(2, list(one.values()))]


def test_a_mobile_stored_as_a_number_is_read():
    assert reading.read(workbook([member(手机号=16012345678)]), SHEET)[0][1][3] == "16012345678"


@pytest.mark.parametrize(
    ("column", "value", "words"),
    [
        ("身份证号", 500160199001011234, "数字格式"),
        ("所属科室", 7, "数字格式"),
        ("姓名", True, "逻辑值"),
        ("手机号", 1.5, "数字格式"),
        ("手机号", date(2026, 11, 1), "日期或时间格式"),
    ],
)
def test_wrong_types_are_told_by_cell(column, value, words):
    def write(book, sheet):
        place = list(member()).index(column)
        if isinstance(value, date):
            sheet.write_datetime(1, place, value, book.add_format({"num_format": "yyyy-mm-dd"}))
        else:
            sheet.write(1, place, value)

    found = problem(workbook([member()], write))
    assert (found.line, found.column) == (2, column) and words in found.wrong
    assert "文本格式" in found.right


def test_a_formula_is_refused():
    found = problem(
        workbook([member()], lambda book, sheet: sheet.write_formula("A2", '="示例"', None, "示例"))
    )
    assert (found.line, found.column) == (2, "姓名") and "A2 是公式" in found.wrong


def test_a_hidden_sheet_is_refused():
    found = problem(workbook([member()], lambda book, sheet: book.add_worksheet("私").hide()))
    assert "隐藏的工作表：私" in found.wrong


def test_a_deeply_hidden_sheet_is_refused():
    found = problem(workbook([member()], lambda book, sheet: book.add_worksheet("私").very_hidden()))
    assert "隐藏的工作表：私" in found.wrong


def test_merged_cells_are_refused():
    found = problem(workbook([member()], lambda book, sheet: sheet.merge_range("B3:B4", "内科")))
    assert (found.line, found.column) == (3, "所属科室") and "合并" in found.wrong


def test_another_header_is_refused():
    found = problem(workbook([member()], lambda book, sheet: sheet.write("A1", "名字")))
    assert found.line == 1 and "姓名、所属科室" in found.right


def test_a_column_too_many_is_refused():
    assert "还有内容" in problem(workbook([member()], lambda book, sheet: sheet.write("G2", "x"))).wrong


def test_another_sheet_is_refused():
    data = tampered(workbook([member()]), "xl/workbook.xml", 'name="人员"', 'name="职工"')
    assert "没有名为“人员”的工作表" in problem(data).wrong


def test_more_than_a_thousand_are_refused():
    assert "有 1001 人" in problem(workbook(member() for _ in range(1001))).wrong


def test_a_large_file_is_refused():
    assert "超过 5 MB" in problem(b"x" * (reading.LARGEST_FILE + 1)).wrong


@pytest.mark.parametrize("data", [b"", b"name,mobile\n", b"\xd0\xcf\x11\xe0" + b"\0" * 600])
def test_no_workbook_is_refused(data):
    assert ".xlsx" in problem(data).wrong


def test_another_archive_is_refused():
    stream = BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("readme.txt", "x")
    assert ".xlsx" in problem(stream.getvalue()).wrong


def test_a_cut_off_file_is_refused():
    data = workbook([member()])
    assert problem(data[: len(data) // 2])


def test_a_file_that_unpacks_without_end_is_refused():
    stream = BytesIO(workbook([member()]))
    with zipfile.ZipFile(stream, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/media/x.bin", b"\0" * (reading.LARGEST_UNPACKED + 1))
    assert "过大" in problem(stream.getvalue()).wrong


def test_a_cell_in_the_last_corner_is_refused_before_it_is_read():
    found = problem(workbook([member()], lambda book, sheet: sheet.write("XFD1048576", "x")))
    assert "XFD1048576 离数据太远" in found.wrong


def test_a_sheet_that_expands_is_refused():
    bomb = '<!DOCTYPE x [<!ENTITY a "aaaa">]><worksheet'
    assert "已损坏" in problem(tampered(workbook([member()]), PART, "<worksheet", bomb)).wrong


def test_broken_xml_is_refused():
    assert "已损坏" in problem(tampered(workbook([member()]), PART, "</worksheet>", "")).wrong


def test_cells_without_a_place_are_refused():
    assert "Excel 或 WPS" in problem(tampered(workbook([member()]), PART, '<c r="A2"', "<c")).wrong


def test_a_part_twice_is_refused():
    stream = BytesIO(workbook([member()]))
    with pytest.warns(UserWarning), zipfile.ZipFile(stream, "a") as archive:
        archive.writestr(PART, "<worksheet/>")
    assert problem(stream.getvalue())
