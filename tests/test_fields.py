import unicodedata
from collections.abc import Sequence
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup
from werkzeug.datastructures import MultiDict
from wtforms import Form, PasswordField, SelectField, StringField

from webapp.catalog import Checklist
from webapp.catalog.documents import CategoryEntry, InspectionDocument, PartEntry, SubcategoryEntry
from webapp.fields import (
    CodesField,
    CreditCode,
    IdNumber,
    Mobile,
    NewPassword,
    Phone,
    Required,
    ScopeField,
    TextLine,
)

ID_NUMBER = "500160199003071236"
CREDIT_CODE = "52500160MJP000001D"


def category(code: str, title: str, leaves: Sequence[tuple[str, str]]) -> CategoryEntry:
    subcategories = tuple(SubcategoryEntry(code=leaf, title=name, groups=()) for leaf, name in leaves)
    return CategoryEntry(code=code, title=title, subcategories=subcategories)


def checklist() -> Checklist:
    jg = category("JG", "机构执业", [("JG-ZZ", "机构资质"), ("JG-GL", "机构管理")])
    ws = category("WS", "医疗文书", [("WS-BL", "病历")])
    parts = (PartEntry(code="P1", title="第一部分", categories=(jg, ws)),)
    document = InspectionDocument(
        schema="inspection/1",
        slug="sample",
        version="2026-11",
        title="示例清单",
        effective_from=date(2026, 11, 1),
        parts=parts,
    )
    return Checklist.build(document, digest="0" * 64)


class SampleForm(Form):
    name = TextLine("医疗机构名称", [Required()], max_length=8)
    id_number = StringField("身份证号码", [IdNumber()])
    credit_code = StringField("社会统一信用代码", [CreditCode()])
    mobile = StringField("手机号码", [Mobile()])
    phone = StringField("联系电话", [Phone()])
    district = SelectField("经营地区", [Required()], choices={"": "请选择", "500106": "沙坪坝区"})
    subjects = CodesField("诊疗科目", [Required()], choices={"02": "全科", "03": "内科", "04": "外科"})
    scope = ScopeField("执业自查范围", [Required()], checklist=checklist)


class PasswordForm(Form):
    mobile = StringField("手机号码")
    password = PasswordField("设置密码", [Required(), NewPassword(own=lambda form: (form.mobile.data, None))])


def filled(**changes: Any) -> SampleForm:
    fields = {"name": "示例门诊部", "district": "500106", "subjects": ["02"], "scope": ["JG-ZZ"]}
    return SampleForm(MultiDict(fields | changes))


def errors(**changes: Any) -> dict[str, Any]:
    form = filled(**changes)
    form.validate()
    return {str(name): found for name, found in form.errors.items()}


def test_a_filled_form_is_accepted() -> None:
    assert errors() == {}


def test_what_is_required_is_asked_for_by_its_label() -> None:
    assert errors(name=" \t", district="", subjects=[], scope=[]) == {
        "name": ["请填写医疗机构名称"],
        "district": ["请选择经营地区"],
        "subjects": ["请选择诊疗科目"],
        "scope": ["请选择执业自查范围"],
    }


@pytest.mark.parametrize(
    ("field", "typed", "stored"),
    [
        ("id_number", " 500160 19900307 1236", ID_NUMBER),
        ("credit_code", "52500160-mjp000001d", CREDIT_CODE),
        ("mobile", "+86 160 0000 0001", "16000000001"),
        ("phone", "023 6888 0000转8", "023-68880000-8"),
    ],
)
def test_an_accepted_number_is_normalised(field: str, typed: str, stored: str) -> None:
    form = filled(**{field: typed})
    assert form.validate()
    assert form[field].data == stored


@pytest.mark.parametrize(
    ("field", "typed", "message"),
    [
        ("id_number", "5001 6019 9003 0712 37", "校验位不符，最后一位应为 6，请核对"),
        ("credit_code", "52500160MJP0000010", "校验位不符，最后一位应为 D，请核对"),
        ("mobile", "160 0000", "手机号应为11位数字，现在是7位，请核对"),
        ("phone", "6888 0000", "座机号要带区号，如 023-68880000"),
    ],
)
def test_a_refused_number_stays_as_it_was_typed(field: str, typed: str, message: str) -> None:
    form = filled(**{field: typed})
    assert not form.validate()
    assert form.errors == {field: [message]}
    assert form[field].data == typed


@pytest.mark.parametrize(
    ("password", "message"),
    [
        ("", "请填写设置密码"),
        ("short1", "密码至少10位"),
        ("a16000000001", "不能包含本人的姓名、手机号"),
    ],
)
def test_a_new_password_is_refused(password: str, message: str) -> None:
    form = PasswordForm(MultiDict({"mobile": "16000000001", "password": password}))
    assert not form.validate()
    assert message in form.password.errors[0]


def test_a_good_new_password_is_kept_to_the_letter() -> None:
    form = PasswordForm(MultiDict({"mobile": "16000000001", "password": " mangguo 73 shu "}))
    assert form.validate()
    assert form.password.data == " mangguo 73 shu "


def test_a_line_is_stripped_and_collapsed() -> None:
    form = filled(name="\u202d 示例\u3000\n 门诊 \u200b部 ")
    assert form.validate()
    assert form.name.data == "示例 门诊 部"


@pytest.mark.parametrize("hostile", ["示例\x00", "\x1b[31m示例", "示\x7f例", "示\ud800例"])
def test_a_line_with_control_characters_is_refused(hostile: str) -> None:
    assert "控制字符" in errors(name=hostile)["name"][0]


def test_a_line_says_how_long_it_may_be() -> None:
    assert errors(name="一二三四五六七八") == {}
    assert errors(name="一二三四五六七八九") == {"name": ["最多 8 个字，现在是 9 个，请缩短"]}


@given(st.text(max_size=12))
def test_an_accepted_line_is_clean_whatever_was_typed(text: str) -> None:
    form = filled(name=text)
    if form.validate():
        line = form.name.data or ""
        assert 0 < len(line) <= 8
        assert line == " ".join(line.split())
        assert not {unicodedata.category(char) for char in line} & {"Cc", "Cf", "Cs"}


def test_chosen_codes_come_once_and_in_order() -> None:
    form = filled(subjects=["04", "02", "04"])
    assert form.validate()
    assert form.subjects.data == ["02", "04"]


@given(st.lists(st.text(), min_size=1))
def test_codes_that_were_not_offered_are_refused(codes: list[str]) -> None:
    hostile = [code for code in codes if code not in {"02", "03", "04"}] or ["05"]
    message = errors(subjects=["02", *hostile])["subjects"]
    assert message == ["含有不在选项中的内容，请从列出的选项中重新选择"]


def test_codes_are_checkboxes_that_need_not_all_be_ticked() -> None:
    html = filled(subjects=["03"]).subjects()
    assert isinstance(html, Markup)
    assert html.count('type="checkbox"') == 3
    assert html.count("checked") == 1
    assert "required" not in html


def test_a_category_stands_for_all_of_its_children() -> None:
    form = filled(scope=["WS-BL", "JG", "JG-ZZ"])
    assert form.validate()
    assert form.scope.data == ["JG-GL", "JG-ZZ", "WS-BL"]


@pytest.mark.parametrize("code", ["", "P1", "JG-XX", "jg", "<script>", "JG-ZZ\x00"])
def test_an_unknown_scope_is_refused(code: str) -> None:
    form = filled(scope=["JG-ZZ", code])
    assert not form.validate()
    assert "请从列出的选项中重新选择" in form.scope.errors[0]
    assert form.scope.data == ["JG-ZZ"]


def test_the_tree_shows_what_is_checked_wholly_and_partly() -> None:
    jg, ws = filled(scope=["JG-GL", "WS"]).scope
    assert (jg.part, jg.title, jg.checked, jg.partial) == ("第一部分", "机构执业", False, True)
    assert [(leaf.id, leaf.checked) for leaf in jg.subcategories] == [
        ("scope-JG-ZZ", False),
        ("scope-JG-GL", True),
    ]
    assert (ws.id, ws.checked, ws.partial) == ("scope-WS", True, False)


def test_the_tree_shows_a_stored_scope() -> None:
    jg, ws = SampleForm(data={"scope": ["JG-ZZ", "JG-GL"]}).scope
    assert (jg.checked, jg.partial, ws.checked, ws.partial) == (True, False, False, False)


def test_an_empty_tree_is_unticked() -> None:
    jg, ws = SampleForm().scope
    assert not any((jg.checked, jg.partial, ws.checked, ws.partial))


def test_only_the_offered_part_of_the_tree_is_shown_and_taken() -> None:
    form = filled(scope=["JG"])
    form.scope.offer({"JG-GL", "long-gone"})
    (jg,) = form.scope
    assert [leaf.code for leaf in jg.subcategories] == ["JG-GL"]
    assert form.validate() and form.scope.data == ["JG-GL"]


@pytest.mark.parametrize("code", ["JG-ZZ", "WS", "WS-BL", "long-gone"])
def test_a_scope_that_is_not_offered_is_refused(code: str) -> None:
    form = filled(scope=["JG-GL", code])
    form.scope.offer({"JG-GL", "long-gone"})
    assert not form.validate()
    assert list(form.errors) == ["scope"]
