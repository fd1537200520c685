"""Staff workbooks that are handed out: the template to fill in, and the sheet of codes."""

from collections.abc import Iterable
from random import Random
from typing import TYPE_CHECKING

from webapp.accounts.models import User
from webapp.accounts.staff.rows import EVERYTHING, INSPECTS, SCORES, SHEET
from webapp.catalog import catalog
from webapp.imports import writing
from webapp.numbers import mask_phone
from webapp.sample import sample_id_number, sample_mobile

if TYPE_CHECKING:
    from webapp.institutions.models import Institution


def template(institution: "Institution") -> bytes:
    """Return the workbook to fill in, with examples and this institution's departments and scope beside."""
    rng = Random(1)  # noqa: S311 - sample numbers, not secrets
    departments = [department.name for department in institution.departments if department.is_enabled]
    chapters = catalog().current_checklist().chapters(institution.scope)
    categories = list(dict.fromkeys(chapter.category.title for chapter in chapters))
    first = departments[0] if departments else "内科"
    business = {
        "样例甲": (INSPECTS, EVERYTHING),
        "样例乙": (SCORES, ""),
        "样例丙": (f"{INSPECTS}、{SCORES}", "、".join(categories[:2])),
    }
    examples = [
        (name, first, sample_id_number(rng), sample_mobile(rng), *words) for name, words in business.items()
    ]
    offered = {"本机构启用的科室": departments, "本机构执业自查范围的大类": categories}
    return writing.template(SHEET, examples, offered)


def codes(people: Iterable[tuple[User, str]]) -> bytes:
    """Return the workbook of one-time codes, for the administrator to hand out."""
    rows = [
        (u.name, u.department.name if u.department else "", mask_phone(u.mobile), code) for u, code in people
    ]
    head = ("姓名", "所属科室", "手机号", "一次性口令（72 小时内有效，只能用一次）")
    return writing.workbook([("一次性口令", [head, *rows])])
