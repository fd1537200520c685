"""两江新区 (500157) took the place of 江北区 (500105) and 渝北区 (500112), and reads their records."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from tests import factories
from tests.supervision.records import handed_in, inspector_in, registration_in, rows
from webapp.accounts.models import User

SignIn = Callable[[User], FlaskClient]


@pytest.fixture
def liangjiang(as_user: SignIn) -> FlaskClient:
    return as_user(factories.UserFactory(reviewer=True, district="500157"))


@pytest.mark.parametrize("district", ["500105", "500112", "500157"])
def test_inspections_of_former_districts_are_read(liangjiang: FlaskClient, district: str) -> None:
    inspection = handed_in(inspector_in(district))
    assert len(rows(liangjiang.get("/supervision/inspections").text)) == 1
    assert liangjiang.get(f"/supervision/inspections/{inspection.uuid}").status_code == 200


@pytest.mark.parametrize("district", ["500105", "500112", "500157"])
def test_registrations_of_former_districts_are_decided(liangjiang: FlaskClient, district: str) -> None:
    url = f"/supervision/registrations/{registration_in(district).uuid}"
    assert liangjiang.get(url).status_code == 200
    assert liangjiang.post(f"{url}/decision", data={"result": "approved"}).status_code == 303


def test_old_records_keep_their_district_name(liangjiang: FlaskClient) -> None:
    handed_in(inspector_in("500105"))
    assert rows(liangjiang.get("/supervision/inspections").text)[0][0] == "江北区"


def test_the_filter_says_where_a_district_went(liangjiang: FlaskClient) -> None:
    assert "江北区（已并入两江新区）" in liangjiang.get("/supervision/registrations").text


def test_neighbours_stay_out_of_reach(liangjiang: FlaskClient) -> None:
    inspection = handed_in(inspector_in("500106"))
    assert liangjiang.get(f"/supervision/inspections/{inspection.uuid}").status_code == 404


def test_photos_of_former_districts_are_seen(liangjiang: FlaskClient) -> None:
    registration = registration_in("500112")
    for document in registration.institution.documents:
        assert liangjiang.get(f"/attachments/{document.attachment.uuid}").status_code == 200
