"""系统设置, and where they show."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from tests import factories
from tests.admin.conftest import as_shown
from tests.institutions.answers import error_at
from tests.sessions import counted_statements
from webapp.accounts.models import User
from webapp.audit.models import AuditEntry
from webapp.database import db
from webapp.sitewide import settings

URL = "/admin/settings"
TEXT = "本周六 22:00 起停机维护。\n已填的内容不受影响。"


def save(desk: FlaskClient, **changes: str) -> int:
    return desk.post(URL, data=as_shown(desk.get(URL).text) | changes).status_code


def test_it_works(desk: FlaskClient, client: FlaskClient) -> None:
    assert "系统设置" in desk.get(URL).text
    assert save(desk, announcement=TEXT, support_phone="023-60000000") == 303
    page = client.get("/login").text
    assert "停机维护" in page and "tel:023-60000000" in page
    assert "023-60000000" in client.get("/first-sign-in").text


def test_what_is_not_set_does_not_show(client: FlaskClient, app: object) -> None:
    page = client.get("/login").text
    assert "公告" not in page and "技术支持" not in page


def test_it_is_recorded(desk: FlaskClient, operator: User) -> None:
    save(desk, announcement="旧公告")
    save(desk, announcement="新公告")
    last = db.session.scalars(db.select(AuditEntry).order_by(AuditEntry.id.desc())).first()
    assert last is not None and (last.action, last.user_id) == ("settings-changed", operator.id)
    changed = {"before": {"announcement": "旧公告"}, "after": {"announcement": "新公告"}}
    assert last.detail == {"fields": ["announcement"], **changed}


def test_saving_it_untouched_changes_nothing(desk: FlaskClient) -> None:
    save(desk, announcement=TEXT)
    assert save(desk) == 303
    assert db.session.query(AuditEntry).count() == 1


def test_a_text_can_be_taken_away_again(desk: FlaskClient, client: FlaskClient) -> None:
    save(desk, announcement=TEXT)
    save(desk, announcement="")
    assert "停机维护" not in client.get("/login").text


def test_an_announcement_is_only_text(desk: FlaskClient, client: FlaskClient) -> None:
    save(desk, announcement="<b>请注意</b>")
    assert "&lt;b&gt;请注意" in client.get("/login").text


def test_it_asks_to_sign_in(client: FlaskClient) -> None:
    assert client.post(URL).location.startswith("/login")


def test_it_refuses_other_roles(outsider: FlaskClient) -> None:
    assert outsider.get(URL).status_code == 403
    assert outsider.post(URL, data={"announcement": TEXT}).status_code == 403


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("announcement", "长" * 501, "最多 500 个字，现在是 501 个"),
        ("support_phone", "60000000", "座机号要带区号"),
    ],
)
def test_it_rejects_bad_input(desk: FlaskClient, field: str, value: str, message: str) -> None:
    answer = desk.post(URL, data=as_shown(desk.get(URL).text) | {field: value})
    assert answer.status_code == 422 and message in error_at(answer.text, field)
    assert as_shown(answer.text)[field] == value
    assert settings() == {"announcement": "", "support_phone": ""}


def test_the_second_to_save_sees_both(desk: FlaskClient, as_user: Callable[[User], FlaskClient]) -> None:
    other = as_user(factories.UserFactory(system=True))
    opened = as_shown(other.get(URL).text)
    save(desk, announcement="第一个人的公告")
    answer = other.post(URL, data=opened | {"announcement": "第二个人的公告"})
    assert answer.status_code == 409
    for told in ("设置刚刚被别人改过", "第一个人的公告", "第二个人的公告"):
        assert told in answer.text
    assert other.post(URL, data=as_shown(answer.text)).status_code == 303
    assert "第二个人的公告" in desk.get(URL).text


def test_the_sign_in_page_asks_once(desk: FlaskClient, client: FlaskClient) -> None:
    counts = []
    for announcement in ("", TEXT):
        save(desk, announcement=announcement)
        with counted_statements() as statements:
            client.get("/login")
        counts.append(len(statements))
    assert counts == [1, 1]
