"""Staff workbooks that are handed out: the template to fill in, and the sheet of codes."""

from collections.abc import Iterable, Iterator, Sequence
from io import BytesIO
from random import Random
from typing import TYPE_CHECKING

from xlsxwriter import Workbook

from webapp.accounts.models import User
from webapp.accounts.staff.reading import SHEET
from webapp.accounts.staff.rows import COLUMNS, EVERYTHING, INSPECTS, RIGHT, SCORES
from webapp.catalog import catalog
from webapp.numbers import mask_phone
from webapp.sample import sample_id_number, sample_mobile

if TYPE_CHECKING:
    from webapp.institutions.models import Institution

NOTES = "填写说明"


def template(institution: "Institution") -> bytes:
    """Return the workbook to fill in, with examples and this institution's departments and scope beside."""
    rng = Random(1)  # noqa: S311 - sample numbers, not secrets
    departments = [department.name for department in institution.departments if department.is_enabled]
    chapters = catalog().current_checklist().chapters(institution.scope)
    categories = list(dict.fromkeys(chapter.category.title for chapter in chapters))
    first = departments[0] if departments else "内科"
    examples = [
        ("样例甲", first, sample_id_number(rng), sample_mobile(rng), INSPECTS, EVERYTHING),
        ("样例乙", first, sample_id_number(rng), sample_mobile(rng), SCORES, ""),
        (
            "样例丙",
            first,
            sample_id_number(rng),
            sample_mobile(rng),
            f"{INSPECTS}、{SCORES}",
            "、".join(categories[:2]),
        ),
    ]
    return _workbook(_template_sheets(examples, departments, categories))


def codes(people: Iterable[tuple[User, str]]) -> bytes:
    """Return the workbook of one-time codes, for the administrator to hand out."""
    rows = [
        (u.name, u.department.name if u.department else "", mask_phone(u.mobile), code) for u, code in people
    ]
    return _workbook(
        [("一次性口令", [("姓名", "所属科室", "手机号", "一次性口令（72 小时内有效，只能用一次）"), *rows])]
    )


Sheets = Iterable[tuple[str, Sequence[Sequence[str]]]]


def _template_sheets(
    examples: Sequence[Sequence[str]], departments: Sequence[str], categories: Sequence[str]
) -> Iterator[tuple[str, list[Sequence[str]]]]:
    yield SHEET, [COLUMNS]
    notes: list[Sequence[str]] = [("列", "怎样填")]
    notes += RIGHT.items()
    notes += [(), ("示例",), COLUMNS, *examples, (), ("本机构启用的科室",)]
    notes += ((name,) for name in departments)
    notes += [(), ("本机构执业自查范围的大类",)]
    notes += ((name,) for name in categories)
    yield NOTES, notes


def _workbook(sheets: Sheets) -> bytes:
    """Every cell is text, so that nothing a person is called is ever taken for a formula."""
    stream = BytesIO()
    with Workbook(stream, {"in_memory": True}) as book:
        text, head = book.add_format({"num_format": "@"}), book.add_format({"bold": True, "num_format": "@"})
        for name, rows in sheets:
            sheet = book.add_worksheet(name)
            sheet.set_column(0, len(COLUMNS) - 1, 24, text)
            for line, row in enumerate(rows):
                for column, cell in enumerate(row):
                    sheet.write_string(line, column, cell, text if line else head)
    return stream.getvalue()
