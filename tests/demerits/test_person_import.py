"""导入医务人员: /persons/import, its dry run and its confirmation."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from io import BytesIO

import pytest
from flask.testing import FlaskClient
from python_calamine import CalamineWorkbook
from sqlalchemy import select, text

from tests import factories
from tests.htmx import HTMX, normalised, swapped
from tests.imports.workbooks import accepted, medic, member, reported, upload, workbook
from tests.sessions import counted_statements
from webapp.accounts.models import User
from webapp.audit.models import AuditEntry
from webapp.database import db, now
from webapp.demerits.person_imports import PersonImport
from webapp.demerits.person_rows import SHEET
from webapp.demerits.persons import MedicalPerson
from webapp.imports.rows import Checked, Line

URL = "/persons/import"
SignedIn = Callable[[User], FlaskClient]


def persons() -> list[MedicalPerson]:
    return list(db.session.scalars(select(MedicalPerson).order_by(MedicalPerson.id)))


def test_it_works(phone: FlaskClient, scorer: User) -> None:
    rows = [medic(姓名="单示雄"), medic(姓名="吕示兰", 性别="男", 职称="医师")]
    place = accepted(upload(phone, URL, workbook(rows)))
    assert "共 2 人，还没有导入" in phone.get(place).text
    assert persons() == []
    assert "已导入 2 人" in phone.post(place, follow_redirects=True).text
    first, second = persons()
    assert [getattr(first, name) for name in MedicalPerson.DATA] == list(rows[0].values())
    assert (second.name, second.gender, second.institution_id) == ("吕示兰", "男", scorer.institution_id)
    assert "单示雄" in phone.post("/persons", data={"name": "ssx", "id_number": ""}).text


def test_the_search_leads_here(phone: FlaskClient) -> None:
    assert f'href="{URL}"' in phone.get("/persons").text


def test_it_asks_to_sign_in(client: FlaskClient) -> None:
    assert client.get(URL).location.startswith("/login")


@pytest.mark.parametrize("role", ["administrator", "inspector", "reviewer"])
def test_it_refuses_other_roles(as_user: SignedIn, scorer: User, role: str) -> None:
    browser = as_user(factories.UserFactory(**{role: True}))
    assert {browser.get(path).status_code for path in (URL, f"{URL}/template")} == {403}


def test_the_template_explains_itself(phone: FlaskClient) -> None:
    book = CalamineWorkbook.from_filelike(BytesIO(phone.get(f"{URL}/template").data))
    assert book.get_sheet_by_name("人员").to_python() == [SHEET.columns]
    notes = book.get_sheet_by_name("填写说明").to_python()
    assert {"样例甲", "主任医师", "内科专业", *SHEET.right.values()} <= {
        cell for line in notes for cell in line
    }
    examples = [dict(zip(SHEET.columns, line, strict=True)) for line in notes if "样例" in str(line[0])]
    accepted(upload(phone, URL, workbook(examples)))


def test_a_workbook_of_staff_is_refused(phone: FlaskClient) -> None:
    [[line, _, wrong, right]] = reported(upload(phone, URL, workbook([member()])))
    assert (line, wrong) == ("1", "第 1 行的列名与模板不同") and "姓名、性别、身份证号" in right


@pytest.mark.parametrize("column", SHEET.right)
def test_every_column_is_required(phone: FlaskClient, column: str) -> None:
    [[line, place, wrong, _]] = reported(upload(phone, URL, workbook([medic(), medic(**{column: ""})])))
    assert (line, place, wrong) == ("3", column, f"没有填写{column}")


@pytest.mark.parametrize(
    ("column", "value", "wrong"),
    [
        ("姓名", "示例1", "姓名不能含有“1”"),
        ("姓名", "甲" * 51, "姓名有 51 个字"),
        ("性别", "男性", "没有“男性”这一项"),
        ("身份证号", "500106199001011235", "校验位不符"),
        ("身份证号", "110105491231002", "15位的旧身份证号"),
        ("职称", "院长", "没有“院长”这一项"),
        ("执业范围", "<b>内科</b>", "不能含有“<”"),
        ("执业范围", "内" * 201, "执业范围有 201 个字"),
        ("执业证书编号", "无", "至少4位"),
        ("执业证书编号", "1" * 51, "执业证书编号有 51 个字"),
        ("执业证书编号", 210500102000502, "数字格式"),
    ],
)
def test_each_mistake_is_told_by_row_and_column(
    phone: FlaskClient, column: str, value: object, wrong: str
) -> None:
    data = workbook([medic(), medic(**{column: value})])
    [[line, place, found, right]] = reported(upload(phone, URL, data))
    assert (line, place) == ("3", column) and wrong in found and right
    assert db.session.scalars(select(PersonImport)).all() == []


def test_persons_there_already_are_refused(phone: FlaskClient, scorer: User, other_scorer: User) -> None:
    there = factories.MedicalPersonFactory(institution=scorer.institution)
    elsewhere = factories.MedicalPersonFactory(institution=other_scorer.institution)
    one = medic()
    rows = [medic(身份证号=there.id_number), medic(身份证号=elsewhere.id_number), one, one]
    found = [row[:3] for row in reported(upload(phone, URL, workbook(rows)))]
    assert found == [
        ["2", "身份证号", f"这个身份证号已经添加过，是{there.name}，不能重复添加"],
        ["5", "身份证号", "与第 4 行重复"],
    ]


def test_what_waits_is_nobody_elses(phone: FlaskClient, as_user: SignedIn, scorer: User) -> None:
    place = accepted(upload(phone, URL, workbook([medic()])))
    browser = as_user(factories.UserFactory(scorer=True, institution=scorer.institution))
    assert browser.get(place).status_code == browser.post(place).status_code == 404
    assert persons() == []


def test_what_waits_is_neither_readable_nor_in_the_page(phone: FlaskClient) -> None:
    number = medic()["身份证号"]
    place = accepted(upload(phone, URL, workbook([medic(身份证号=number)])))
    raw = db.session.scalar(text("SELECT rows FROM person_imports"))
    assert number not in raw and number not in phone.get(place).text


def test_what_waits_is_forgotten_after_an_hour(phone: FlaskClient) -> None:
    place = accepted(upload(phone, URL, workbook([medic()])))
    db.session.scalars(select(PersonImport)).one().made_at = now() - PersonImport.LIFETIME
    assert phone.get(place).status_code == phone.post(place).status_code == 404


def test_confirming_twice_imports_once(phone: FlaskClient) -> None:
    place = accepted(upload(phone, URL, workbook([medic()])))
    assert {phone.post(place).status_code for _ in range(2)} == {303}
    assert len(persons()) == 1


def test_all_or_nothing_when_something_changed_meanwhile(phone: FlaskClient, scorer: User) -> None:
    rows = [medic(), medic()]
    place = accepted(upload(phone, URL, workbook(rows)))
    factories.MedicalPersonFactory(institution=scorer.institution, id_number=rows[1]["身份证号"])
    assert reported(phone.post(place))[0][:2] == ["3", "身份证号"]
    assert len(persons()) == 1


def test_all_or_nothing_in_a_race(phone: FlaskClient, scorer: User, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second row's number is taken after the check and before the rows are written."""
    rows, real, asked = [medic(), medic()], PersonImport.check, []
    place = accepted(upload(phone, URL, workbook(rows)))
    factories.MedicalPersonFactory(institution=scorer.institution, id_number=rows[1]["身份证号"])

    def late(lines: Sequence[Line], by: User) -> Checked[dict[str, str]]:
        checked = real(lines, by)
        asked.append(checked)
        return checked if len(asked) > 1 else replace(checked, problems=[])

    monkeypatch.setattr(PersonImport, "check", staticmethod(late))
    assert reported(phone.post(place))[0][:2] == ["3", "身份证号"]
    assert len(persons()) == 1


def test_it_is_recorded(phone: FlaskClient) -> None:
    phone.post(accepted(upload(phone, URL, workbook([medic(), medic()]))))
    actions = db.session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)).all()
    assert actions == ["person-added", "person-added", "persons-imported"]


def test_the_fragment_leaves_the_page_as_a_fresh_one(phone: FlaskClient) -> None:
    data, empty = workbook([medic(姓名="1")]), phone.get(URL).text
    page, piece = upload(phone, URL, data), upload(phone, URL, data, headers=HTMX)
    assert reported(piece) and swapped(empty, piece.text, "#upload", "outerHTML") == normalised(page.text)


def test_a_thousand_rows_are_checked_in_the_same_statements(phone: FlaskClient) -> None:
    counts = []
    for number in (1, 1000):
        data = workbook(medic() for _ in range(number))
        with counted_statements() as statements:
            place = accepted(upload(phone, URL, data))
        counts.append(len(statements))
    assert counts[0] == counts[1]
    phone.post(place)
    assert len(persons()) == 1000
