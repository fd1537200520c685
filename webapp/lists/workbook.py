"""The workbook that an export makes: a sheet of rows, and one that says what they are.

Rows are written out as they come, so that a hundred thousand take no more memory than a hundred.
"""

import unicodedata
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from types import TracebackType
from typing import Any, NamedTuple, Self

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

# A sheet ends at 1,048,576 rows, its head included.
ROWS_A_SHEET = 1_000_000
NARROWEST, WIDEST = 8, 60
# What a spreadsheet takes for a formula when somebody edits the cell.
FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")
FONT = {"font_name": "等线", "font_size": 11, "valign": "vcenter"}


class Head(NamedTuple):
    """A column's title, and what its cells are: ``text``, ``number`` or ``day``."""

    title: str
    kind: str


class ListBook:
    """An Excel file of one list; to be used as a context, at whose end it is complete."""

    def __init__(self, file: Path, title: str, heads: Sequence[Head]) -> None:
        """:param title: names the sheet; sheets after the first carry a number too"""
        self._book = Workbook(file, {"constant_memory": True, "tmpdir": str(file.parent)})
        self._title = title
        self._heads = heads
        self._head = self._format(bold=True, bg_color="#DCE8F6", bottom=1, text_wrap=True)
        self._text, self._quoted = self._format(), self._format(quote_prefix=True)
        self._kinds = {
            "number": self._format(align="left"),
            "day": self._format(num_format="yyyy-mm-dd", align="left"),
        }
        self._widths = [_width(head.title) + 4 for head in heads]
        self._sheets: list[tuple[Worksheet, int]] = []
        self.rows = 0
        self._begin()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._finish()
        self._book.close()

    def add(self, rows: Iterable[Sequence[str]]) -> None:
        """Write rows, each with a text for every column; a day is written like 2026-09-27."""
        for row in rows:
            sheet, line = self._sheets[-1]
            if line > ROWS_A_SHEET:
                sheet, line = self._begin()
            for place, (head, text) in enumerate(zip(self._heads, row, strict=True)):
                self._write(sheet, line, place, head.kind, text)
            self._sheets[-1] = sheet, line + 1
            self.rows += 1

    def explain(self, facts: Iterable[tuple[str, str]]) -> None:
        """Add the sheet 说明 with a line for each fact."""
        sheet = self._book.add_worksheet("说明")
        sheet.set_column(0, 0, 14, self._format(font_color="#5A6472", valign="top"))
        sheet.set_column(1, 1, 80, self._format(text_wrap=True, valign="top"))
        for line, (name, text) in enumerate(facts):
            self._write(sheet, line, 0, "text", name)
            sheet.write_string(line, 1, text, self._format(text_wrap=True, quote_prefix=True, valign="top"))
        sheet.set_portrait()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)

    def _begin(self) -> tuple[Worksheet, int]:
        number = len(self._sheets) + 1
        sheet = self._book.add_worksheet(self._title if number == 1 else f"{self._title}{number}")
        sheet.freeze_panes(1, 0)
        sheet.set_default_row(18)
        sheet.set_row(0, 22)
        for place, head in enumerate(self._heads):
            sheet.write_string(0, place, head.title, self._head)
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(0)
        sheet.set_footer("&L&A&R第 &P 页，共 &N 页")
        self._sheets.append((sheet, 1))
        return self._sheets[-1]

    def _write(self, sheet: Worksheet, line: int, place: int, kind: str, text: str) -> None:
        if text and kind == "number":
            sheet.write_number(line, place, Decimal(text), self._kinds[kind])
        elif text and kind == "day":
            sheet.write_datetime(line, place, date.fromisoformat(text), self._kinds[kind])
        else:
            # Always a string, whatever it begins with; the prefix keeps it one when the cell is edited.
            look = self._quoted if text.startswith(FORMULA_SIGNS) else self._text
            sheet.write_string(line, place, text, look)
        if place < len(self._widths):
            self._widths[place] = max(self._widths[place], _width(text) + 2)

    def _finish(self) -> None:
        for sheet, lines in self._sheets:
            sheet.autofilter(0, 0, max(lines - 1, 1), len(self._heads) - 1)
            for place, width in enumerate(self._widths):
                sheet.set_column(place, place, min(max(width, NARROWEST), WIDEST))

    def _format(self, **properties: Any) -> Format:
        return self._book.add_format({**FONT, **properties})


def _width(text: str) -> int:
    """How many columns of ordinary letters a text takes; a Chinese character takes two."""
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)
