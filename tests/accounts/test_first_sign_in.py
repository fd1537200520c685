"""首次登录: a one-time code, and no session before the password is set."""

import pytest

from tests import factories
from tests.institutions.answers import error_at, typed_at
from tests.limits import limited
from webapp.accounts import members
from webapp.accounts.codes import ALPHABET, FirstSignInCode, normalised
from webapp.accounts.sessions import FailedSignIns, SignIn
from webapp.audit.models import AuditEntry
from webapp.database import db, now
from webapp.messages.models import Message

URL = "/first-sign-in"
PASSWORD = "Mangguo73shu"


@pytest.fixture
def newcomer(administrator):
    return factories.UserFactory(
        inspector=True, institution=administrator.institution, password_hash="", name="样例新"
    )


@pytest.fixture
def code(newcomer, administrator):
    return members.issue_code(newcomer, by=administrator)


def enter(client, user, code, password=PASSWORD, changes=None):
    data = {"mobile": user.mobile, "code": code, "password": password, "confirm": password}
    return client.post(URL, data=data | (changes or {}))


def sessions_of(user):
    return db.session.query(SignIn).filter_by(user_id=user.id).count()


def test_it_works(client, newcomer, code):
    assert "首次登录" in client.get(URL).text
    answer = enter(client, newcomer, code)
    assert (answer.status_code, answer.location) == (303, "/")
    assert client.get("/inspections").status_code == 200
    assert newcomer.has_password(PASSWORD)


def test_the_sign_in_page_leads_here(client):
    assert f'href="{URL}"' in client.get("/login").text


def test_a_code_is_ten_characters_that_nobody_mistakes(code):
    assert len(normalised(code)) == 10
    assert set(normalised(code)) <= set(ALPHABET)
    assert not set(ALPHABET) & set("0O1I2Z5S8B")


def test_case_hyphen_and_full_width_are_no_obstacle(client, newcomer, code):
    wide = "".join(chr(ord(char) + 0xFEE0) for char in normalised(code).lower())
    assert enter(client, newcomer, wide).status_code == 303


def test_only_a_digest_is_stored(newcomer, code):
    stored = db.session.get(FirstSignInCode, newcomer.id)
    assert len(stored.digest) == 64
    assert normalised(code) not in stored.digest


def test_it_is_used_once(app, client, newcomer, code):
    enter(client, newcomer, code)
    again = enter(app.test_client(), newcomer, code, "Another2026pass")
    assert again.status_code == 422
    assert newcomer.has_password(PASSWORD)


def test_it_expires_after_72_hours(client, newcomer, code):
    db.session.get(FirstSignInCode, newcomer.id).made_at = now() - FirstSignInCode.LIFETIME
    assert FirstSignInCode.LIFETIME.total_seconds() == 72 * 3600
    assert enter(client, newcomer, code).status_code == 422


def test_a_new_code_replaces_the_old_one(client, newcomer, administrator, code):
    newer = members.issue_code(newcomer, by=administrator)
    assert enter(client, newcomer, code).status_code == 422
    assert enter(client, newcomer, newer).status_code == 303


def test_it_belongs_to_one_person(client, newcomer, administrator, code):
    colleague = factories.UserFactory(institution=administrator.institution, password_hash="")
    members.issue_code(colleague, by=administrator)
    assert enter(client, colleague, code).status_code == 422


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("mobile", "", "请填写手机号码"),
        ("mobile", "1234", "手机号应为11位"),
        ("code", "", "请填写一次性口令"),
        ("password", "short1", "密码至少10位"),
        ("password", "onlyletters", "请加上数字"),
        ("confirm", "Different2026", "两次输入的密码不一致"),
    ],
)
def test_it_rejects_bad_input(client, newcomer, code, field, value, message):
    answer = enter(client, newcomer, code, changes={field: value})
    assert answer.status_code == 422
    assert message in error_at(answer.text, field)
    assert field in ("password", "confirm") or typed_at(answer.text, field) == [value]
    assert not newcomer.has_signed_in and sessions_of(newcomer) == 0


def test_a_password_of_ones_own_data_is_refused_and_the_code_stays(client, newcomer, code):
    answer = enter(client, newcomer, code, f"Pass{newcomer.mobile[-8:]}")
    assert "不能包含本人" in error_at(answer.text, "password")
    assert enter(client, newcomer, code).status_code == 303


def test_nobody_gets_in_before(client, newcomer, code):
    for password in ("", code, normalised(code)):
        data = {"mobile": newcomer.mobile, "password": password}
        assert client.post("/login", data=data).status_code == 422
    assert sessions_of(newcomer) == 0


def test_known_and_unknown_numbers_are_told_alike(client, newcomer, code):
    stranger = factories.UserFactory.build(institution=None)
    wrong, unknown = (enter(client, user, "AAAAAAAAAA") for user in (newcomer, stranger))
    assert wrong.status_code == unknown.status_code == 422
    assert wrong.text.replace(newcomer.mobile, "") == unknown.text.replace(stranger.mobile, "")


def test_five_failures_lock_the_number_here_and_at_the_sign_in(client, newcomer, code):
    for _ in range(FailedSignIns.LIMIT):
        assert "不正确" in enter(client, newcomer, "AAAAAAAAAA").text
    assert "15 分钟" in enter(client, newcomer, code).text
    assert "15 分钟" in client.post("/login", data={"mobile": newcomer.mobile, "password": "x"}).text


def test_rates_are_limited_by_address(app, newcomer, code):
    with limited(app) as client:
        answers = [enter(client, newcomer, "", password="").status_code for _ in range(31)]
    assert answers == [422] * 30 + [429]


def test_a_deactivated_person_does_not_get_in(client, newcomer, administrator, code):
    members.deactivate(newcomer, by=administrator)
    assert enter(client, newcomer, code).status_code == 422


def test_the_administrator_is_told(client, newcomer, administrator, code):
    enter(client, newcomer, code)
    told = db.session.query(Message).filter_by(user_id=administrator.id).one()
    assert told.title == "首次登录完成" and newcomer.name in told.body
    actions = [entry.action for entry in db.session.query(AuditEntry).order_by(AuditEntry.id)]
    assert actions == ["code-issued", "first-sign-in"]


def test_a_code_resets_a_forgotten_password(client, as_user, inspector, administrator):
    browser = as_user(inspector)
    code = members.issue_code(inspector, by=administrator)
    assert db.session.query(Message).filter_by(user_id=inspector.id).one().title == "一次性口令"
    assert enter(client, inspector, code).status_code == 303
    assert browser.get("/me").status_code == 302
    assert inspector.has_password(PASSWORD)


def test_a_signed_in_user_is_sent_home(as_user, inspector):
    assert as_user(inspector).get(URL).location == "/"
