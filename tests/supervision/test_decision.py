"""审核意见: 通过 or 退回."""

from collections.abc import Callable

import pytest
from bs4 import BeautifulSoup
from flask.testing import FlaskClient

from tests import factories
from tests.supervision.records import registration_in
from webapp.accounts.models import User
from webapp.audit.models import AuditEntry
from webapp.database import db
from webapp.institutions.models import Status
from webapp.institutions.registrations import Decision, Registration
from webapp.messages.models import Message

LIST = "/supervision/registrations"


@pytest.fixture
def registration(app: object) -> Registration:
    return registration_in(factories.DISTRICT)


def url_of(registration: Registration) -> str:
    return f"{LIST}/{registration.uuid}/decision"


def decisions() -> list[tuple[Status, str]]:
    return [(decision.result, decision.reason) for decision in db.session.scalars(db.select(Decision))]


def test_approving_lets_the_institution_work(desk: FlaskClient, registration: Registration) -> None:
    answer = desk.post(url_of(registration), data={"result": "approved"})
    assert (answer.status_code, answer.location) == (303, f"{LIST}?at={registration.uuid}")
    assert registration.status == registration.institution.status == Status.APPROVED
    assert decisions() == [(Status.APPROVED, "")]


def test_returning_keeps_the_reason(desk: FlaskClient, registration: Registration) -> None:
    desk.post(url_of(registration), data={"result": "returned", "reason": " 许可证照片不清楚 "})
    assert registration.status == registration.institution.status == Status.RETURNED
    assert decisions() == [(Status.RETURNED, "许可证照片不清楚")]


def test_the_applicant_is_told(desk: FlaskClient, registration: Registration) -> None:
    desk.post(url_of(registration), data={"result": "returned", "reason": "许可证照片不清楚"})
    message = db.session.scalars(Message.visible_to(registration.applicant)).one()
    assert "许可证照片不清楚" in message.body


def test_the_decision_is_recorded(desk: FlaskClient, registration: Registration, reviewer: User) -> None:
    desk.post(url_of(registration), data={"result": "approved"})
    entry = db.session.scalars(db.select(AuditEntry)).all()[-1]
    assert (entry.action, entry.user_id) == ("registration-approved", reviewer.id)
    assert entry.subject == registration.uuid


def test_it_goes_back_to_the_list_as_it_was(desk: FlaskClient, registration: Registration) -> None:
    answer = desk.post(f"{url_of(registration)}?status=pending", data={"result": "approved"})
    assert answer.location == f"{LIST}?status=pending&at={registration.uuid}"


def test_it_goes_nowhere_else(desk: FlaskClient, registration: Registration) -> None:
    data = {"result": "approved", "back": "https://elsewhere.example/"}
    answer = desk.post(f"{url_of(registration)}?back=//elsewhere.example&status=gone", data=data)
    assert answer.location == f"{LIST}?at={registration.uuid}"


@pytest.mark.parametrize(
    ("data", "field", "message"),
    [
        ({}, "#result", "请选择通过或退回"),
        ({"result": "perhaps"}, "#result", "请选择通过或退回"),
        ({"result": "returned"}, "#reason", "退回时必须填写退回原因"),
        ({"result": "returned", "reason": "　 "}, "#reason", "退回时必须填写退回原因"),
        ({"result": "returned", "reason": "长" * 501}, "#reason", "最多 500 个字，现在是 501 个"),
    ],
)
def test_it_rejects_bad_input(
    desk: FlaskClient, registration: Registration, data: dict[str, str], field: str, message: str
) -> None:
    answer = desk.post(url_of(registration), data=data)
    page = BeautifulSoup(answer.text, "html.parser")
    assert answer.status_code == 422
    wrong = page.select_one(f"{field}[aria-invalid=true]")
    assert wrong is not None
    told = page.select_one(f"#{str(wrong['aria-describedby']).split()[0]}")
    assert told is not None and message in told.text
    assert decisions() == []


def test_what_was_typed_stays(desk: FlaskClient, registration: Registration) -> None:
    page = desk.post(url_of(registration), data={"reason": "照片不清楚"}).text
    area = BeautifulSoup(page, "html.parser").select_one("textarea[name=reason]")
    assert area is not None and area.text.strip() == "照片不清楚"


def test_the_second_reviewer_learns_what_the_first_decided(
    city: FlaskClient, registration: Registration, reviewer: User
) -> None:
    registration.return_("照片不清楚", by=reviewer)
    answer = city.post(url_of(registration), data={"result": "approved"})
    assert answer.status_code == 409
    assert reviewer.name in answer.text and "审核：退回" in answer.text
    assert decisions() == [(Status.RETURNED, "照片不清楚")]


def test_a_registration_sent_again_can_be_decided_again(
    desk: FlaskClient, registration: Registration, reviewer: User
) -> None:
    registration.return_("照片不清楚", by=reviewer)
    registration.status = registration.institution.status = Status.PENDING
    desk.post(url_of(registration), data={"result": "approved"})
    assert [result for result, _ in decisions()] == [Status.RETURNED, Status.APPROVED]


def test_it_asks_to_sign_in(client: FlaskClient, registration: Registration) -> None:
    assert client.post(url_of(registration)).location == "/login"


def test_it_refuses_other_roles(outsider: FlaskClient, registration: Registration) -> None:
    assert outsider.post(url_of(registration), data={"result": "approved"}).status_code == 403
    assert decisions() == []


def test_it_hides_other_districts(elsewhere: FlaskClient, registration: Registration) -> None:
    assert elsewhere.post(url_of(registration), data={"result": "approved"}).status_code == 404
    assert decisions() == []


def test_it_rejects_get(desk: FlaskClient, registration: Registration) -> None:
    assert desk.get(url_of(registration)).status_code == 405


def test_the_approved_registrant_may_work(
    desk: FlaskClient, as_user: Callable[[User], FlaskClient], registration: Registration
) -> None:
    desk.post(url_of(registration), data={"result": "approved"})
    assert as_user(registration.applicant).get("/inspections").status_code == 200
