"""Rows of a workbook of 医务人员: what they say, and what is wrong with them."""

from collections.abc import Sequence
from random import Random

from sqlalchemy import select

from webapp.catalog import catalog
from webapp.crypto import blind_index
from webapp.database import db
from webapp.demerits.persons import ID_NUMBER, MedicalPerson
from webapp.imports import writing
from webapp.imports.rows import Checked, Line, Row, Sheet
from webapp.numbers import certificate_problem
from webapp.sample import sample_id_number
from webapp.words import words_problem

LONGEST = {"执业范围": 200, "执业证书编号": 50}
# What is right in each column, as the template and the report say it.
SHEET = Sheet(
    {
        "姓名": "汉字、字母和间隔号，最多 50 个字",
        "性别": "男或者女",
        "身份证号": "18 位身份证号，以文本格式填写，没有添加过",
        "职称": "填写说明里列出的职称之一",
        "执业范围": f"照执业证书填写，有几项的用顿号隔开，最多 {LONGEST['执业范围']} 个字",
        "执业证书编号": "照执业证书填写，以文本格式填写，至少 4 位，其中有数字",
    }
)


def check(lines: Sequence[Line], institution_id: int) -> Checked[dict[str, str]]:
    """Check every row by itself, against the other rows and against the persons there are; write nothing."""
    checked = Checked.of(lines, SHEET, _read)
    checked.refuse_repeated("身份证号", lambda person: person["id_number"])
    numbers = [blind_index(person["id_number"], ID_NUMBER) for person in checked.facts]
    same = MedicalPerson.institution_id == institution_id, MedicalPerson.id_number_index.in_(numbers)
    holders = {
        person.id_number_index: person for person in db.session.scalars(select(MedicalPerson).where(*same))
    }
    for line, number in zip(checked.numbers, numbers, strict=True):
        if number in holders:
            checked.refuse(line, "身份证号", taken(holders[number]))
    return checked.in_order()


def _read(row: Row) -> dict[str, str]:
    return {
        "name": row.name(),
        "gender": row.choice("性别", catalog().reference.genders),
        "id_number": row.id_number(),
        "title": row.choice("职称", titles()),
        "practice": row.text("执业范围", LONGEST["执业范围"], words_problem),
        "certificate": row.text("执业证书编号", LONGEST["执业证书编号"], _certificate_problem),
    }


def _certificate_problem(text: str) -> str | None:
    return words_problem(text) or certificate_problem(text)


def template() -> bytes:
    """Return the workbook to fill in, with examples, and every 职称 and 执业范围 beside."""
    rng = Random(1)  # noqa: S311 - sample numbers, not secrets
    examples = [
        ("样例甲", "男", sample_id_number(rng, sex="男"), "主治医师", "外科专业", "210500102000502"),
        ("样例乙", "女", sample_id_number(rng, sex="女"), "主管护师", "临床护理", "201850001234"),
    ]
    return writing.template(SHEET, examples, {"职称": titles(), "执业范围（可以另写）": practices()})


def titles() -> dict[str, None]:
    """职称 of every kind of staff, each once, in the order of the reference data."""
    return {title: None for kind in catalog().reference.titles.values() for title in kind}


def practices() -> dict[str, None]:
    """执业范围 to choose from or to write over."""
    return {scope: None for category in catalog().reference.practice.values() for scope in category}


def taken(holder: MedicalPerson) -> str:
    """Say that an ID number is another person's already."""
    return f"这个身份证号已经添加过，是{holder.name}，不能重复添加"
