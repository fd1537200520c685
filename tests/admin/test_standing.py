"""口令, 停用, 启用 and 解锁 under /admin/accounts/<uuid>."""

from collections.abc import Callable
from threading import Thread

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests import factories
from tests.admin.test_new_account import code_on
from webapp.accounts import officials
from webapp.accounts.codes import FirstSignInCode
from webapp.accounts.models import Kind, User
from webapp.accounts.sessions import FailedSignIns
from webapp.audit.models import AuditEntry
from webapp.database import db

ACTS = ("code", "deactivation", "activation", "unlocking")


def act(browser: FlaskClient, user: User, name: str) -> TestResponse:
    return browser.post(f"/admin/accounts/{user.uuid}/{name}", follow_redirects=True)


def actions() -> list[str]:
    return [entry.action for entry in db.session.query(AuditEntry).order_by(AuditEntry.id)]


@pytest.mark.parametrize("name", ACTS)
def test_it_asks_to_sign_in(client: FlaskClient, reviewer: User, name: str) -> None:
    assert client.post(f"/admin/accounts/{reviewer.uuid}/{name}").location.startswith("/login")


@pytest.mark.parametrize("name", ACTS)
def test_it_refuses_other_roles(outsider: FlaskClient, reviewer: User, name: str) -> None:
    assert act(outsider, reviewer, name).status_code == 403


@pytest.mark.parametrize("name", ACTS)
def test_institutions_people_are_not_found(desk: FlaskClient, inspector: User, name: str) -> None:
    assert act(desk, inspector, name).status_code == 404
    assert inspector.is_active and actions() == []


@pytest.mark.parametrize("name", ACTS)
def test_it_rejects_get(desk: FlaskClient, reviewer: User, name: str) -> None:
    assert desk.get(f"/admin/accounts/{reviewer.uuid}/{name}").status_code == 405


def test_a_new_code_is_shown_once(desk: FlaskClient, reviewer: User) -> None:
    code = code_on(act(desk, reviewer, "code").text)
    holder = FirstSignInCode.holder(reviewer.mobile, code)
    assert holder is not None and holder.id == reviewer.id
    assert code not in desk.get(f"/admin/accounts/{reviewer.uuid}").text
    assert actions() == ["code-issued"]


def test_a_disabled_account_ends_at_once(
    desk: FlaskClient, as_user: Callable[[User], FlaskClient], reviewer: User
) -> None:
    browser = as_user(reviewer)
    assert browser.get("/supervision/").status_code == 200
    assert "已停用" in act(desk, reviewer, "deactivation").text
    assert browser.get("/supervision/").location.startswith("/login")
    assert "请先启用" in act(desk, reviewer, "code").text
    assert "已启用" in act(desk, reviewer, "activation").text
    assert actions() == ["official-deactivated", "official-activated"]


def test_a_locked_account_is_unlocked(desk: FlaskClient, client: FlaskClient, reviewer: User) -> None:
    wrong = {"mobile": reviewer.mobile, "password": "Wrong2026pass"}
    for _ in range(FailedSignIns.LIMIT):
        client.post("/login", data=wrong)
    page = desk.get(f"/admin/accounts/{reviewer.uuid}").text
    assert "暂时锁定" in page and "解锁" in page
    act(desk, reviewer, "unlocking")
    right = wrong | {"password": factories.PASSWORD}
    assert client.post("/login", data=right).status_code == 303
    assert "official-unlocked" in actions()


def test_nobody_disables_or_resets_themselves(desk: FlaskClient, operator: User) -> None:
    assert "不能停用自己的账号" in act(desk, operator, "deactivation").text
    assert "用旧密码修改" in act(desk, operator, "code").text
    assert operator.is_active and actions() == []


def test_another_administrator_is_disabled(desk: FlaskClient) -> None:
    other = factories.UserFactory(system=True)
    act(desk, other, "deactivation")
    assert not other.is_active


def test_who_was_disabled_meanwhile_disables_nobody(operator: User) -> None:
    other = factories.UserFactory(system=True)
    officials.deactivate(other, by=operator)
    with pytest.raises(officials.LastAdministrator):
        officials.deactivate(operator, by=other)
    db.session.rollback()
    assert operator.is_active


def test_one_who_never_signed_in_does_not_count(operator: User) -> None:
    new = factories.UserFactory(system=True, password_hash="")
    with pytest.raises(officials.LastAdministrator):
        officials.deactivate(operator, by=new)


def test_two_who_disable_each_other_leave_one(app: Flask, operator: User) -> None:
    other = factories.UserFactory(system=True)
    pairs = ((operator.id, other.id), (other.id, operator.id))
    refused = []

    def disable(who: int, by: int) -> None:
        with app.app_context():
            try:
                officials.deactivate(db.session.get_one(User, who), by=db.session.get_one(User, by))
            except officials.LastAdministrator:
                refused.append(who)

    db.session.remove()
    threads = [Thread(target=disable, args=pair) for pair in pairs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    active = db.session.query(User).filter_by(kind=Kind.SYSTEM, is_active=True).count()
    assert (len(refused), active) == (1, 1)
