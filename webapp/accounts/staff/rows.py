"""Rows of a staff workbook: what they say, and what is wrong with them."""

import re
from collections.abc import Collection, Iterable, Sequence
from typing import TYPE_CHECKING

from sqlalchemy import select

from webapp.accounts.members import Facts
from webapp.accounts.models import ID_NUMBER, MOBILE, User
from webapp.catalog import catalog
from webapp.crypto import blind_index
from webapp.database import db
from webapp.imports.rows import Checked, Line, Row, Sheet
from webapp.numbers import mobile_problem, normalise_phone

if TYPE_CHECKING:
    from webapp.institutions.models import Institution

# What is right in each column, as the template and the report say it; only a mobile fits into a number.
SHEET = Sheet(
    {
        "姓名": "汉字、字母和间隔号，最多 50 个字",
        "所属科室": "本机构启用的科室，填科室名称或科室编码",
        "身份证号": "18 位身份证号，以文本格式填写，在本机构内不重复",
        "手机号": "11 位手机号，不与任何人重复",
        "业务范围": "医疗机构自查、医疗机构不良记分，可以都填，用顿号隔开；也可以留空",
        "执业自查范围": "填了医疗机构自查时必填：本机构范围内的大类或小类，用顿号隔开；全部范围填“全部”",
    },
    numeric=["手机号"],
)
INSPECTS, SCORES, EVERYTHING = "医疗机构自查", "医疗机构不良记分", "全部"
SEPARATORS = re.compile(r"[、，,；;\s]+")


def check(lines: Sequence[Line], institution: "Institution") -> Checked[Facts]:
    """Check every row by itself, against the other rows and against the people there are; write nothing."""
    checked = Checked.of(lines, SHEET, _Reader(institution).read)
    checked.refuse_repeated("身份证号", lambda facts: facts["id_number"])
    checked.refuse_repeated("手机号", lambda facts: facts["mobile"])
    _refuse_taken(checked, institution)
    return checked.in_order()


class _Reader:
    """Reads rows for one institution."""

    def __init__(self, institution: "Institution") -> None:
        departments = institution.departments
        self.departments = {department.code: department for department in departments}
        self.named = {d.name: [o for o in departments if o.name == d.name] for d in departments}
        self.scope = _scope_titles(institution.scope)

    def read(self, row: Row) -> Facts:
        business = _words(row, "业务范围", {INSPECTS, SCORES})
        return {
            "name": row.name(),
            "department_id": self._department(row),
            "id_number": row.id_number(),
            "mobile": row.number("手机号", mobile_problem, normalise_phone),
            "inspects": self._inspects(row, INSPECTS in business),
            "scores": SCORES in business,
        }

    def _department(self, row: Row) -> int:
        text = row.cells["所属科室"]
        same = self.named.get(text, [])
        department = same[0] if len(same) == 1 else self.departments.get(text)
        if not text:
            row.wrong["所属科室"] = "没有填写所属科室"
        elif department is None:
            many = f"有 {len(same)} 个科室叫“{text}”，请填科室编码"
            row.wrong["所属科室"] = many if same else f"本机构没有科室“{text}”"
        elif not department.is_enabled:
            row.wrong["所属科室"] = f"科室“{department.name}”已停用"
        return department.id if department else 0

    def _inspects(self, row: Row, inspects: bool) -> list[str]:
        words = _words(row, "执业自查范围", self.scope.keys())
        if inspects and not row.cells["执业自查范围"]:
            row.wrong["执业自查范围"] = "填了医疗机构自查，没有填执业自查范围"
        elif words and not inspects:
            row.wrong.setdefault("业务范围", "填了执业自查范围，业务范围里没有医疗机构自查")
        return sorted({code for word in words for code in self.scope[word]})


def _words(row: Row, column: str, known: Collection[str]) -> list[str]:
    words = [word for word in SEPARATORS.split(row.cells[column]) if word]
    unknown = [word for word in words if word not in known]
    if unknown:
        row.wrong[column] = f"不能识别“{'、'.join(unknown)}”，或者不在本机构的范围内"
    return [word for word in words if word in known]


def _scope_titles(scope: Iterable[str]) -> dict[str, set[str]]:
    """小类 codes by every title that means them: 小类, 大类, 大类/小类, 全部."""
    titles: dict[str, set[str]] = {}
    for chapter in catalog().current_checklist().chapters(frozenset(scope)):
        category, subcategory = chapter.category.title, chapter.subcategory.title
        for title in (EVERYTHING, category, subcategory, f"{category}/{subcategory}"):
            titles.setdefault(title, set()).add(chapter.subcategory.code)
    return titles


def _refuse_taken(checked: Checked[Facts], institution: "Institution") -> None:
    """Refuse numbers that somebody has already; two statements, however many rows there are."""
    mobiles = [blind_index(facts["mobile"], MOBILE) for facts in checked.facts]
    ids = [blind_index(facts["id_number"], ID_NUMBER) for facts in checked.facts]
    same_mobile = select(User).where(User.mobile_index.in_(mobiles))
    same_id = select(User).where(User.institution_id == institution.id, User.id_number_index.in_(ids))
    by_mobile = {user.mobile_index: user for user in db.session.scalars(same_mobile)}
    by_id = {user.id_number_index: user for user in db.session.scalars(same_id)}
    for line, mobile, number in zip(checked.numbers, mobiles, ids, strict=True):
        if mobile in by_mobile:
            checked.refuse(line, "手机号", taken_mobile(by_mobile[mobile], institution.id))
        if number in by_id:
            checked.refuse(line, "身份证号", taken_id_number(by_id[number]))


def holder_of_mobile(mobile: str) -> User | None:
    """Who signs in with a mobile number, in any institution."""
    holder: User | None = db.session.scalar(User.with_mobile(mobile))
    return holder


def holder_of_id_number(number: str, institution_id: int) -> User | None:
    """Who has an ID number inside an institution."""
    same = select(User).where(
        User.institution_id == institution_id, User.id_number_index == blind_index(number, ID_NUMBER)
    )
    return db.session.scalar(same)


def taken_mobile(holder: User, institution_id: int) -> str:
    """Say that a mobile number is taken; by whom only where it is somebody of the same institution."""
    if holder.institution_id == institution_id:
        return f"{_who(holder)}已使用这个手机号，手机号不能重复"
    return "这个手机号已经用于另一个账号，手机号不能重复，请核对，或换一个"


def taken_id_number(holder: User) -> str:
    """Say who of the same institution has an ID number."""
    return f"{_who(holder)}已使用这个身份证号，身份证号不能重复"


def _who(holder: User) -> str:
    return f"本机构的{holder.name}" + ("" if holder.is_active else "（已停用，可以重新启用）")
