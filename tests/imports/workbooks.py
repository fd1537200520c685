"""Workbooks of people as they are filled in, and as they should not be."""

import random
import re
import zipfile
from collections.abc import Callable, Iterable
from io import BytesIO
from typing import Any

from bs4 import BeautifulSoup
from flask.testing import FlaskClient
from werkzeug.test import TestResponse
from xlsxwriter import Workbook

from webapp.sample import sample_id_number, sample_mobile

rng = random.Random(20261125)


def member(**changes: Any) -> dict[str, Any]:
    """One member of staff who can be imported, but for the changes."""
    return {
        "姓名": "示例甲",
        "所属科室": "内科",
        "身份证号": sample_id_number(rng),
        "手机号": sample_mobile(rng),
        "业务范围": "医疗机构自查、医疗机构不良记分",
        "执业自查范围": "机构执业",
    } | changes


def medic(**changes: Any) -> dict[str, Any]:
    """One medical person who can be imported, but for the changes."""
    return {
        "姓名": "示例医",
        "性别": "女",
        "身份证号": sample_id_number(rng),
        "职称": "主治医师",
        "执业范围": "外科专业",
        "执业证书编号": "210500102000502",
    } | changes


def workbook(
    rows: Iterable[dict[str, Any]], also: Callable[[Workbook, Any], object] = lambda book, sheet: None
) -> bytes:
    """A filled-in workbook; its columns are those of the first row.

    :param also: does something further to the book and its sheet
    """
    stream = BytesIO()
    with Workbook(stream) as book:
        sheet = book.add_worksheet("人员")
        for line, cells in enumerate(rows, start=1):
            sheet.write_row(0, 0, cells.keys())
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


def upload(browser: FlaskClient, url: str, data: bytes, **kwargs: Any) -> TestResponse:
    """Send a workbook to the dry run."""
    file = {"file": (BytesIO(data), "人员.xlsx")}
    return browser.post(url, data=file, content_type="multipart/form-data", **kwargs)


def reported(answer: TestResponse) -> list[list[str]]:
    """The report's rows of a workbook that was refused: line, column, what is wrong, what would be right."""
    assert answer.status_code == 422, answer.status_code
    rows = BeautifulSoup(answer.text, "lxml").select("#report tbody tr")
    return [[cell.text for cell in row.select("td")] for row in rows]


def accepted(answer: TestResponse) -> str:
    """Where the confirmation of a workbook lies that was found right."""
    assert answer.status_code == 303, reported(answer)
    return answer.location
