"""Rows of a staff workbook: what they say, and what is wrong with them."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sqlalchemy import select

from webapp.accounts.members import Facts
from webapp.accounts.models import ID_NUMBER, MOBILE, User
from webapp.catalog import catalog
from webapp.crypto import blind_index
from webapp.database import db
from webapp.numbers import id_number_problem, mobile_problem, normalise_id_number, normalise_phone
from webapp.words import person_name_problem

if TYPE_CHECKING:
    from webapp.institutions.models import Institution

COLUMNS = ("姓名", "所属科室", "身份证号", "手机号", "业务范围", "执业自查范围")
# What is right in each column, as the template and the report say it.
RIGHT = {
    "姓名": "汉字、字母和间隔号，最多 50 个字",
    "所属科室": "本机构启用的科室，填科室名称或科室编码",
    "身份证号": "18 位身份证号，以文本格式填写，在本机构内不重复",
    "手机号": "11 位手机号，不与任何人重复",
    "业务范围": "医疗机构自查、医疗机构不良记分，可以都填，用顿号隔开；也可以留空",
    "执业自查范围": "填了医疗机构自查时必填：本机构范围内的大类或小类，用顿号隔开；全部范围填“全部”",
}
NAME_LENGTH = 50
INSPECTS, SCORES, EVERYTHING = "医疗机构自查", "医疗机构不良记分", "全部"
SEPARATORS = re.compile(r"[、，,；;\s]+")

Line = tuple[int, list[str]]


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong; line 0 is the file as a whole."""

    line: int
    column: str
    wrong: str
    right: str


@dataclass(slots=True)
class Checked:
    """What came out of a dry run: facts only where there is no problem at all."""

    staff: list[Facts] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def check(lines: Sequence[Line], institution: "Institution") -> Checked:
    """Check every row by itself, against the other rows and against the people there are; write nothing."""
    checked = Checked()
    reader = _Reader(institution)
    for number, cells in lines:
        reader.problems.clear()
        facts = reader.read(dict(zip(COLUMNS, cells, strict=True)))
        checked.staff.append(facts)
        checked.problems += (
            Problem(number, column, wrong, RIGHT[column]) for column, wrong in reader.problems.items()
        )
    checked.problems += _repeated(lines, checked.staff)
    checked.problems += _taken(lines, checked.staff, institution)
    checked.problems.sort(key=lambda problem: (problem.line, COLUMNS.index(problem.column)))
    return checked


class _Reader:
    """Reads rows for one institution; the problems of the last one are kept by column."""

    def __init__(self, institution: "Institution") -> None:
        departments = institution.departments
        self.departments = {department.code: department for department in departments}
        self.named = {d.name: [o for o in departments if o.name == d.name] for d in departments}
        self.scope = _scope_titles(institution.scope)
        self.problems: dict[str, str] = {}

    def read(self, row: dict[str, str]) -> Facts:
        business = self._words(row["业务范围"], "业务范围", {INSPECTS, SCORES})
        return {
            "name": self._checked("姓名", row["姓名"], _name_problem, " ".join),
            "department_id": self._department(row["所属科室"]),
            "id_number": self._number("身份证号", row["身份证号"], id_number_problem, normalise_id_number),
            "mobile": self._number("手机号", row["手机号"], mobile_problem, normalise_phone),
            "inspects": self._inspects(row["执业自查范围"], INSPECTS in business),
            "scores": SCORES in business,
        }

    def _checked(
        self, column: str, text: str, problem: Callable[[str], str | None], join: Callable[[list[str]], str]
    ) -> str:
        tidy = join(text.split())
        wrong = problem(tidy) if tidy else f"没有填写{column}"
        if wrong:
            self.problems[column] = wrong
        return tidy

    def _number(
        self, column: str, text: str, problem: Callable[[str], str | None], normalise: Callable[[str], str]
    ) -> str:
        return normalise(self._checked(column, text, problem, "".join))

    def _department(self, text: str) -> int:
        same = self.named.get(text, [])
        department = same[0] if len(same) == 1 else self.departments.get(text)
        if not text:
            self.problems["所属科室"] = "没有填写所属科室"
        elif department is None:
            many = f"有 {len(same)} 个科室叫“{text}”，请填科室编码"
            self.problems["所属科室"] = many if same else f"本机构没有科室“{text}”"
        elif not department.is_enabled:
            self.problems["所属科室"] = f"科室“{department.name}”已停用"
        return department.id if department else 0

    def _inspects(self, text: str, inspects: bool) -> list[str]:
        words = self._words(text, "执业自查范围", self.scope.keys())
        if inspects and not text:
            self.problems["执业自查范围"] = "填了医疗机构自查，没有填执业自查范围"
        elif words and not inspects:
            self.problems.setdefault("业务范围", "填了执业自查范围，业务范围里没有医疗机构自查")
        return sorted({code for word in words for code in self.scope[word]})

    def _words(self, text: str, column: str, known: Iterable[str]) -> list[str]:
        words = [word for word in SEPARATORS.split(text) if word]
        unknown = [word for word in words if word not in known]
        if unknown:
            self.problems[column] = f"不能识别“{'、'.join(unknown)}”，或者不在本机构的范围内"
        return [word for word in words if word in known]


def _scope_titles(scope: Iterable[str]) -> dict[str, set[str]]:
    """小类 codes by every title that means them: 小类, 大类, 大类/小类, 全部."""
    titles: dict[str, set[str]] = {}
    for chapter in catalog().current_checklist().chapters(frozenset(scope)):
        category, subcategory = chapter.category.title, chapter.subcategory.title
        for title in (EVERYTHING, category, subcategory, f"{category}/{subcategory}"):
            titles.setdefault(title, set()).add(chapter.subcategory.code)
    return titles


def _name_problem(name: str) -> str | None:
    if len(name) > NAME_LENGTH:
        return f"姓名有 {len(name)} 个字，太长"
    return person_name_problem(name)


def _repeated(lines: Sequence[Line], staff: Sequence[Facts]) -> Iterator[Problem]:
    """Numbers that two rows of the file share."""
    for column in ("身份证号", "手机号"):
        first: dict[str, int] = {}
        for (line, _), facts in zip(lines, staff, strict=True):
            number = facts["id_number"] if column == "身份证号" else facts["mobile"]
            if number and number in first:
                yield Problem(line, column, f"与第 {first[number]} 行重复", RIGHT[column])
            first.setdefault(number, line)


def _taken(lines: Sequence[Line], staff: Sequence[Facts], institution: "Institution") -> Iterator[Problem]:
    """Numbers that somebody has already, asked for in two statements however many rows there are."""
    mobiles = [blind_index(facts["mobile"], MOBILE) for facts in staff]
    ids = [blind_index(facts["id_number"], ID_NUMBER) for facts in staff]
    same_mobile = select(User).where(User.mobile_index.in_(mobiles))
    same_id = select(User).where(User.institution_id == institution.id, User.id_number_index.in_(ids))
    by_mobile = {user.mobile_index: user for user in db.session.scalars(same_mobile)}
    by_id = {user.id_number_index: user for user in db.session.scalars(same_id)}
    for (line, _), mobile, number in zip(lines, mobiles, ids, strict=True):
        if mobile in by_mobile:
            yield Problem(line, "手机号", taken_mobile(by_mobile[mobile], institution.id), RIGHT["手机号"])
        if number in by_id:
            yield Problem(line, "身份证号", taken_id_number(by_id[number]), RIGHT["身份证号"])


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
