"""我的: one's own data, how pages look, the way out."""

from collections.abc import Callable

import pytest
from bs4 import BeautifulSoup, Tag
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests import factories
from tests.htmx import HTMX, normalised, swapped
from tests.sessions import counted_statements
from webapp.accounts import own
from webapp.accounts.models import User
from webapp.accounts.sessions import FailedSignIns, SignIn
from webapp.audit.models import AuditEntry
from webapp.database import db
from webapp.numbers import mask_id_number, mask_phone
from webapp.sample import sample_id_number, sample_mobile

SignedIn = Callable[[User], FlaskClient]


@pytest.fixture
def browser(as_user: SignedIn, inspector: User) -> FlaskClient:
    return as_user(inspector)


def field(page: str, name: str) -> Tag:
    found = BeautifulSoup(page, "html.parser").select_one(f"#profile [name={name}]")
    assert found is not None, f"no field {name}"
    return found


def told(page: str, name: str) -> str:
    found = BeautifulSoup(page, "html.parser").select_one(f"#field-{name} .error")
    return found.text if found else ""


def save(browser: FlaskClient, user: User, **changed: str) -> TestResponse:
    """Send the form as the page shows it, but for what is changed."""
    masked = {"id_number": mask_id_number(user.id_number), "mobile": mask_phone(user.mobile)}
    return browser.post("/me", data={"name": user.name, **masked, **changed})


def entries(action: str) -> list[AuditEntry]:
    return list(db.session.scalars(db.select(AuditEntry).where(AuditEntry.action == action)))


def test_it_works(browser: FlaskClient, inspector: User) -> None:
    page = browser.get("/me").text
    assert field(page, "name")["value"] == inspector.name
    assert field(page, "id_number")["value"] == mask_id_number(inspector.id_number)
    assert field(page, "mobile")["value"] == mask_phone(inspector.mobile)
    assert "自查用户" in page and inspector.institution.name in page


def test_it_carries_the_manuals_words(browser: FlaskClient) -> None:
    page = BeautifulSoup(browser.get("/me").text, "html.parser")
    labels = [label.text for label in page.select("#profile label")]
    assert labels == ["姓名", "身份证号", "手机号"]
    assert {"保存", "退出账户"} <= {button.get_text(strip=True) for button in page.select("button")}
    assert page.select_one('a[href="/me/password"]').get_text(strip=True) == "重置密码"


def test_it_shows_no_number_in_full(browser: FlaskClient, inspector: User) -> None:
    page = browser.get("/me").text
    assert inspector.id_number not in page
    assert inspector.mobile not in page


@pytest.mark.parametrize("role", ["administrator", "inspector", "scorer", "reviewer", "system", "auditor"])
def test_every_role_has_it(as_user: SignedIn, role: str) -> None:
    browser = as_user(factories.UserFactory(**{role: True}))
    for path in ("/me", "/me/password", "/me/devices"):
        assert browser.get(path).status_code == 200


def test_it_asks_to_sign_in(client: FlaskClient) -> None:
    assert client.get("/me").location == "/login?next=/me"
    assert client.post("/me", data={"name": "样例"}).status_code == 401


def test_a_name_is_saved(browser: FlaskClient, inspector: User) -> None:
    answer = save(browser, inspector, name="样例 新名")
    assert (answer.status_code, answer.location) == (303, "/me")
    assert inspector.name == "样例 新名"
    assert "个人信息已保存" in browser.get("/me").text


def test_masked_numbers_stay_as_they_are(browser: FlaskClient, inspector: User) -> None:
    before = inspector.id_number, inspector.mobile
    save(browser, inspector, name="样例新名")
    assert (inspector.id_number, inspector.mobile) == before


def test_numbers_shown_in_full_stay_as_they_are(browser: FlaskClient, inspector: User) -> None:
    answer = save(browser, inspector, id_number=inspector.id_number, mobile=inspector.mobile)
    assert answer.status_code == 303
    assert entries("profile-changed") == []


def test_a_new_mobile_signs_in_and_the_old_one_no_more(browser: FlaskClient, inspector: User) -> None:
    old, new = inspector.mobile, sample_mobile(factories.rng)
    typed = f"+86 {new[:3]} {new[3:]}"
    assert save(browser, inspector, mobile=typed, password=factories.PASSWORD).status_code == 303
    other = browser.application.test_client()
    refused = other.post("/login", data={"mobile": old, "password": factories.PASSWORD})
    accepted = other.post("/login", data={"mobile": new, "password": factories.PASSWORD})
    assert (refused.status_code, accepted.status_code) == (422, 303)


def test_a_new_id_number_is_saved(browser: FlaskClient, inspector: User) -> None:
    new = sample_id_number(factories.rng)
    assert save(browser, inspector, id_number=new, password=factories.PASSWORD).status_code == 303
    assert inspector.id_number == new


def test_a_change_is_recorded_without_the_number(browser: FlaskClient, inspector: User) -> None:
    new = sample_mobile(factories.rng)
    save(browser, inspector, name="样例新名", mobile=new, password=factories.PASSWORD)
    (entry,) = entries("profile-changed")
    assert (entry.user_id, entry.subject) == (inspector.id, inspector.uuid)
    assert entry.detail == {"fields": ["mobile", "name"]}


@pytest.mark.parametrize("name", ["id_number", "mobile"])
def test_a_changed_number_asks_for_the_password(browser: FlaskClient, inspector: User, name: str) -> None:
    new = {"id_number": sample_id_number, "mobile": sample_mobile}[name](factories.rng)
    answer = save(browser, inspector, **{name: new})
    assert answer.status_code == 422
    assert field(answer.text, name)["value"] == new
    assert field(answer.text, "password").has_attr("autofocus")
    assert getattr(inspector, name) != new


def test_a_wrong_password_changes_nothing(browser: FlaskClient, inspector: User) -> None:
    new = sample_mobile(factories.rng)
    answer = save(browser, inspector, mobile=new, password="Wrong2026pass")
    assert answer.status_code == 422
    assert "不正确" in told(answer.text, "password") and "Wrong2026pass" not in answer.text
    assert inspector.mobile != new
    assert len(entries("password-refused")) == 1


def test_five_wrong_passwords_lock(browser: FlaskClient, inspector: User) -> None:
    new = sample_mobile(factories.rng)
    for _ in range(FailedSignIns.LIMIT):
        save(browser, inspector, mobile=new, password="Wrong2026pass")
    answer = save(browser, inspector, mobile=new, password=factories.PASSWORD)
    assert answer.status_code == 422 and "15 分钟" in told(answer.text, "password")


def test_a_taken_mobile_is_refused(browser: FlaskClient, inspector: User, stranger: User) -> None:
    answer = save(browser, inspector, mobile=stranger.mobile, password=factories.PASSWORD)
    assert answer.status_code == 422
    assert "已有人使用" in told(answer.text, "mobile")
    assert field(answer.text, "mobile")["value"] == stranger.mobile


def test_who_has_a_mobile_is_told_only_for_the_password(
    browser: FlaskClient, inspector: User, stranger: User
) -> None:
    answer = save(browser, inspector, mobile=stranger.mobile, password="Wrong2026pass")
    assert told(answer.text, "mobile") == ""


def test_a_colleagues_id_number_is_refused(
    browser: FlaskClient, inspector: User, administrator: User
) -> None:
    answer = save(browser, inspector, id_number=administrator.id_number, password=factories.PASSWORD)
    assert answer.status_code == 422 and "已有人使用" in told(answer.text, "id_number")


def test_one_person_may_work_for_two_institutions(
    browser: FlaskClient, inspector: User, stranger: User
) -> None:
    answer = save(browser, inspector, id_number=stranger.id_number, password=factories.PASSWORD)
    assert answer.status_code == 303


def test_a_race_for_a_mobile_is_told_beside_the_field(
    browser: FlaskClient, inspector: User, stranger: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The form finds the number free, then somebody takes it: the database refuses, the page says so."""
    answers = iter([False])
    asked = lambda *who: next(answers, None) is None and own.is_taken(*who)  # noqa: E731
    monkeypatch.setattr("webapp.accounts.me_forms.is_taken", asked)
    before = inspector.mobile
    answer = save(browser, inspector, mobile=stranger.mobile, password=factories.PASSWORD)
    assert answer.status_code == 422 and "已有人使用" in told(answer.text, "mobile")
    assert inspector.mobile == before and entries("profile-changed") == []


@pytest.mark.parametrize(
    ("name", "typed", "words"),
    [
        ("name", "", "请填写姓名"),
        ("name", "<b>", "不能含有"),
        ("name", "样" * 51, "最多 50 个字"),
        ("id_number", "", "请填写身份证号"),
        ("id_number", "500106199001", "18位"),
        ("mobile", "", "请填写手机号"),
        ("mobile", "1380000", "11位"),
        ("mobile", "023-68880000", "座机"),
        ("mobile", "139****1234", "11位数字"),
    ],
)
def test_it_rejects_bad_input(
    browser: FlaskClient, inspector: User, name: str, typed: str, words: str
) -> None:
    answer = save(browser, inspector, **{name: typed}, password=factories.PASSWORD)
    assert answer.status_code == 422
    assert words in told(answer.text, name)
    assert field(answer.text, name)["value"] == typed
    assert field(answer.text, name).has_attr("autofocus")


def test_forged_fields_change_nothing(browser: FlaskClient, inspector: User, stranger: User) -> None:
    own_institution = inspector.institution_id
    forged = {"is_administrator": "1", "kind": "system", "institution_id": str(stranger.institution_id)}
    assert save(browser, inspector, **forged).status_code == 303
    assert (inspector.is_administrator, inspector.institution_id) == (False, own_institution)


@pytest.mark.parametrize("name", ["id_number", "mobile"])
def test_a_number_is_shown_on_a_recorded_tap(browser: FlaskClient, inspector: User, name: str) -> None:
    page = browser.post("/me/numbers", data={"number": name}).text
    assert field(page, name)["value"] == getattr(inspector, name)
    (other,) = {"id_number", "mobile"} - {name}
    assert "*" in field(page, other)["value"]
    (entry,) = entries("numbers-shown")
    assert (entry.user_id, entry.detail) == (inspector.id, {"number": name})


def test_the_fragment_leaves_the_page_as_a_fresh_one(browser: FlaskClient) -> None:
    page = browser.get("/me").text
    fragment = browser.post("/me/numbers", data={"number": "mobile"}, headers=HTMX).text
    fresh = browser.post("/me/numbers", data={"number": "mobile"}).text
    assert swapped(page, fragment, "#field-mobile", "outerHTML") == normalised(fresh)


@pytest.mark.parametrize("number", ["", "password_hash", "name"])
def test_nothing_but_numbers_is_shown(browser: FlaskClient, number: str) -> None:
    assert browser.post("/me/numbers", data={"number": number}).status_code == 400


def test_numbers_are_not_shown_by_get(browser: FlaskClient) -> None:
    assert browser.get("/me/numbers?number=mobile").status_code == 405


def test_leaving_asks_first(browser: FlaskClient) -> None:
    page = BeautifulSoup(browser.get("/me").text, "html.parser")
    assert page.select_one("button[type=button][commandfor=logout]")
    asked = page.select_one("dialog#logout form[action='/logout'][method=post]")
    assert asked is not None and "确认" in asked.text


def test_it_counts_statements(browser: FlaskClient, inspector: User) -> None:
    db.session.add_all(
        SignIn(user_id=inspector.id, token_digest=f"{n:064}", address="", browser="") for n in range(30)
    )
    db.session.commit()
    with counted_statements() as statements:
        browser.get("/me")
    assert len(statements) == 2


def test_what_was_said_is_not_said_again(browser: FlaskClient, inspector: User) -> None:
    browser.get("/session")
    assert save(browser, inspector).status_code == 303
    # A request on its way when the page was answered brings no cookie back in which the message still stands.
    assert "Set-Cookie" not in browser.get("/session").headers
    assert "已保存" in browser.get("/me").text
    assert "已保存" not in browser.get("/me").text
