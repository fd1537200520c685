"""口令, 停用, 启用, 删除 and 移交管理权 under /staff/<uuid>."""

import pytest
from bs4 import BeautifulSoup

from tests import factories
from webapp.accounts import members
from webapp.accounts.codes import FirstSignInCode
from webapp.accounts.models import User
from webapp.accounts.sessions import SignIn
from webapp.audit.models import AuditEntry
from webapp.database import db
from webapp.inspections.models import Inspection
from webapp.messages.models import Message

ACTS = ("code", "deletion", "deactivation", "activation", "administration")


@pytest.fixture
def colleague(inspector):
    return inspector


@pytest.fixture
def newcomer(administrator):
    return factories.UserFactory(institution=administrator.institution, password_hash="", name="样例新")


def act(browser, person, name, **data):
    return browser.post(f"/staff/{person.uuid}/{name}", data=data, follow_redirects=True)


def actions():
    return [entry.action for entry in db.session.query(AuditEntry).order_by(AuditEntry.id)]


@pytest.mark.parametrize("name", ACTS)
def test_it_asks_to_sign_in(client, colleague, name):
    assert client.post(f"/staff/{colleague.uuid}/{name}").location.startswith("/login")


@pytest.mark.parametrize("name", ACTS)
def test_it_refuses_other_roles(as_user, colleague, reviewer, name):
    for user in (colleague, reviewer):
        assert act(as_user(user), colleague, name).status_code == 403


@pytest.mark.parametrize("name", ACTS)
def test_it_hides_other_institutions(as_user, stranger, colleague, name):
    assert act(as_user(stranger), colleague, name, confirm="y").status_code == 404
    assert colleague.is_active and not colleague.is_administrator and actions() == []


def test_a_new_code_is_shown_once(desk, newcomer):
    page = act(desk, newcomer, "code").text
    code = BeautifulSoup(page, "lxml").select_one("output").text
    assert FirstSignInCode.holder(newcomer.mobile, code).id == newcomer.id
    assert code not in desk.get(f"/staff/{newcomer.uuid}").text
    assert actions() == ["code-issued"]


def test_nobody_issues_a_code_for_the_administrator(desk, administrator):
    assert "不能签发" in act(desk, administrator, "code").text
    assert db.session.query(FirstSignInCode).count() == 0


def test_no_code_for_a_disabled_account(desk, newcomer, administrator):
    members.deactivate(newcomer, by=administrator)
    assert "不能签发" in act(desk, newcomer, "code").text


def test_somebody_without_records_is_deleted(desk, newcomer, administrator):
    members.issue_code(newcomer, by=administrator)
    assert "样例新已删除" in act(desk, newcomer, "deletion").text
    assert db.session.query(User).filter_by(name="样例新").count() == 0
    assert actions()[-1] == "staff-deleted"


def test_somebody_with_records_is_disabled_and_the_records_stay(desk, colleague):
    factories.InspectionFactory(inspector=colleague)
    page = act(desk, colleague, "deletion").text
    assert "不能删除，账号已停用；记录全部保留" in page
    assert not colleague.is_active
    assert db.session.query(Inspection).filter_by(inspector_id=colleague.id).count() == 1
    assert actions()[-1] == "staff-deactivated"


@pytest.mark.parametrize("name", ["deactivation", "deletion"])
def test_sessions_end_at_once_and_for_good(desk, as_user, colleague, administrator, name):
    factories.InspectionFactory(inspector=colleague)
    browser = as_user(colleague)
    assert browser.get("/inspections").status_code == 200
    act(desk, colleague, name)
    assert browser.get("/inspections").location.startswith("/login")
    members.activate(colleague, by=administrator)
    assert browser.get("/inspections").location.startswith("/login")
    assert db.session.query(SignIn).filter_by(user_id=colleague.id).count() == 0


def test_a_disabled_person_comes_back(desk, client, colleague):
    act(desk, colleague, "deactivation")
    assert "已启用" in act(desk, colleague, "activation").text
    answer = client.post("/login", data={"mobile": colleague.mobile, "password": factories.PASSWORD})
    assert answer.status_code == 303
    assert actions()[:2] == ["staff-deactivated", "staff-activated"]


@pytest.mark.parametrize("name", ["deletion", "deactivation"])
def test_an_administrator_hands_over_before_going(desk, administrator, name):
    assert "请先把管理权移交" in act(desk, administrator, name).text
    assert administrator.is_active and administrator.is_administrator


def test_administration_is_handed_over(desk, administrator, colleague):
    administrator.grant(scores=True)
    answer = desk.post(f"/staff/{colleague.uuid}/administration", data={"confirm": "y"})
    assert (answer.status_code, answer.location) == (303, "/")
    assert (colleague.is_administrator, administrator.is_administrator) == (True, False)
    assert colleague.is_inspector and administrator.is_scorer
    assert desk.get("/staff").status_code == 403
    assert actions() == ["administration-handed-over"]


def test_both_are_told(desk, administrator, colleague):
    desk.post(f"/staff/{colleague.uuid}/administration", data={"confirm": "y"})
    told = {message.user_id: message.title for message in db.session.query(Message)}
    assert told == {colleague.id: "您已成为机构管理员", administrator.id: "管理权已移交"}


def test_handing_over_needs_the_tick(desk, administrator, colleague):
    url = f"/staff/{colleague.uuid}/administration"
    assert "移交管理权" in desk.get(url).text
    answer = desk.post(url)
    assert answer.status_code == 422 and "请先勾选确认" in answer.text
    assert administrator.is_administrator


def test_only_somebody_who_can_sign_in_takes_over(desk, administrator, colleague, newcomer):
    colleague.is_active = False
    for person in (colleague, newcomer, administrator):
        assert "不能移交给" in desk.get(f"/staff/{person.uuid}/administration").text
        answer = desk.post(f"/staff/{person.uuid}/administration", data={"confirm": "y"})
        assert answer.status_code == 422
    assert administrator.is_administrator
    assert db.session.query(User).filter_by(is_administrator=True).count() == 1
