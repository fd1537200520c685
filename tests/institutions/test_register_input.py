"""注册: what POST /register refuses, and what is never lost by it."""

import re

import pytest
from bs4 import BeautifulSoup
from sqlalchemy import func, select

from tests.attachments.samples import png_header
from tests.institutions.answers import error_at, institution, photo, registration, send, typed_at
from webapp.database import db
from webapp.institutions.models import Institution

URL = "/register"
LINES = ["name", "credit_code", "address", "legal_person", "legal_person_id_number", "contact"]
LINES += ["contact_phone", "username", "id_number", "mobile"]
CHOICES = ["district", "level", "nature"]
HOSTILE = ["", "字" * 10_000, "<script>alert(1)</script>", "示\x00例", "示\x1b[31m例", "示例🏥"]
HOSTILE += ["'; DROP TABLE users;--", "{{ 7 * 7 }}", "％00"]
# Storing photos takes longest; where they do not matter they are left out.
NO_PHOTOS = {"certificate": [], "licence": []}
FORGED = ["", " ", "999999", "<script>", "\x00", "'; --", "字" * 10_000]


def institutions() -> int:
    return db.session.scalar(select(func.count()).select_from(Institution))


@pytest.mark.parametrize("value", HOSTILE)
@pytest.mark.parametrize("field", LINES)
def test_it_rejects_bad_input(client, field, value):
    answer = send(client, registration(**NO_PHOTOS | {field: value}))
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
    answer = send(client, registration(**NO_PHOTOS | {field: value}))
    assert answer.status_code == 422
    assert words in error_at(answer.text, field)
    assert institutions() == 0


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
    answers = registration(**NO_PHOTOS, mobile="13812345678", password=password, confirm=confirm)
    answer = send(client, answers)
    assert answer.status_code == 422
    assert words in error_at(answer.text, field)
    assert not password or password not in answer.text


@pytest.mark.parametrize("field", [*LINES, *CHOICES, "password", "confirm", "scope", "treatment_subjects"])
def test_a_file_in_place_of_text_is_refused(client, field):
    answer = send(client, registration(**NO_PHOTOS | {field: photo()}))
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


def test_the_institution_part_alone_is_no_registration(client):
    assert send(client, institution()).status_code == 422
