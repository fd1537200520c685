"""添加账号: a new official signs in with the code that the page shows once."""

import pytest
from bs4 import BeautifulSoup
from flask.testing import FlaskClient
from sqlalchemy.exc import IntegrityError

from tests import factories
from tests.admin.conftest import official
from tests.institutions.answers import error_at, typed_at
from webapp.accounts.models import Kind, User
from webapp.audit.models import AuditEntry
from webapp.database import db
from webapp.messages.models import Message

URL = "/admin/accounts/new"


def added() -> User:
    return db.session.scalars(db.select(User).where(User.name == "样例新人")).one()


def code_on(page: str) -> str:
    output = BeautifulSoup(page, "html.parser").select_one("output")
    assert output is not None
    return output.text


@pytest.mark.parametrize(
    ("changes", "kind", "district"),
    [
        ({}, Kind.REVIEWER, "500106"),
        ({"district": "city"}, Kind.REVIEWER, None),
        ({"kind": "auditor"}, Kind.AUDITOR, None),
        ({"kind": "system", "district": ""}, Kind.SYSTEM, None),
    ],
)
def test_it_works(desk: FlaskClient, changes: dict[str, str], kind: Kind, district: str | None) -> None:
    assert "添加账号" in desk.get(URL).text
    answer = desk.post(URL, data=official(**changes))
    assert answer.status_code == 200 and "只显示这一次" in answer.text
    user = added()
    assert (user.kind, user.district, user.has_signed_in, user.is_active) == (kind, district, False, True)


def test_the_code_opens_the_account(desk: FlaskClient, client: FlaskClient, operator: User) -> None:
    data = official()
    code = code_on(desk.post(URL, data=data).text)
    password = "Mangguo73shu"
    entered = {"mobile": data["mobile"], "code": code, "password": password, "confirm": password}
    assert client.post("/first-sign-in", data=entered).location == "/"
    assert client.get("/supervision/").status_code == 200
    told = db.session.scalars(db.select(Message).where(Message.user_id == operator.id)).one()
    assert told.title == "首次登录完成" and "样例新人" in told.body


def test_it_is_recorded_without_numbers(desk: FlaskClient, operator: User) -> None:
    data = official()
    desk.post(URL, data=data)
    entries = db.session.scalars(db.select(AuditEntry).order_by(AuditEntry.id)).all()
    assert [entry.action for entry in entries] == ["official-added", "code-issued"]
    assert {(entry.user_id, entry.subject) for entry in entries} == {(operator.id, added().uuid)}
    assert entries[0].detail == {"kind": "reviewer", "district": "沙坪坝区"}


def test_it_asks_to_sign_in(client: FlaskClient) -> None:
    assert client.post(URL).location.startswith("/login")


def test_it_refuses_other_roles(outsider: FlaskClient) -> None:
    assert outsider.get(URL).status_code == 403
    assert outsider.post(URL, data=official()).status_code == 403


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("kind", "", "请选择角色"),
        ("kind", "member", "不在选项中"),
        ("district", "", "请选择负责地区"),
        ("district", "500105", "不在选项中"),
        ("name", "", "请填写姓名"),
        ("name", "<b>", "姓名不能含有"),
        ("mobile", "1234", "手机号应为11位"),
        ("id_number", "500106198704120019", "校验"),
    ],
)
def test_it_rejects_bad_input(desk: FlaskClient, field: str, value: str, message: str) -> None:
    answer = desk.post(URL, data=official(**{field: value}))
    assert answer.status_code == 422
    assert message in error_at(answer.text, field)
    assert not db.session.scalar(db.select(User.id).where(User.name == "样例新人"))


def test_what_was_typed_stays(desk: FlaskClient) -> None:
    data = official(mobile="1234")
    page = desk.post(URL, data=data).text
    for name in ("name", "id_number", "mobile"):
        assert typed_at(page, name) == [data[name]]
    assert typed_at(page, "district") == ["500106"]


def test_a_mobile_number_of_anybody_is_taken(desk: FlaskClient, inspector: User) -> None:
    answer = desk.post(URL, data=official(mobile=inspector.mobile))
    assert answer.status_code == 422 and "已经用于另一个账号" in error_at(answer.text, "mobile")
    assert inspector.name not in answer.text


def test_nobody_gets_a_second_account(desk: FlaskClient, operator: User) -> None:
    answer = desk.post(URL, data=official(kind="auditor", id_number=operator.id_number))
    assert answer.status_code == 422 and "一个人只能有一个" in error_at(answer.text, "id_number")


def test_a_member_of_an_institution_may_become_an_official(desk: FlaskClient, inspector: User) -> None:
    assert desk.post(URL, data=official(id_number=inspector.id_number)).status_code == 200


def test_the_database_holds_it_too(operator: User) -> None:
    with pytest.raises(IntegrityError):
        factories.UserFactory(auditor=True, id_number=operator.id_number)
    db.session.rollback()
