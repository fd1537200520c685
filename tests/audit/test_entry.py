"""记录详情."""

from flask.testing import FlaskClient

from tests import factories
from tests.audit import forging
from tests.audit.test_log import note
from webapp.accounts.models import User
from webapp.database import uuid7


def test_it_works(desk: FlaskClient, administrator: User, inspector: User) -> None:
    entry = note("staff-changed", by=administrator, about=inspector, fields=["id_number"])
    page = desk.get(f"/audit/{entry.uuid}").text
    told = (
        "2026-11-20 12:00:00",
        "修改机构人员",
        administrator.name,
        inspector.name,
        "身份证号",
        entry.digest,
    )
    assert not [word for word in told if word not in page]
    assert "内容与校验码一致，与上一条衔接" in page and "本链第一条" in page
    assert f"subject={inspector.uuid}" in page


def test_it_asks_to_sign_in(client: FlaskClient, reviewer: User) -> None:
    assert client.get(f"/audit/{note(by=reviewer).uuid}").location.startswith("/login")


def test_it_refuses_other_roles(outsider: FlaskClient, reviewer: User) -> None:
    assert outsider.get(f"/audit/{note(by=reviewer).uuid}").status_code == 403


def test_it_handles_a_missing_uuid(desk: FlaskClient) -> None:
    assert desk.get(f"/audit/{uuid7()}").status_code == 404


def test_numbers_are_not_in_it(desk: FlaskClient, reviewer: User, inspector: User) -> None:
    page = desk.get(
        f"/audit/{note('numbers-shown', by=reviewer, about=inspector, number='mobile').uuid}"
    ).text
    numbers = (n for user in (reviewer, inspector) for n in (user.mobile, user.id_number))
    assert not [number for number in numbers if number in page]


def test_a_changed_entry_is_told(desk: FlaskClient, reviewer: User) -> None:
    for _ in range(2):
        entry = note(by=reviewer)
    forging.change(2, name="另一个人")
    page = desk.get(f"/audit/{entry.uuid}").text
    assert "这条记录校验不通过" in page and "内容与校验码不符" in page


def test_ways_lead_to_the_entries_beside_it(desk: FlaskClient) -> None:
    first, second, third = (
        note(by=factories.UserFactory(reviewer=True, name="样例甲" if number != 1 else "样例乙"))
        for number in range(3)
    )
    page = desk.get(f"/audit/{second.uuid}").text
    assert f"/audit/{third.uuid}" in page and f"/audit/{first.uuid}" in page
    narrowed = desk.get(f"/audit/{third.uuid}?name=样例甲").text
    assert f"/audit/{first.uuid}?name=" in narrowed and str(second.uuid) not in narrowed
