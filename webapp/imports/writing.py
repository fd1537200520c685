"""Workbooks that are handed out, the template to fill in above all."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from io import BytesIO

from xlsxwriter import Workbook

from webapp.imports.reading import NAME
from webapp.imports.rows import Sheet

NOTES = "填写说明"
COLUMN_WIDTH = 24
Table = Sequence[Sequence[str]]


def template(sheet: Sheet, examples: Table, offered: Mapping[str, Iterable[str]]) -> bytes:
    """Return the workbook to fill in, with a second sheet that explains the columns.

    :param offered: lists of what can be filled in, by their headings
    """
    return workbook([(NAME, [sheet.columns]), (NOTES, list(_notes(sheet, examples, offered)))])


def _notes(sheet: Sheet, examples: Table, offered: Mapping[str, Iterable[str]]) -> Iterator[Sequence[str]]:
    yield "列", "怎样填"
    yield from sheet.right.items()
    yield from ((), ("示例",), sheet.columns, *examples)
    for heading, words in offered.items():
        yield from ((), (heading,), *((word,) for word in words))


def workbook(sheets: Iterable[tuple[str, Table]]) -> bytes:
    """Return sheets with bold first rows; every cell is text, so that no name is taken for a formula."""
    stream = BytesIO()
    with Workbook(stream, {"in_memory": True}) as book:
        text, head = book.add_format({"num_format": "@"}), book.add_format({"bold": True, "num_format": "@"})
        for name, rows in sheets:
            sheet = book.add_worksheet(name)
            sheet.set_column(0, max(map(len, rows)) - 1, COLUMN_WIDTH, text)
            for line, row in enumerate(rows):
                for column, cell in enumerate(row):
                    sheet.write_string(line, column, cell, text if line else head)
    return stream.getvalue()
