"""医疗机构人员维护: /staff/new and /staff/<uuid>."""

import pytest
from bs4 import BeautifulSoup

from tests import factories
from tests.accounts.staff.conftest import as_shown, department_of, person
from tests.institutions.answers import error_at, typed_at
from webapp.accounts.codes import FirstSignInCode
from webapp.accounts.models import User
from webapp.accounts.staff.forms import StaffForm
from webapp.audit.models import AuditEntry
from webapp.catalog import catalog
from webapp.database import db, uuid7
from webapp.numbers import mask_id_number, mask_phone

NEW = "/staff/new"


@pytest.fixture
def colleague(administrator, department):
    return factories.UserFactory(
        inspector=True, institution=administrator.institution, department_id=department.id, name="样例员"
    )


@pytest.fixture
def url(colleague):
    return f"/staff/{colleague.uuid}"


def named(name="示例甲"):
    return db.session.query(User).filter_by(name=name).all()


def test_it_adds(desk, department, administrator):
    data = person(department)
    answer = desk.post(NEW, data=data)
    assert answer.status_code == 200 and "只显示这一次" in answer.text
    added = named()[0]
    assert (added.institution_id, added.department_id) == (administrator.institution_id, department.id)
    assert (added.id_number, added.mobile) == (data["id_number"], data["mobile"])
    assert (added.is_inspector, added.is_scorer, added.is_administrator) == (True, True, False)
    assert set(added.inspection_scope) == catalog().current_checklist().expand(["JG"])


def test_the_code_on_the_page_signs_in(desk, client, department):
    data = person(department)
    code = BeautifulSoup(desk.post(NEW, data=data).text, "lxml").select_one("output").text
    answer = client.post(
        "/first-sign-in",
        data={"mobile": data["mobile"], "code": code, "password": "Mangguo73shu", "confirm": "Mangguo73shu"},
    )
    assert answer.status_code == 303
    assert client.get("/inspections/new").status_code == 200


def test_adding_is_recorded_without_numbers(desk, department):
    data = person(department)
    desk.post(NEW, data=data)
    entries = db.session.query(AuditEntry).order_by(AuditEntry.id).all()
    assert [entry.action for entry in entries] == ["staff-added", "code-issued"]
    assert data["mobile"] not in str([entry.detail for entry in entries])


def test_it_asks_to_sign_in(client):
    assert client.get(NEW).location.startswith("/login")


def test_it_refuses_other_roles(as_user, inspector, reviewer, url):
    for user in (inspector, reviewer):
        assert as_user(user).get(NEW).status_code == as_user(user).get(url).status_code == 403


def test_it_hides_other_institutions(as_user, stranger, url, colleague, department):
    other = as_user(stranger)
    assert other.get(url).status_code == 404
    assert other.post(url, data=person(department)).status_code == 404
    assert colleague.name == "样例员"


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("name", "", "请填写姓名"),
        ("name", "示例1", "姓名不能含有"),
        ("department", "", "请选择所属科室"),
        ("id_number", "", "请填写身份证号"),
        ("id_number", "500106199001011235", "校验位不符"),
        ("id_number", "5001********1234", "身份证号应为18位"),
        ("mobile", "", "请填写手机号"),
        ("mobile", "12345", "手机号应为11位"),
        ("business", ["root"], "不在选项中"),
        ("scope", [], "请选择执业自查范围"),
        ("scope", ["XX"], "不在选项中"),
    ],
)
def test_it_rejects_bad_input(desk, department, field, value, message):
    data = person(department, **{field: value})
    answer = desk.post(NEW, data=data)
    assert answer.status_code == 422
    assert message in error_at(answer.text, field)
    assert typed_at(answer.text, "name") == [data["name"]]
    assert typed_at(answer.text, "mobile") == [data["mobile"]]
    assert named() == []


def test_a_scope_beyond_the_institutions_own_is_refused(desk, department, administrator):
    administrator.institution.scope = ["WS-CF"]
    db.session.commit()
    assert desk.get(NEW).text.count("data-tree-child") == 1
    assert "不在选项中" in error_at(desk.post(NEW, data=person(department, scope=["JG-ZZ"])).text, "scope")
    desk.post(NEW, data=person(department, scope=["WS"]))
    assert named()[0].inspection_scope == ["WS-CF"]


def test_another_institutions_department_is_refused(desk, stranger):
    theirs = department_of(stranger)
    for uuid in (theirs.uuid, uuid7()):
        answer = desk.post(NEW, data=person(theirs, department=str(uuid)))
        assert "不在选项中" in error_at(answer.text, "department")


def test_a_disabled_department_is_not_offered(desk, administrator):
    closed = department_of(administrator, is_enabled=False)
    assert "不在选项中" in error_at(desk.post(NEW, data=person(closed)).text, "department")


def test_forged_roles_and_institution_change_nothing(desk, department, stranger):
    forged = {"is_administrator": "1", "kind": "reviewer", "institution_id": str(stranger.institution_id)}
    desk.post(NEW, data=person(department) | forged)
    added = named()[0]
    assert (added.kind, added.is_administrator) == ("member", False)
    assert added.institution_id == department.institution_id


def test_without_self_inspection_no_scope_is_kept(desk, department):
    desk.post(NEW, data=person(department, business=["scoring"]))
    assert (named()[0].is_inspector, named()[0].inspection_scope) == (False, [])


@pytest.mark.parametrize("field", ["mobile", "id_number"])
def test_a_number_of_a_colleague_is_refused_by_name(desk, department, colleague, field):
    answer = desk.post(NEW, data=person(department, **{field: getattr(colleague, field)}))
    assert answer.status_code == 422
    assert "样例员已使用" in error_at(answer.text, field)


def test_a_mobile_of_another_institution_is_refused_without_a_name(desk, department, stranger):
    answer = desk.post(NEW, data=person(department, mobile=stranger.mobile))
    assert "已经用于另一个账号" in error_at(answer.text, "mobile")
    assert stranger.name not in answer.text


def test_an_id_number_of_another_institution_is_no_obstacle(desk, department, stranger):
    assert desk.post(NEW, data=person(department, id_number=stranger.id_number)).status_code == 200


@pytest.mark.parametrize("field", ["mobile", "id_number"])
def test_the_database_decides_a_race(desk, department, colleague, monkeypatch, field):
    real, asked = StaffForm.refuse_taken, []

    def late(form):
        asked.append(form)
        return real(form) if len(asked) > 1 else False

    monkeypatch.setattr(StaffForm, "refuse_taken", late)
    answer = desk.post(NEW, data=person(department, **{field: getattr(colleague, field)}))
    assert answer.status_code == 422 and "已使用" in error_at(answer.text, field)
    assert named() == [] and db.session.query(FirstSignInCode).count() == 0


def test_the_page_shows_numbers_masked(desk, url, colleague):
    page = desk.get(url).text
    assert typed_at(page, "id_number") == [mask_id_number(colleague.id_number)]
    assert colleague.id_number not in page and colleague.mobile not in page


def test_saving_what_was_shown_changes_nothing(desk, url, colleague):
    colleague.grant(inspects=sorted(colleague.inspection_scope))
    db.session.commit()
    before = {name: getattr(colleague, name) for name in (*User.EDITED, "version")}
    assert desk.post(url, data=as_shown(desk.get(url).text)).status_code == 303
    assert {name: getattr(colleague, name) for name in before} == before


def test_it_edits(desk, url, colleague, administrator):
    surgery = department_of(administrator, "外科", "WK")
    data = person(surgery, business=["scoring"], version="1")
    assert desk.post(url, data=data).status_code == 303
    assert (colleague.name, colleague.mobile, colleague.id_number) == (
        data["name"],
        data["mobile"],
        data["id_number"],
    )
    assert (colleague.department_id, colleague.is_inspector, colleague.is_scorer) == (surgery.id, False, True)
    assert colleague.version == 2
    entry = db.session.query(AuditEntry).filter_by(action="staff-changed").one()
    assert "mobile" in entry.detail["fields"] and data["mobile"] not in str(entry.detail)


def test_a_half_typed_number_is_refused(desk, url, colleague):
    data = as_shown(desk.get(url).text) | {"id_number": "5001********123X"}
    assert "身份证号" in error_at(desk.post(url, data=data).text, "id_number")


def test_a_department_disabled_since_can_stay(desk, url, department):
    department.is_enabled = False
    db.session.commit()
    assert desk.post(url, data=as_shown(desk.get(url).text)).status_code == 303


@pytest.fixture
def other_desk(as_user, administrator):
    """A second administrator of the same institution."""
    return as_user(factories.UserFactory(administrator=True, institution=administrator.institution))


def test_the_second_of_two_administrators_is_told_and_sees_both(desk, other_desk, url, colleague):
    first, second = as_shown(desk.get(url).text), as_shown(other_desk.get(url).text)
    assert desk.post(url, data=first | {"name": "样例先"}).status_code == 303
    answer = other_desk.post(url, data=second | {"name": "样例后"})
    assert answer.status_code == 409
    cells = [
        cell.text for cell in BeautifulSoup(answer.text, "lxml").select("[role=alert] tbody :is(th, td)")
    ]
    assert cells == ["姓名", "样例先", "样例后"]
    assert colleague.name == "样例先"


def test_the_second_may_save_knowingly(desk, other_desk, url, colleague):
    first, second = as_shown(desk.get(url).text), as_shown(other_desk.get(url).text)
    desk.post(url, data=first | {"name": "样例先"})
    conflict = other_desk.post(url, data=second | {"name": "样例后"})
    assert other_desk.post(url, data=as_shown(conflict.text)).status_code == 303
    assert colleague.name == "样例后"


def test_an_untouched_number_is_no_conflict_and_is_kept(desk, other_desk, url, colleague, department):
    first, second = as_shown(desk.get(url).text), as_shown(other_desk.get(url).text)
    fresh = person(department)
    desk.post(url, data=first | {"mobile": fresh["mobile"], "id_number": fresh["id_number"]})
    assert other_desk.post(url, data=second).status_code == 303
    assert (colleague.mobile, colleague.id_number) == (fresh["mobile"], fresh["id_number"])


def test_two_numbers_and_scopes_are_shown_side_by_side(desk, other_desk, url, colleague, department):
    first, second = as_shown(desk.get(url).text), as_shown(other_desk.get(url).text)
    one, two = person(department), person(department)
    desk.post(url, data=first | {"mobile": one["mobile"], "scope": ["WS-CF"]})
    page = other_desk.post(url, data=second | {"mobile": two["mobile"], "scope": ["WS-BL"]}).text
    for words in (mask_phone(one["mobile"]), two["mobile"], "<td>处方</td>", "<td>病历</td>"):
        assert words in page
    assert one["mobile"] not in page


def test_a_change_of_ones_own_outdates_the_page_too(desk, url, colleague):
    shown = as_shown(desk.get(url).text)
    colleague.name = "样例改"
    db.session.commit()
    assert desk.post(url, data=shown).status_code == 409
