"""添加人员 and editing one: /persons/new, /persons/<uuid>."""

import threading
from collections.abc import Callable

import pytest
from bs4 import BeautifulSoup
from flask.testing import FlaskClient
from sqlalchemy.exc import IntegrityError

from tests import factories
from tests.htmx import HTMX, normalised, swapped
from tests.institutions.answers import error_at, typed_at
from tests.sessions import sign_in_as
from webapp.accounts.models import User
from webapp.audit.models import AuditEntry
from webapp.database import db, uuid7
from webapp.demerits.person_forms import PersonForm
from webapp.demerits.persons import MedicalPerson
from webapp.sample import sample_id_number

SignedIn = Callable[[User], FlaskClient]
URL = "/persons"
NEW = f"{URL}/new"
FIELDS = {
    "name": "姓名",
    "gender": "性别",
    "id_number": "身份证号",
    "title": "职称",
    "practice": "执业范围",
    "certificate": "执业证书编号",
}


@pytest.fixture
def person(scorer: User) -> MedicalPerson:
    made: MedicalPerson = factories.MedicalPersonFactory(institution=scorer.institution)
    return made


def answers(**changed: str) -> dict[str, str]:
    return {
        "uuid": str(uuid7()),
        "name": "样例甲",
        "gender": "男",
        "id_number": sample_id_number(factories.rng),
        "title": "主治医师",
        "practice": "外科专业、急救医学专业",
        "certificate": "210500102000502",
    } | changed


def persons() -> list[MedicalPerson]:
    return db.session.query(MedicalPerson).order_by(MedicalPerson.id).all()


def test_it_carries_the_manuals_words(phone: FlaskClient) -> None:
    page = BeautifulSoup(phone.get(NEW).text, "lxml")
    assert page.h1.text == "添加人员" and page.select_one("form button").text == "保存"
    assert [label.text for label in page.select("label")] == list(FIELDS.values())


def test_it_adds(phone: FlaskClient, scorer: User) -> None:
    data = answers()
    answer = phone.post(NEW, data=data)
    [added] = persons()
    assert (answer.status_code, answer.location) == (303, f"{URL}?kept={added.uuid}")
    assert added.institution_id == scorer.institution_id
    assert {name: getattr(added, name) for name in FIELDS} == {name: data[name] for name in FIELDS}
    assert db.session.query(AuditEntry).filter_by(action="person-added", subject=added.uuid).count() == 1


def test_who_was_added_stands_ready(phone: FlaskClient) -> None:
    page = phone.post(NEW, data=answers(), follow_redirects=True).text
    assert "样例甲已添加。" in page
    assert BeautifulSoup(page, "lxml").select_one(".record-title").text == "样例甲"


def test_it_asks_to_sign_in(client: FlaskClient) -> None:
    assert client.get(NEW).location.startswith("/login")


@pytest.mark.parametrize("role", ["administrator", "inspector", "reviewer", "system", "auditor"])
def test_it_refuses_other_roles(as_user: SignedIn, person: MedicalPerson, role: str) -> None:
    browser = as_user(factories.UserFactory(**{role: True}))
    for path in (NEW, f"{URL}/{person.uuid}"):
        assert (browser.get(path).status_code, browser.post(path).status_code) == (403, 403)


def test_it_hides_other_institutions(as_user: SignedIn, other_scorer: User, person: MedicalPerson) -> None:
    browser = as_user(other_scorer)
    path = f"{URL}/{person.uuid}"
    assert (browser.get(path).status_code, browser.post(path, data=answers()).status_code) == (404, 404)
    assert person.name != "样例甲"


@pytest.mark.parametrize("field", FIELDS)
def test_every_field_is_required(phone: FlaskClient, field: str) -> None:
    answer = phone.post(NEW, data=answers(**{field: ""}))
    verb = "请选择" if field in ("gender", "title") else "请填写"
    assert answer.status_code == 422
    assert error_at(answer.text, field) == f"{verb}{FIELDS[field]}"
    assert typed_at(answer.text, "practice" if field == "name" else "name") != [""]
    assert persons() == []


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("name", "<b>", "姓名不能含有"),
        ("name", "样" * 51, "最多 50 个字"),
        ("gender", "其他", "不在选项中"),
        ("id_number", "12345", "应为18位"),
        ("id_number", "500160199002301234", "不是真实日期"),
        ("title", "院长", "不在选项中"),
        ("practice", "科" * 201, "最多 200 个字"),
        ("certificate", "12", "至少4位"),
        ("certificate", "证书编号", "其中有数字"),
        ("certificate", "<1234>", "不能含有"),
    ],
)
def test_it_rejects_bad_input(phone: FlaskClient, field: str, value: str, words: str) -> None:
    answer = phone.post(NEW, data=answers(**{field: value}))
    assert answer.status_code == 422
    assert words in error_at(answer.text, field)
    assert persons() == []


def test_the_fragment_leaves_the_page_as_a_fresh_one(phone: FlaskClient, person: MedicalPerson) -> None:
    for address, data in ((f"{URL}/new", answers(name="")), (f"{URL}/{person.uuid}", answers(title=""))):
        fresh, piece = phone.post(address, data=data), phone.post(address, data=data, headers=HTMX)
        page = swapped(phone.get(address).text, piece.text, "form.form", "outerHTML")
        assert (piece.status_code, page) == (422, normalised(fresh.text))


def test_one_number_is_one_person(phone: FlaskClient, person: MedicalPerson) -> None:
    answer = phone.post(NEW, data=answers(id_number=person.id_number))
    assert answer.status_code == 422
    assert f"已经添加过，是{person.name}" in error_at(answer.text, "id_number")
    assert persons() == [person]


def test_another_institution_may_have_the_same_person(
    as_user: SignedIn, other_scorer: User, person: MedicalPerson
) -> None:
    answer = as_user(other_scorer).post(NEW, data=answers(id_number=person.id_number))
    assert answer.status_code == 303
    assert len(persons()) == 2


def test_the_database_holds_it(scorer: User, person: MedicalPerson) -> None:
    with pytest.raises(IntegrityError):
        factories.MedicalPersonFactory(institution=scorer.institution, id_number=person.id_number)
    db.session.rollback()


def test_a_race_for_the_number_ends_with_a_message(
    phone: FlaskClient, person: MedicalPerson, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(PersonForm, "validate_id_number", lambda form, field: None)
    answer = phone.post(NEW, data=answers(id_number=person.id_number))
    assert answer.status_code == 422
    assert "已经添加过" in error_at(answer.text, "id_number")


def test_the_same_form_sent_twice_adds_one(phone: FlaskClient) -> None:
    data = answers()
    replies = [phone.post(NEW, data=data) for _ in range(2)]
    assert [reply.status_code for reply in replies] == [303, 303]
    assert replies[0].location == replies[1].location
    assert len(persons()) == 1


def test_a_double_tap_adds_one(app, scorer: User) -> None:
    data, statuses = answers(), []
    browsers = [sign_in_as(app.test_client(), scorer) for _ in range(2)]
    db.session.commit()
    taps = [
        threading.Thread(target=lambda b=browser: statuses.append(b.post(NEW, data=data).status_code))
        for browser in browsers
    ]
    for tap in taps:
        tap.start()
    for tap in taps:
        tap.join()
    assert statuses == [303, 303]
    assert len(persons()) == 1


@pytest.mark.parametrize("uuid", ["", "x", "0" * 40])
def test_a_broken_identifier_is_replaced(phone: FlaskClient, uuid: str) -> None:
    assert phone.post(NEW, data=answers(uuid=uuid)).status_code == 303


def test_the_identifier_of_another_institutions_person_is_replaced(
    as_user: SignedIn, other_scorer: User, person: MedicalPerson
) -> None:
    assert as_user(other_scorer).post(NEW, data=answers(uuid=str(person.uuid))).status_code == 303
    assert persons()[0] == person and persons()[1].institution_id == other_scorer.institution_id


def test_the_edit_shows_what_is_kept(phone: FlaskClient, person: MedicalPerson) -> None:
    page = phone.get(f"{URL}/{person.uuid}").text
    assert typed_at(page, "name") == [person.name]
    assert typed_at(page, "id_number") == [person.masked_id_number]
    assert person.id_number not in page


def test_it_edits_and_leaves_a_masked_number_alone(phone: FlaskClient, person: MedicalPerson) -> None:
    number = person.id_number
    answer = phone.post(f"{URL}/{person.uuid}", data=answers(id_number=person.masked_id_number))
    assert answer.status_code == 303
    assert (person.name, person.title, person.id_number) == ("样例甲", "主治医师", number)
    entry = db.session.query(AuditEntry).filter_by(action="person-changed").one()
    assert "id_number" not in entry.detail["fields"]


def test_it_changes_the_number(phone: FlaskClient, person: MedicalPerson) -> None:
    data = answers()
    assert phone.post(f"{URL}/{person.uuid}", data=data).status_code == 303
    assert person.id_number == data["id_number"]
    assert len(persons()) == 1


def test_an_edit_cannot_take_anothers_number(phone: FlaskClient, scorer: User, person: MedicalPerson) -> None:
    other = factories.MedicalPersonFactory(institution=scorer.institution)
    answer = phone.post(f"{URL}/{person.uuid}", data=answers(id_number=other.id_number))
    assert answer.status_code == 422
    assert "已经添加过" in error_at(answer.text, "id_number")


@pytest.mark.parametrize("number", ["", "5001********0000", "123"])
def test_an_edit_checks_the_number(phone: FlaskClient, person: MedicalPerson, number: str) -> None:
    answer = phone.post(f"{URL}/{person.uuid}", data=answers(id_number=number))
    assert answer.status_code == 422 and error_at(answer.text, "id_number")


def test_no_number_lies_readable_in_the_database(person: MedicalPerson) -> None:
    stored = db.session.connection().exec_driver_sql("SELECT * FROM medical_persons").all()
    assert person.id_number not in str(stored)
