"""审核详情 warns of institutions that look like the one that waits."""

from collections.abc import Callable

import pytest
from bs4 import BeautifulSoup
from flask.testing import FlaskClient

from tests import factories
from tests.sessions import counted_statements
from tests.supervision.records import registration_in
from webapp.accounts.models import User
from webapp.database import db
from webapp.institutions.changes import propose
from webapp.institutions.registrations import Registration

NAME = "歌乐山康复医院"


def warning(page: str) -> str:
    found = BeautifulSoup(page, "html.parser").select_one("#duplicates")
    return found.get_text(" ", strip=True) if found else ""


def look(desk: FlaskClient, registration: Registration) -> str:
    return warning(desk.get(f"/supervision/registrations/{registration.uuid}").text)


@pytest.fixture
def waiting(app: object) -> Registration:
    return registration_in(factories.DISTRICT, name=NAME)


def test_nothing_alike_warns_of_nothing(desk: FlaskClient, waiting: Registration) -> None:
    registration_in(factories.DISTRICT)
    assert look(desk, waiting) == ""


def test_the_same_name_is_told(desk: FlaskClient, waiting: Registration) -> None:
    twin = registration_in(factories.DISTRICT, name=NAME)
    told = look(desk, waiting)
    assert twin.institution.credit_code in told
    assert told.endswith("待审核 医疗机构名称相同")
    page = desk.get(f"/supervision/registrations/{waiting.uuid}").text
    link = BeautifulSoup(page, "html.parser").select_one("#duplicates a")
    assert link is not None and link["href"] == f"/supervision/registrations/{twin.uuid}"


@pytest.mark.parametrize("name", ["歌乐山康复医院（新院）", "歌乐山康复医院(新院)"])
def test_brackets_of_either_width_are_the_same(desk: FlaskClient, name: str) -> None:
    waiting = registration_in(factories.DISTRICT, name="歌乐山康复医院（新院）")
    registration_in(factories.DISTRICT, name=name)
    assert "医疗机构名称相同" in look(desk, waiting)


def test_the_same_code_of_a_returned_one_is_told(
    desk: FlaskClient, waiting: Registration, reviewer: User
) -> None:
    returned = registration_in(factories.DISTRICT)
    returned.return_("照片不清楚", by=reviewer)
    returned.institution.credit_code = waiting.institution.credit_code
    db.session.commit()
    told = look(desk, waiting)
    assert returned.institution.name in told
    assert told.endswith("已退回 社会统一信用代码相同")


def test_both_are_told_together(desk: FlaskClient, waiting: Registration, reviewer: User) -> None:
    twin = registration_in(factories.DISTRICT, name=NAME)
    twin.return_("重复", by=reviewer)
    twin.institution.credit_code = waiting.institution.credit_code
    db.session.commit()
    assert look(desk, waiting).endswith("社会统一信用代码、医疗机构名称相同")


def test_of_another_district_only_that_there_is_one_is_told(
    desk: FlaskClient, city: FlaskClient, waiting: Registration
) -> None:
    twin = registration_in("500103", name=NAME, address="渝中区样例巷 8 号")
    told = look(desk, waiting)
    assert "其他区县有 1 家机构的医疗机构名称相同" in told
    page = desk.get(f"/supervision/registrations/{waiting.uuid}").text
    for secret in (twin.institution.credit_code, str(twin.uuid), "渝中区", twin.institution.address):
        assert secret not in page
    assert twin.institution.credit_code in look(city, waiting)


def test_a_change_is_compared_by_what_it_would_bring(
    desk: FlaskClient, inspector: User, waiting: Registration
) -> None:
    administrator = factories.UserFactory(administrator=True, institution=inspector.institution)
    change = propose(administrator.institution, {"name": ["旧名", NAME]}, by=administrator)
    db.session.commit()
    assert waiting.institution.credit_code in look(desk, change)


def test_an_institution_is_no_twin_of_itself(desk: FlaskClient, inspector: User) -> None:
    administrator = factories.UserFactory(administrator=True, institution=inspector.institution)
    own = administrator.institution
    change = propose(own, {"address": [own.address, "新址"]}, by=administrator)
    db.session.commit()
    assert look(desk, change) == ""


def test_it_counts_statements(desk: FlaskClient, waiting: Registration) -> None:
    url = f"/supervision/registrations/{waiting.uuid}"
    counts = []
    for many in (1, 6):
        for _ in range(many):
            registration_in(factories.DISTRICT, name=NAME)
        with counted_statements() as statements:
            desk.get(url)
        counts.append(len(statements))
    assert counts[0] == counts[1]


def test_colleagues_of_the_district_see_the_same(
    as_user: Callable[[User], FlaskClient], desk: FlaskClient, waiting: Registration
) -> None:
    registration_in(factories.DISTRICT, name=NAME)
    colleague = as_user(factories.UserFactory(reviewer=True, district=factories.DISTRICT))
    assert look(colleague, waiting) == look(desk, waiting) != ""
