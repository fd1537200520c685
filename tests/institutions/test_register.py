"""注册: GET and POST /register."""

from concurrent.futures import ThreadPoolExecutor

from bs4 import BeautifulSoup
from sqlalchemy import func, select

from tests import factories
from tests.htmx import HTMX, normalised, swapped
from tests.institutions.answers import error_at, photo, registration, send, typed_at
from tests.limits import limited
from webapp.accounts.models import User
from webapp.attachments.models import Attachment
from webapp.catalog import catalog
from webapp.database import db
from webapp.institutions.models import DocumentKind, Institution, Status
from webapp.institutions.registrations import Registration
from webapp.messages.models import Message

URL = "/register"


def institutions() -> int:
    return db.session.scalar(select(func.count()).select_from(Institution))


def test_it_works(client):
    page = client.get(URL)
    assert page.status_code == 200
    assert page.headers["Cache-Control"] == "no-store"
    soup = BeautifulSoup(page.text, "lxml")
    labels = [label.get_text(strip=True).removesuffix("*") for label in soup.select("label[for]")]
    assert labels == [
        *("医疗机构名称", "社会统一信用代码", "经营地区", "经营地址", "机构级别", "经营性质"),
        *("法人代表(负责人)", "法人(负责人)身份证号", "联系人", "联系电话"),
        *("用户名", "身份证号码", "手机号码", "设置密码", "确认密码"),
    ]
    assert {legend.get_text(strip=True) for legend in soup.select("legend")} == {"诊疗科目*", "执业自查范围"}


def test_it_offers_todays_regions(client):
    page = BeautifulSoup(client.get(URL).text, "lxml")
    offered = [option["value"] for option in page.select("#district option")]
    assert offered == ["", *(region.code for region in catalog().reference.regions_on())]
    assert "500157" in offered and "500105" not in offered


def test_it_registers_and_signs_in(client, reviewer):
    answers = registration()
    assert send(client, answers).location == "/registration"
    assert "待审核" in client.get("/registration").text
    user = db.session.scalar(User.with_mobile(answers["mobile"]))
    assert user.is_administrator and user.name == "示例甲"
    assert user.institution.status == Status.PENDING
    assert user.institution.scope == ["JG-XW", "JG-ZY", "JG-ZZ", "WS-CF"]
    assert db.session.scalar(Registration.of(user)).district == factories.DISTRICT
    assert Message.unread_count(reviewer) == 1


def test_its_photos_become_the_registrants(client):
    send(client, registration(certificate=[photo(), photo()]))
    kept = db.session.scalars(select(Institution)).one()
    assert [len(kept.documents_of(kind)) for kind in DocumentKind] == [2, 1]
    photos = db.session.scalars(select(Attachment)).all()
    assert all(
        p.draft is None and p.uploader_id and p.released and p.institution_id == kept.id for p in photos
    )


def test_what_is_pasted_is_stored_as_it_should_be(client):
    answers = registration()
    full_width = answers["mobile"].translate({ord(str(n)): ord("０") + n for n in range(10)})
    spaced = f" {answers['id_number'][:6]} {answers['id_number'][6:].lower()}"
    code = answers["credit_code"].lower()
    send(client, answers | {"mobile": full_width, "id_number": spaced, "credit_code": code})
    user = db.session.scalar(User.with_mobile(answers["mobile"]))
    assert user.id_number == answers["id_number"]
    assert user.institution.credit_code == answers["credit_code"]


def test_whoever_is_signed_in_is_led_home(as_user, administrator):
    phone = as_user(administrator)
    assert phone.get(URL).location == "/"
    assert send(phone, registration()).location == "/"


def test_a_taken_mobile_is_refused(client, administrator):
    answer = send(client, registration(mobile=administrator.mobile))
    assert answer.status_code == 422
    assert "这个手机号码已经注册，请直接登录" in error_at(answer.text, "mobile")


def test_a_taken_credit_code_is_refused(client, administrator):
    answer = send(client, registration(credit_code=administrator.institution.credit_code))
    assert answer.status_code == 422
    assert "这个信用代码已经注册" in error_at(answer.text, "credit_code")


def test_the_credit_code_of_a_returned_registration_is_free(client):
    factories.InstitutionFactory(status=Status.RETURNED, credit_code="52500160MJP000001D")
    assert send(client, registration(credit_code="52500160MJP000001D")).location == "/registration"


def test_a_second_tap_makes_no_second_institution(client, app):
    draft = {kind.value: typed_at(send(client, registration(mobile="1")).text, kind) for kind in DocumentKind}
    answers = registration(**draft)
    with client.session_transaction() as session:
        before = dict(session)
    second = app.test_client()
    with second.session_transaction() as session:
        session.update(before)
    assert [send(tap, answers).location for tap in (client, second)] == ["/registration"] * 2
    assert institutions() == 1


def test_who_only_knows_the_numbers_is_not_led_on(client, app):
    answers = registration()
    send(client, answers)
    guess = send(
        app.test_client(), registration(**{n: answers[n] for n in ("mobile", "credit_code")}, password="x")
    )
    assert guess.status_code == 422


def test_of_two_at_once_with_one_mobile_one_is_refused(app):
    forms = [registration(mobile="16012345678"), registration(mobile="16012345678")]
    with ThreadPoolExecutor() as threads:
        answers = list(threads.map(lambda form: send(app.test_client(), form), forms))
    assert sorted(answer.status_code for answer in answers) == [303, 422]
    refused = next(answer for answer in answers if answer.status_code == 422)
    assert "已经注册" in error_at(refused.text, "mobile")
    assert institutions() == 1


def test_an_expired_page_loses_nothing(app, monkeypatch):
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", True)
    answer = send(app.test_client(), registration())
    assert answer.status_code == 422
    assert "填写的内容还在，请再点一次" in answer.text
    assert typed_at(answer.text, "name") == ["示例门诊部"]


def test_a_refusal_is_the_same_for_htmx(client):
    answers = registration(mobile="1", certificate=[], licence=[])
    page = send(client, answers).text
    fragment = client.post(URL, data=answers, content_type="multipart/form-data", headers=HTMX)
    assert fragment.status_code == 422
    assert swapped(page, fragment.text, "#register", "outerHTML") == normalised(page)


def test_htmx_is_led_on(client):
    answer = client.post(URL, data=registration(), content_type="multipart/form-data", headers=HTMX)
    assert (answer.status_code, answer.headers["HX-Redirect"]) == (204, "/registration")


def test_nobody_can_try_again_and_again(app):
    with limited(app) as browser:
        answers = [browser.post(URL).status_code for _ in range(121)]
    assert answers == [422] * 120 + [429]


def test_nobody_can_register_one_institution_after_the_other(app):
    answers = []
    with limited(app) as browser:
        for _ in range(21):
            sent = browser.post(URL, data=registration(), content_type="multipart/form-data")
            answers.append(sent.status_code)
            browser.delete_cookie("session")
    assert answers == [303] * 20 + [429]


def test_an_id_number_never_stands_in_an_address(client):
    page = BeautifulSoup(client.get(URL).text, "lxml")
    assert not page.select("[hx-get]")
    assert {form["method"] for form in page.select("form")} == {"post"}
