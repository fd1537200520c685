"""注册: the fields are checked as they are left, at /register/checks/<field>."""

import pytest

from tests.htmx import HTMX, normalised, swapped
from tests.institutions.answers import error_at
from tests.limits import limited

URL = "/register/checks"


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
    answer = client.post(f"{URL}/{field}", data={field: value}, headers=HTMX)
    assert answer.status_code == 422
    assert words in error_at(answer.text, field)
    assert "autofocus" not in answer.text


def test_a_checked_field_is_the_one_of_the_page(client):
    page = client.get("/register").text
    fragment = client.post(f"{URL}/address", data={"address": "示例路"}, headers=HTMX)
    assert fragment.status_code == 200
    left = swapped(page, fragment.text, "#field-address", "outerHTML")
    assert left.replace('value="示例路"', 'value=""') == normalised(page)


def test_a_check_finds_what_is_taken(client, administrator):
    taken = {"mobile": administrator.mobile, "credit_code": administrator.institution.credit_code}
    for field in taken:
        answer = client.post(f"{URL}/{field}", data=taken, headers=HTMX)
        assert "已经注册" in error_at(answer.text, field)


@pytest.mark.parametrize("field", ["nothing", "csrf_token", "scope", "licence", "meta", "__init__"])
def test_there_is_no_check_of_other_things(client, field):
    assert client.post(f"{URL}/{field}").status_code == 404


@pytest.mark.parametrize("field", ["mobile", "credit_code"])
def test_nobody_can_ask_for_many_numbers(app, field):
    with limited(app) as browser:
        answers = [browser.post(f"{URL}/{field}", data={field: "1"}).status_code for _ in range(61)]
    assert answers == [422] * 60 + [429]


def test_a_check_that_tells_nothing_may_be_asked_often(app):
    with limited(app) as browser:
        answers = {browser.post(f"{URL}/name", data={"name": "示例"}).status_code for _ in range(30)}
    assert answers == {200}
