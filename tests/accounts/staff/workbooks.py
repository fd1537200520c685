"""Staff workbooks as people fill them in, and as they should not."""

import random
import re
import zipfile
from collections.abc import Callable, Iterable
from io import BytesIO
from typing import Any

from xlsxwriter import Workbook

from webapp.accounts.staff.rows import COLUMNS
from webapp.sample import sample_id_number, sample_mobile

rng = random.Random(20261125)


def row(**changes: Any) -> dict[str, Any]:
    """One person who can be imported, but for the changes."""
    return {
        "姓名": "示例甲",
        "所属科室": "内科",
        "身份证号": sample_id_number(rng),
        "手机号": sample_mobile(rng),
        "业务范围": "医疗机构自查、医疗机构不良记分",
        "执业自查范围": "机构执业",
    } | changes


def workbook(
    rows: Iterable[dict[str, Any]], also: Callable[[Workbook, Any], object] = lambda book, sheet: None
) -> bytes:
    """A filled-in workbook.

    :param also: does something further to the book and its sheet
    """
    stream = BytesIO()
    with Workbook(stream) as book:
        sheet = book.add_worksheet("人员")
        sheet.write_row(0, 0, COLUMNS)
        for line, cells in enumerate(rows, start=1):
            sheet.write_row(line, 0, cells.values())
        also(book, sheet)
    return stream.getvalue()


def tampered(data: bytes, part: str, pattern: str, replacement: str) -> bytes:
    """The workbook with the text of one of its parts changed."""
    stream = BytesIO()
    with zipfile.ZipFile(BytesIO(data)) as old, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            content = old.read(name)
            if name == part:
                changed = re.sub(pattern, replacement, content.decode(), count=1)
                assert changed != content.decode()
                content = changed.encode()
            new.writestr(name, content)
    return stream.getvalue()
