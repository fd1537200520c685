"""编辑 an official's account."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from tests import factories
from tests.admin.conftest import as_shown
from tests.institutions.answers import error_at
from webapp.accounts.models import User
from webapp.audit.models import AuditEntry
from webapp.database import db, uuid7
from webapp.numbers import mask_phone


@pytest.fixture
def reviewer(app: object) -> User:
    made: User = factories.UserFactory(reviewer=True, name="样例甲", district="500106")
    return made


def url_of(user: User) -> str:
    return f"/admin/accounts/{user.uuid}"


def save(desk: FlaskClient, user: User, **changes: str) -> tuple[int, str]:
    answer = desk.post(url_of(user), data=as_shown(desk.get(url_of(user)).text) | changes)
    return answer.status_code, answer.text


def entries() -> list[AuditEntry]:
    return list(db.session.scalars(db.select(AuditEntry).order_by(AuditEntry.id)))


def test_it_works(desk: FlaskClient, reviewer: User) -> None:
    page = desk.get(url_of(reviewer)).text
    assert mask_phone(reviewer.mobile) in page and reviewer.mobile not in page
    assert save(desk, reviewer, name="样例乙", district="500103")[0] == 303
    assert (reviewer.name, reviewer.district) == ("样例乙", "500103")


def test_it_is_recorded(desk: FlaskClient, reviewer: User, operator: User) -> None:
    save(desk, reviewer, district="city")
    (entry,) = entries()
    assert (entry.action, entry.user_id, entry.subject) == ("official-changed", operator.id, reviewer.uuid)
    moved = {"before": {"district": "沙坪坝区"}, "after": {"district": "市级"}}
    assert entry.detail == {"fields": ["district"], **moved}


def test_saving_it_untouched_changes_nothing(desk: FlaskClient, reviewer: User) -> None:
    mobile, version = reviewer.mobile, reviewer.version
    assert save(desk, reviewer)[0] == 303
    assert (reviewer.mobile, reviewer.version, entries()) == (mobile, version, [])


def test_a_number_is_typed_anew(desk: FlaskClient, reviewer: User) -> None:
    save(desk, reviewer, mobile="160 1234 5678")
    assert reviewer.mobile == "16012345678"


def test_the_district_counts_from_the_next_page_on(
    desk: FlaskClient, as_user: Callable[[User], FlaskClient], reviewer: User
) -> None:
    browser = as_user(reviewer)
    record = factories.RegistrationFactory()
    address = f"/supervision/registrations/{record.uuid}"
    assert browser.get(address).status_code == 200
    save(desk, reviewer, district="500103")
    assert browser.get(address).status_code == 404


def test_kinds_other_than_reviewers_have_no_district(desk: FlaskClient) -> None:
    auditor = factories.UserFactory(auditor=True)
    assert 'name="district"' not in desk.get(url_of(auditor)).text
    assert save(desk, auditor, district="500106", name="改名")[0] == 303
    assert (auditor.district, auditor.name) == (None, "改名")


def test_nobody_changes_what_an_account_is(desk: FlaskClient, reviewer: User) -> None:
    save(desk, reviewer, kind="system")
    assert reviewer.kind == "reviewer"


def test_it_asks_to_sign_in(client: FlaskClient, reviewer: User) -> None:
    assert client.get(url_of(reviewer)).location.startswith("/login")


def test_it_refuses_other_roles(outsider: FlaskClient, reviewer: User) -> None:
    assert outsider.get(url_of(reviewer)).status_code == 403
    assert outsider.post(url_of(reviewer)).status_code == 403


def test_institutions_people_are_not_found(desk: FlaskClient, inspector: User) -> None:
    assert desk.get(url_of(inspector)).status_code == 404
    assert desk.post(url_of(inspector), data={"name": "改名"}).status_code == 404


def test_it_handles_a_missing_uuid(desk: FlaskClient) -> None:
    assert desk.get(f"/admin/accounts/{uuid7()}").status_code == 404


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("district", "", "请选择负责地区"),
        ("name", "", "请填写姓名"),
        ("mobile", "138****1234", "手机号应为11位"),
        ("id_number", "", "请填写身份证号"),
    ],
)
def test_it_rejects_bad_input(
    desk: FlaskClient, reviewer: User, field: str, value: str, message: str
) -> None:
    status, page = save(desk, reviewer, **{field: value})
    assert status == 422 and message in error_at(page, field)


def test_a_taken_number_is_refused(desk: FlaskClient, reviewer: User, inspector: User) -> None:
    status, page = save(desk, reviewer, mobile=inspector.mobile)
    assert status == 422 and "已经用于另一个账号" in error_at(page, "mobile")


def test_the_second_to_save_sees_both(
    desk: FlaskClient, as_user: Callable[[User], FlaskClient], reviewer: User
) -> None:
    other = as_user(factories.UserFactory(system=True))
    opened = as_shown(other.get(url_of(reviewer)).text)
    save(desk, reviewer, district="500103")
    answer = other.post(url_of(reviewer), data=opened | {"district": "500108"})
    assert answer.status_code == 409
    for told in ("刚刚被别人改过", "渝中区", "南岸区"):
        assert told in answer.text
    assert reviewer.district == "500103"
    again = as_shown(answer.text)
    assert other.post(url_of(reviewer), data=again).status_code == 303
    assert reviewer.district == "500108"


def test_saving_the_same_at_once_is_no_conflict(
    desk: FlaskClient, as_user: Callable[[User], FlaskClient], reviewer: User
) -> None:
    other = as_user(factories.UserFactory(system=True))
    opened = as_shown(other.get(url_of(reviewer)).text)
    save(desk, reviewer, name="样例乙")
    assert other.post(url_of(reviewer), data=opened | {"name": "样例乙"}).status_code == 303
