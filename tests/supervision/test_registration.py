"""审核详情: one registration."""

from bs4 import BeautifulSoup
from flask.testing import FlaskClient

from tests import factories
from tests.sessions import counted_statements
from tests.supervision.records import registration_in
from webapp.accounts.models import User
from webapp.database import uuid7
from webapp.institutions.registrations import Registration


def url_of(registration: Registration) -> str:
    return f"/supervision/registrations/{registration.uuid}"


def facts(page: str) -> dict[str, str]:
    found = BeautifulSoup(page, "html.parser").select(".facts > div")
    return {pair.dt.text: pair.dd.get_text(" ", strip=True) for pair in found if pair.dt and pair.dd}


def test_it_works(desk: FlaskClient) -> None:
    registration = registration_in(factories.DISTRICT)
    told = facts(desk.get(url_of(registration)).text)
    institution = registration.institution
    assert told["医疗机构名称"] == institution.name
    assert told["统一社会信用代码"] == institution.credit_code
    assert told["经营地区"] == "重庆市 沙坪坝区"
    assert told["诊疗科目"] == "内科、外科"


def test_it_masks_the_numbers(desk: FlaskClient) -> None:
    registration = registration_in(factories.DISTRICT)
    page = desk.get(url_of(registration)).text
    assert registration.institution.legal_person_id_number not in page
    assert registration.institution.contact_phone not in page


def test_it_shows_the_attachments(desk: FlaskClient) -> None:
    registration = registration_in(factories.DISTRICT)
    links = BeautifulSoup(desk.get(url_of(registration)).text, "html.parser").select("a[data-zoom]")
    kept = [f"/attachments/{document.attachment.uuid}" for document in registration.institution.documents]
    assert [link["href"] for link in links] == kept
    assert {desk.get(str(link["href"])).status_code for link in links} == {200}


def test_it_numbers_the_inspection_items(desk: FlaskClient) -> None:
    registration = registration_in(factories.DISTRICT)
    items = BeautifulSoup(desk.get(url_of(registration)).text, "html.parser").select("ol.numbered li")
    assert [item.text for item in items] == registration.institution.scope_titles


def test_it_tells_the_history(desk: FlaskClient, reviewer: User) -> None:
    registration = registration_in(factories.DISTRICT)
    registration.return_("许可证照片不清楚", by=reviewer)
    page = desk.get(url_of(registration)).text
    assert "退回原因：许可证照片不清楚" in page
    assert reviewer.name in page
    assert BeautifulSoup(page, "html.parser").select_one("[name=result]") is None


def test_it_asks_to_sign_in(client: FlaskClient) -> None:
    assert client.get(url_of(registration_in(factories.DISTRICT))).location.startswith("/login")


def test_it_refuses_other_roles(outsider: FlaskClient) -> None:
    assert outsider.get(url_of(registration_in(factories.DISTRICT))).status_code == 403


def test_it_hides_other_districts(elsewhere: FlaskClient) -> None:
    registration = registration_in(factories.DISTRICT)
    assert elsewhere.get(url_of(registration)).status_code == 404
    for document in registration.institution.documents:
        assert elsewhere.get(f"/attachments/{document.attachment.uuid}").status_code == 404
        assert elsewhere.get(f"/attachments/{document.attachment.uuid}/thumbnail").status_code == 404


def test_it_handles_an_unknown_identifier(desk: FlaskClient) -> None:
    assert desk.get(f"/supervision/registrations/{uuid7()}").status_code == 404


def test_it_counts_statements(desk: FlaskClient, reviewer: User) -> None:
    url = url_of(registration_in(factories.DISTRICT))
    with counted_statements() as few:
        desk.get(url)
    for _ in range(5):
        registration_in(factories.DISTRICT).approve(by=reviewer)
    with counted_statements() as many:
        desk.get(url)
    assert len(few) == len(many)
