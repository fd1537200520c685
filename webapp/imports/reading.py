"""Reading a workbook that was uploaded.

A workbook comes from outside and may be hostile: it is unpacked within limits, and its sheet is looked
through as XML, before the reader sees it. A single cell in the last corner would else fill the memory.
"""

import re
import zipfile
from collections.abc import Sequence
from io import BytesIO
from posixpath import join
from typing import Any
from xml.etree import ElementTree

from python_calamine import CalamineError, CalamineWorkbook, SheetVisibleEnum

from webapp.imports.rows import Line, Problem, Sheet

MEGABYTE = 1024 * 1024
LARGEST_FILE, LARGEST_UNPACKED = 5 * MEGABYTE, 40 * MEGABYTE
MOST_PEOPLE = 1000
# Further down or to the right nobody types by intention, and the reader would reserve all that lies between.
LAST_ROW, LAST_COLUMN = 5000, 100
NAME = "人员"
SAVE_ANEW = "从本页下载模板，把人员填进去，保存为 .xlsx 后上传"
MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
LINK = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
CELL = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")


class Unreadable(Exception):
    """The file as a whole is refused; ``problems`` say why."""

    def __init__(self, *problems: Problem) -> None:
        super().__init__(*problems)
        self.problems = list(problems)


def _refused(wrong: str, right: str = SAVE_ANEW, line: int = 0, column: str = "") -> Unreadable:
    return Unreadable(Problem(line, column, wrong, right))


def read(data: bytes, sheet: Sheet) -> list[Line]:
    """Return the filled-in rows of the sheet 人员 with their numbers, each with one text per column.

    :param sheet: the columns that it must have

    :raises Unreadable: the file is no such workbook, or has what cannot be taken over as it looks
    """
    if len(data) > LARGEST_FILE:
        raise _refused("文件超过 5 MB", "只保留人员数据，去掉图片和多余的工作表")
    _look_through(data, sheet)
    try:
        with CalamineWorkbook.from_filelike(BytesIO(data)) as book:
            hidden = [s.name for s in book.sheets_metadata if s.visible != SheetVisibleEnum.Visible]
            if hidden:
                raise _refused(f"有隐藏的工作表：{'、'.join(hidden)}", "取消隐藏或删除这些工作表")
            found = book.get_sheet_by_name(NAME)
            if found.merged_cell_ranges:
                (row, column), _ = found.merged_cell_ranges[0]
                title = "".join(sheet.columns[column : column + 1])
                raise _refused("有合并的单元格", "取消合并，每人一行", row + 1, title)
            return _lines(found.to_python(skip_empty_area=False), sheet)
    except CalamineError as error:
        raise _refused("文件已损坏，或者不是 Excel 工作簿") from error


def _look_through(data: bytes, sheet: Sheet) -> None:
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            names = archive.namelist()
            if (
                len(set(names)) < len(names)
                or sum(i.file_size for i in archive.infolist()) > LARGEST_UNPACKED
            ):
                raise _refused("文件内容过大或已损坏")
            if archive.testzip() is not None:
                raise _refused("文件已损坏")
            _check_cells(archive.read(_part_of_sheet(archive)), sheet.columns)
    except (zipfile.BadZipFile, KeyError, ValueError, RuntimeError, NotImplementedError) as error:
        raise _refused("不是 .xlsx 格式的 Excel 文件，或者设了打开密码") from error
    except ElementTree.ParseError as error:
        raise _refused("文件已损坏，或者不是 Excel 工作簿") from error


def _part_of_sheet(archive: zipfile.ZipFile) -> str:
    """Where in the archive the sheet lies."""
    sheets = _xml(archive.read("xl/workbook.xml")).iter(f"{MAIN}sheet")
    links = [sheet.get(LINK) for sheet in sheets if sheet.get("name") == NAME]
    if len(links) != 1:
        raise _refused(f"没有名为“{NAME}”的工作表")
    relations = _xml(archive.read("xl/_rels/workbook.xml.rels"))
    target = next(str(relation.get("Target")) for relation in relations if relation.get("Id") == links[0])
    return target.lstrip("/") if target.startswith(("/", "xl/")) else join("xl", target)


def _check_cells(part: bytes, columns: Sequence[str]) -> None:
    """Refuse formulas, and cells where nobody types."""
    for cell in _xml(part).iter(f"{MAIN}c"):
        place = CELL.fullmatch(cell.get("r", ""))
        if place is None:
            raise _refused("文件不是由 Excel 或 WPS 保存的")
        if cell.find(f"{MAIN}f") is not None:
            wrong, right = f"单元格 {place[0]} 是公式", "复制后“选择性粘贴—数值”，只留下文字"
            raise _refused(wrong, right, int(place[2]), _title(place[1], columns))
        if len(cell) and (int(place[2]) > LAST_ROW or _position(place[1]) > LAST_COLUMN):
            raise _refused(f"单元格 {place[0]} 离数据太远", f"删去它，人员最多 {MOST_PEOPLE} 行")


def _xml(part: bytes) -> ElementTree.Element:
    # Entities are how small XML grows large; a workbook has no use for them.
    if b"<!DOCTYPE" in part or b"<!ENTITY" in part:
        raise _refused("文件已损坏，或者不是 Excel 工作簿")
    return ElementTree.fromstring(part)  # noqa: S314 - see above, and the size is limited


def _lines(table: Sequence[Sequence[Any]], sheet: Sheet) -> list[Line]:
    columns = sheet.columns
    header = [str(cell).strip() for cell in table[0]] if table else []
    if header[: len(columns)] != columns or any(header[len(columns) :]):
        raise _refused("第 1 行的列名与模板不同", f"依次为：{'、'.join(columns)}", line=1)
    problems: list[Problem] = []
    filled = [(n, row) for n, row in enumerate(table[1:], start=2) if any(map(_filled, row))]
    lines = [(n, _texts(n, row, sheet, problems)) for n, row in filled]
    if not lines:
        raise _refused(f"工作表“{NAME}”里没有人员", "从第 2 行起，每人一行")
    if len(lines) > MOST_PEOPLE:
        raise _refused(
            f"有 {len(lines)} 人，超过一次 {MOST_PEOPLE} 人", f"分成几个文件，每个最多 {MOST_PEOPLE} 人"
        )
    if problems:
        raise Unreadable(*problems)
    return lines


def _filled(cell: Any) -> bool:
    return cell != "" if not isinstance(cell, str) else bool(cell.strip())


def _texts(line: int, row: Sequence[Any], sheet: Sheet, problems: list[Problem]) -> list[str]:
    """The row as texts; of numbers only those of some columns survive being stored as a number."""
    texts = []
    for column, cell in zip(sheet.right, row, strict=False):
        text = cell.strip() if isinstance(cell, str) else ""
        if isinstance(cell, float) and column in sheet.numeric and cell.is_integer():
            text = str(int(cell))
        elif not isinstance(cell, str):
            problems.append(Problem(line, column, _type_problem(cell), "把单元格设为文本格式，再重新填写"))
        texts.append(text)
    extra = [cell for cell in row[len(texts) :] if _filled(cell)]
    if extra:
        problems.append(Problem(line, sheet.columns[-1], "这一行在最后一列之后还有内容", "删去多出的内容"))
    return texts


def _type_problem(cell: Any) -> str:
    if isinstance(cell, bool):
        return "单元格是逻辑值，不是文字"
    if isinstance(cell, int | float):
        return "单元格是数字格式，开头的 0 和第 15 位以后的数字会丢失"
    return "单元格是日期或时间格式，不是文字"


def _title(letters: str, columns: Sequence[str]) -> str:
    """The column's title, or its letters where it has none."""
    position = _position(letters)
    return columns[position - 1] if position <= len(columns) else letters


def _position(letters: str) -> int:
    position = 0
    for letter in letters:
        position = position * 26 + ord(letter) - ord("A") + 1
    return position
