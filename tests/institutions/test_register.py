"""注册: GET and POST /register, and the checks of its fields."""

import re
from concurrent.futures import ThreadPoolExecutor

import pytest
from bs4 import BeautifulSoup
from sqlalchemy import func, select

from tests import factories
from tests.attachments.samples import png_header
from tests.htmx import HTMX, normalised, swapped
from tests.institutions.answers import error_at, institution, photo, registration, send, typed_at
from tests.limits import limited
from webapp.accounts.models import User
from webapp.attachments.models import Attachment
from webapp.catalog import catalog
from webapp.database import db
from webapp.institutions.models import DocumentKind, Institution, Status
from webapp.institutions.registrations import Registration
from webapp.messages.models import Message

URL = "/register"
LINES = ["name", "credit_code", "address", "legal_person", "legal_person_id_number", "contact"]
LINES += ["contact_phone", "username", "id_number", "mobile"]
CHOICES = ["district", "level", "nature"]
HOSTILE = ["", "字" * 10_000, "<script>alert(1)</script>", "示\x00例", "示\x1b[31m例", "示例🏥"]
HOSTILE += ["'; DROP TABLE users;--", "{{ 7 * 7 }}", "％00"]
FORGED = ["", " ", "999999", "<script>", "\x00", "'; --", "字" * 10_000]


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


@pytest.mark.parametrize("value", HOSTILE)
@pytest.mark.parametrize("field", LINES)
def test_it_rejects_bad_input(client, field, value):
    answer = send(client, registration(**{field: value}, licence=[]))
    assert answer.status_code == 422
    assert re.search("请|应为", error_at(answer.text, field))
    if value.isprintable():
        assert typed_at(answer.text, field) == [value]
    assert "<script>alert" not in answer.text and institutions() == 0


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("credit_code", "52500160MJP0000010", "最后一位应为 D"),
        ("legal_person_id_number", "500160199003071237", "最后一位应为 6"),
        ("id_number", "500160199013071236", "不是真实日期"),
        ("mobile", "1601234567", "应为11位数字，现在是10位"),
        ("mobile", "023-68880000", "这是座机号"),
        ("contact_phone", "68880000", "要带区号，如 023-68880000"),
        ("legal_person", "甲1", "请只用汉字"),
        ("name", ["甲", "乙"], "请只填写一个"),
        *(
            (field, value, "请")
            for field in CHOICES
            for value in ("", "999999", "<script>", "\x00", "字" * 10_000)
        ),
        ("district", "500105", "请从列出的选项中重新选择"),
        ("level", "四级", "请从列出的选项中重新选择"),
        ("treatment_subjects", [], "请选择诊疗科目"),
        ("treatment_subjects", ["03", "29"], "请从列出的选项中重新选择"),
        ("scope", [], "请选择执业自查范围"),
        ("scope", ["JG-ZZ", "JG-ZZ-001"], "请从列出的选项中重新选择"),
        ("scope", "P1", "请从列出的选项中重新选择"),
        ("certificate", [], "请至少添加1张照片"),
        ("licence", "not-a-uuid", "请重新添加"),
        ("licence", "01936b2e-0000-7000-8000-000000000000", "请重新添加"),
    ],
)
def test_it_says_what_would_be_right(client, field, value, words):
    answer = send(client, registration(**{field: value}))
    assert answer.status_code == 422
    assert words in error_at(answer.text, field)
    assert "有 1 处需要修改" in answer.text and institutions() == 0


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "是空文件"),
        (b"hello", "“牌照.jpg”不是照片"),
        (b"%PDF-1.7", "是 PDF 文件"),
        (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "是 SVG 图形"),
        (b"\xff\xd8\xff" + bytes(21 * 1024 * 1024), "超过 20 MB"),
        (png_header(8200, 5000), "超过 4000 万像素"),
    ],
    ids=["empty", "text", "pdf", "svg", "21 MB", "41 megapixels"],
)
def test_it_refuses_what_is_no_photo(client, content, words):
    answer = send(client, registration(licence=[photo(content, "牌照.jpg"), photo()]))
    assert answer.status_code == 422
    assert words in error_at(answer.text, "licence")
    assert len(typed_at(answer.text, "licence")) == 1 and institutions() == 0


def test_ten_photos_are_too_many(client):
    answer = send(client, registration(licence=[photo() for _ in range(10)]))
    assert "最多9张照片" in error_at(answer.text, "licence")
    assert len(typed_at(answer.text, "licence")) == 9


@pytest.mark.parametrize(
    ("password", "confirm", "field", "words"),
    [
        ("", "", "password", "请填写设置密码"),
        ("Mangguo7", "Mangguo7", "password", "密码至少10位，现在是8位"),
        ("1234567890123", "1234567890123", "password", "请加上字母"),
        ("MangguoShuXia", "MangguoShuXia", "password", "请加上数字"),
        ("password1234", "password1234", "password", "太常见"),
        ("m13812345678n", "m13812345678n", "password", "不能包含本人的"),
        ("a1" * 5_000, "a1" * 5_000, "password", "密码最多128位"),
        ("Mangguo\x0073shu", "Mangguo\x0073shu", "password", "控制字符"),
        ("Mangguo73shu", "Mangguo73shv", "confirm", "两次输入的密码不一致"),
        ("Mangguo73shu", "", "confirm", "请填写确认密码"),
    ],
)
def test_it_refuses_the_password(client, password, confirm, field, words):
    answers = registration(mobile="13812345678", password=password, confirm=confirm)
    answer = send(client, answers)
    assert answer.status_code == 422
    assert words in error_at(answer.text, field)
    assert not password or password not in answer.text


@pytest.mark.parametrize("field", [*LINES, *CHOICES, "password", "confirm", "scope", "treatment_subjects"])
def test_a_file_in_place_of_text_is_refused(client, field):
    answer = send(client, registration(**{field: photo()}))
    assert answer.status_code == 422
    assert "请" in error_at(answer.text, field)


def test_an_empty_form_is_refused(client):
    answer = client.post(URL)
    assert answer.status_code == 422
    assert "有 19 处需要修改" in answer.text
    focused = BeautifulSoup(answer.text, "lxml").select("[autofocus]")
    assert focused[0]["id"] == "name"


def test_nothing_typed_is_lost(client):
    answers = registration(mobile="1")
    page = send(client, answers).text
    for field in (*LINES, *CHOICES, "treatment_subjects"):
        wanted = answers[field] if isinstance(answers[field], list) else [answers[field]]
        assert typed_at(page, field) == wanted
    assert sorted(typed_at(page, "scope")) == ["JG-XW", "JG-ZY", "JG-ZZ", "WS-CF"]


def test_photos_of_a_refused_form_are_kept(client):
    answers = registration(mobile="1")
    page = send(client, answers).text
    photos = {kind: typed_at(page, kind) for kind in ("certificate", "licence")}
    assert [len(kept) for kept in photos.values()] == [1, 1]
    again = send(client, registration(**photos))
    assert again.location == "/registration"


def test_a_strangers_photo_cannot_be_used(client, app):
    kept = typed_at(send(app.test_client(), registration(mobile="1")).text, "licence")
    answer = send(client, registration(licence=kept))
    assert "请重新添加" in error_at(answer.text, "licence")
    assert typed_at(answer.text, "licence") == []


def test_a_photo_serves_for_one_kind_only(client):
    kept = typed_at(send(client, registration(mobile="1")).text, "licence")
    answer = send(client, registration(certificate=kept, licence=kept))
    assert "同一张照片不能用于两项材料" in error_at(answer.text, "licence")


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


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("name", "示例<", "请只用汉字"),
        ("credit_code", "52500160MJP0000010", "最后一位应为 D"),
        ("legal_person_id_number", "", "请填写法人(负责人)身份证号"),
        ("mobile", "1", "应为11位数字"),
        ("password", "short", "密码至少10位"),
        ("confirm", "other", "不一致"),
        ("district", "1", "请从列出的选项中重新选择"),
    ],
)
def test_a_field_is_checked_as_it_is_left(client, field, value, words):
    answer = client.post(f"{URL}/checks/{field}", data={field: value}, headers=HTMX)
    assert answer.status_code == 422
    assert words in error_at(answer.text, field)
    assert "autofocus" not in answer.text


def test_a_checked_field_is_the_one_of_the_page(client):
    page = client.get(URL).text
    fragment = client.post(f"{URL}/checks/address", data={"address": "示例路"}, headers=HTMX)
    assert fragment.status_code == 200
    left = swapped(page, fragment.text, "#field-address", "outerHTML")
    assert left.replace('value="示例路"', 'value=""') == normalised(page)


def test_a_check_finds_what_is_taken(client, administrator):
    taken = {"mobile": administrator.mobile, "credit_code": administrator.institution.credit_code}
    for field in taken:
        answer = client.post(f"{URL}/checks/{field}", data=taken, headers=HTMX)
        assert "已经注册" in error_at(answer.text, field)


@pytest.mark.parametrize("field", ["nothing", "csrf_token", "scope", "licence", "meta", "__init__"])
def test_there_is_no_check_of_other_things(client, field):
    assert client.post(f"{URL}/checks/{field}").status_code == 404


@pytest.mark.parametrize("field", ["mobile", "credit_code"])
def test_nobody_can_ask_for_many_numbers(app, field):
    with limited(app) as browser:
        answers = [browser.post(f"{URL}/checks/{field}", data={field: "1"}).status_code for _ in range(21)]
    assert answers == [422] * 20 + [429]


def test_a_check_that_tells_nothing_may_be_asked_often(app):
    with limited(app) as browser:
        answers = {browser.post(f"{URL}/checks/name", data={"name": "示例"}).status_code for _ in range(30)}
    assert answers == {200}


def test_nobody_can_register_again_and_again(app):
    with limited(app) as browser:
        answers = [browser.post(URL).status_code for _ in range(21)]
    assert answers == [422] * 20 + [429]


def test_an_id_number_never_stands_in_an_address(client):
    page = BeautifulSoup(client.get(URL).text, "lxml")
    assert not page.select("[hx-get]")
    assert {form["method"] for form in page.select("form")} == {"post"}


def test_the_institution_part_alone_is_no_registration(client):
    assert send(client, institution()).status_code == 422
