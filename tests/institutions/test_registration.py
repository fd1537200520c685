"""Where a registration stands: /registration, and its correction: /registration/edit."""

import pytest
from bs4 import BeautifulSoup

from tests import factories
from tests.htmx import HTMX, normalised, swapped
from tests.institutions.answers import error_at, institution, photo, send, typed_at
from tests.sessions import counted_statements
from webapp.database import db
from webapp.institutions.models import Document, DocumentKind, Status
from webapp.messages.models import Message

URL = "/registration"
EDIT = "/registration/edit"
REASON = "执业许可证照片不清楚，请重拍"


@pytest.fixture
def registration(app):
    return factories.RegistrationFactory()


@pytest.fixture
def applicant(registration, as_user):
    return as_user(registration.applicant)


@pytest.fixture
def returned(registration, reviewer):
    registration.return_(REASON, by=reviewer)
    return registration


def kept(page: str) -> dict[str, list[str]]:
    return {kind.value: typed_at(page, kind) for kind in DocumentKind}


def test_it_works(applicant, registration):
    page = applicant.get(URL).text
    assert "待审核" in page and "正在等待沙坪坝区监督员审核" in page
    assert registration.institution.name in page
    assert len(BeautifulSoup(page, "lxml").select(".photos img")) == 2


def test_it_masks_numbers(applicant, registration):
    page = applicant.get(URL).text
    user, institution = registration.applicant, registration.institution
    for number in (
        user.mobile,
        user.id_number,
        institution.legal_person_id_number,
        institution.contact_phone,
    ):
        assert number not in page
        assert number[-4:] in page


def test_signing_in_leads_there(applicant):
    assert applicant.get("/").location == URL


@pytest.mark.parametrize("url", [URL, EDIT])
def test_it_asks_to_sign_in(client, url):
    assert client.get(url).location.startswith("/login")


@pytest.mark.parametrize("url", [URL, EDIT])
def test_it_refuses_other_roles(as_user, inspector, reviewer, url):
    assert [as_user(user).get(url).status_code for user in (inspector, reviewer)] == [403, 403]


def test_it_leads_home_once_approved(applicant, registration, reviewer):
    registration.approve(by=reviewer)
    assert applicant.get(URL).location == "/"


def test_it_says_why_it_was_returned(applicant, returned):
    page = BeautifulSoup(applicant.get(URL).text, "lxml")
    assert REASON in page.text and "已退回" in page.text
    assert page.find("a", string="修改后重新提交")["href"] == EDIT


def test_a_reason_cannot_bring_markup(applicant, registration, reviewer):
    registration.return_("<script>alert(1)</script>", by=reviewer)
    assert "<script>alert" not in applicant.get(URL).text + applicant.get(EDIT).text


def test_it_counts_statements(applicant, registration):
    with counted_statements() as few:
        applicant.get(URL)
    more = factories.AttachmentFactory(uploader=registration.applicant)
    registration.institution.documents.append(Document(kind=DocumentKind.LICENCE, attachment=more))
    factories.MessageFactory(user_id=registration.applicant_id)
    with counted_statements() as many:
        applicant.get(URL)
    assert len(many) == len(few) <= 6


@pytest.mark.parametrize("method", ["get", "post"])
def test_there_is_nothing_to_correct_while_it_waits(applicant, registration, method):
    assert getattr(applicant, method)(EDIT).location == URL
    assert registration.institution.address == "样例路 1 号"


def test_the_correction_begins_with_what_was_sent(applicant, returned):
    page = applicant.get(EDIT).text
    institution = returned.institution
    for field in ("name", "credit_code", "district", "level", "legal_person_id_number", "contact_phone"):
        assert typed_at(page, field) == [getattr(institution, field)]
    assert typed_at(page, "treatment_subjects") == institution.treatment_subjects
    assert sorted(typed_at(page, "scope")) == sorted(institution.scope)
    assert [len(photos) for photos in kept(page).values()] == [1, 1]
    assert REASON in page


def test_the_correction_leaves_the_account_alone(applicant, returned):
    page = BeautifulSoup(applicant.get(EDIT).text, "lxml")
    assert not page.select("[type=password], [name=mobile], [name=id_number]")


def test_it_is_sent_again(applicant, returned, reviewer):
    photos = kept(applicant.get(EDIT).text)
    code = returned.institution.credit_code
    answers = institution(**photos, credit_code=code, address="示例路 2 号")
    assert send(applicant, answers, EDIT).location == URL
    db.session.refresh(returned)
    assert returned.status == returned.institution.status == Status.PENDING
    assert returned.institution.address == "示例路 2 号"
    assert Message.unread_count(reviewer) == 1
    assert "待审核" in applicant.get(URL).text


def test_a_photo_is_replaced(applicant, returned):
    photos = kept(applicant.get(EDIT).text)
    send(applicant, institution(certificate=photos["certificate"], licence=[photo(), photo()]), EDIT)
    db.session.refresh(returned.institution)
    assert [str(p.uuid) for p in returned.institution.documents_of(DocumentKind.CERTIFICATE)] == photos[
        "certificate"
    ]
    assert len(returned.institution.documents_of(DocumentKind.LICENCE)) == 2


def test_a_second_tap_is_led_on(applicant, returned):
    photos = kept(applicant.get(EDIT).text)
    assert [send(applicant, institution(**photos), EDIT).location for _ in range(2)] == [URL, URL]


def test_it_rejects_bad_input(applicant, returned):
    answer = send(applicant, institution(name="<b>", level="四级", licence=[]), EDIT)
    assert answer.status_code == 422
    assert [bool(error_at(answer.text, field)) for field in ("name", "level", "licence")] == [True] * 3
    assert typed_at(answer.text, "name") == ["<b>"]
    db.session.refresh(returned)
    assert returned.status == Status.RETURNED and returned.institution.name != "<b>"


def test_a_credit_code_taken_meanwhile_is_refused(applicant, returned, administrator):
    answers = institution(credit_code=administrator.institution.credit_code)
    answer = send(applicant, answers, EDIT)
    assert answer.status_code == 422
    assert "已经注册" in error_at(answer.text, "credit_code")


def test_the_own_credit_code_is_not_taken(applicant, registration):
    code = registration.institution.credit_code
    answer = applicant.post("/register/checks/credit_code", data={"credit_code": code})
    assert answer.status_code == 200


def test_photos_of_others_cannot_be_used(applicant, returned, stranger):
    theirs = factories.AttachmentFactory(uploader=stranger)
    answer = send(applicant, institution(licence=[str(theirs.uuid)]), EDIT)
    assert "请重新添加" in error_at(answer.text, "licence")


def test_a_refusal_is_the_same_for_htmx(applicant, returned):
    answers = institution(name="") | kept(applicant.get(EDIT).text)
    page = send(applicant, answers, EDIT).text
    fragment = applicant.post(EDIT, data=answers, content_type="multipart/form-data", headers=HTMX)
    assert swapped(page, fragment.text, "#correct", "outerHTML") == normalised(page)
