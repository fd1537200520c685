"""The registration form (manual 1.1): an institution's data, and the account of its registrant."""

from collections.abc import Iterable, Iterator
from typing import Any, ClassVar

from flask import request
from flask_wtf import FlaskForm
from wtforms import Field, PasswordField
from wtforms.validators import EqualTo

from webapp.accounts.models import User
from webapp.attachments.forms import PhotosField
from webapp.attachments.models import Attachment
from webapp.catalog import TreatmentSubject, catalog
from webapp.database import db
from webapp.fields import (
    ChoiceField,
    CodesField,
    CreditCode,
    IdNumber,
    Mobile,
    NewPassword,
    NoControls,
    Phone,
    Required,
    ScopeField,
    TextLine,
)
from webapp.institutions.models import DocumentKind, Institution
from webapp.institutions.registrations import is_in_force
from webapp.words import PersonName, Words

TAKEN = {
    "credit_code": "这个信用代码已经注册，请核对；确是本单位的，请向本单位的机构管理员或区县监督机构询问",
    "mobile": "这个手机号码已经注册，请直接登录，或换一个手机号码",
}
EXPIRED = "页面打开太久，刚才没有提交成功。填写的内容还在，请再点一次提交。"


def _regions() -> Iterable[tuple[str, str]]:
    return [(region.code, region.name) for region in catalog().reference.regions_on()]


def _levels() -> Iterable[tuple[str, str]]:
    return [(level, level) for level in catalog().reference.levels]


def _natures() -> Iterable[tuple[str, str]]:
    return [(nature.value, nature.label) for nature in catalog().reference.natures]


def _subjects() -> list[tuple[str, str]]:
    subjects = catalog().reference.treatment_subjects_by_code
    return [(subject.code, subject.full_name) for subject in subjects.values()]


class InstitutionForm(FlaskForm):
    """An institution's data with its 证明材料 and inspection scope."""

    # Numbers that nobody else may have registered.
    UNIQUE: ClassVar[tuple[str, ...]] = ("credit_code",)

    class Meta(FlaskForm.Meta):
        """Fields of text get text only; :class:`PhotosField` asks for its files itself."""

        def wrap_formdata(self, form: FlaskForm, formdata: Any) -> Any:
            return request.form if form.is_submitted() else None

    name = TextLine(
        "医疗机构名称",
        [Required(), Words()],
        description="与《医疗机构执业许可证》上的名称一致",
        render_kw={"placeholder": "请输入医疗机构名称", "autocomplete": "organization"},
    )
    credit_code = TextLine(
        "社会统一信用代码",
        [Required(), CreditCode()],
        description="18位，见法人证书或营业执照",
        render_kw={"placeholder": "请输入信用代码", "autocapitalize": "characters", "spellcheck": "false"},
    )
    district = ChoiceField("经营地区", [Required()], options=_regions)
    address = TextLine(
        "经营地址",
        [Required(), Words()],
        max_length=200,
        render_kw={"placeholder": "请输入经营地址", "autocomplete": "street-address"},
    )
    level = ChoiceField("机构级别", [Required()], options=_levels)
    nature = ChoiceField("经营性质", [Required()], options=_natures)
    treatment_subjects = CodesField("诊疗科目", [Required()], choices=_subjects)
    legal_person = TextLine(
        "法人代表(负责人)", [Required(), PersonName()], max_length=50, render_kw={"placeholder": "请输入名字"}
    )
    legal_person_id_number = TextLine(
        "法人(负责人)身份证号",
        [Required(), IdNumber()],
        render_kw={"placeholder": "请输入身份证号码", "autocomplete": "off", "spellcheck": "false"},
    )
    contact = TextLine(
        "联系人", [Required(), PersonName()], max_length=50, render_kw={"placeholder": "请输入名字"}
    )
    contact_phone = TextLine(
        "联系电话",
        [Required(), Phone()],
        description="手机号，或带区号的座机号",
        render_kw={"type": "tel", "placeholder": "请输入号码", "autocomplete": "off"},
    )
    certificate = PhotosField(f"1、{DocumentKind.CERTIFICATE.label}")
    licence = PhotosField(f"2、{DocumentKind.LICENCE.label}")
    scope = ScopeField("执业自查范围", [Required()], checklist=lambda: catalog().current_checklist())

    def __init__(self, *args: Any, own: Institution | None = None, **kwargs: Any) -> None:
        """:param own: the institution that is corrected; none when a new one registers"""
        super().__init__(*args, **kwargs)
        self.own = own

    def validate(self, extra_validators: Any = None) -> bool:
        """Check every field, then what only the database and the other fields can tell."""
        super().validate(extra_validators)
        if {photo.id for photo in self.certificate.data} & {photo.id for photo in self.licence.data}:
            _complain(self.licence, "同一张照片不能用于两项材料，请重新添加")
        token = self._fields.get("csrf_token")
        if token is not None and token.errors:
            token.errors = []
            self.form_errors.append(EXPIRED)
        self.refuse_taken(*self.UNIQUE)
        return not self.errors

    def check(self, name: str) -> bool:
        """Check one field, as it is left, and tell whether it is right."""
        self[name].validate(self)
        self.refuse_taken(*{name}.intersection(self.UNIQUE))
        return not self[name].errors

    def refuse_taken(self, *names: str) -> bool:
        """Say beside each field whose number somebody else has registered; tell whether there is one."""
        taken = [name for name in names if not self[name].errors and self.is_taken(name)]
        for name in taken:
            _complain(self[name], TAKEN[name])
        return bool(taken)

    def is_taken(self, name: str) -> bool:
        """Tell whether another institution in force has the credit code."""
        return is_in_force(str(self.credit_code.data), besides=self.own)

    def institution_data(self) -> dict[str, Any]:
        """The fields of :attr:`Institution.DATA`."""
        return {name: self[name].data for name in Institution.DATA}

    def photos(self) -> dict[DocumentKind, list[Attachment]]:
        """证明材料 by kind."""
        return {kind: self[kind.value].data for kind in DocumentKind}

    @property
    def subjects(self) -> list[tuple[str, str, list[tuple[str, str]]]]:
        """诊疗科目 on offer: code and name of the first level, and of all that stands below it."""
        return [(root.code, root.name, list(_below(root))) for root in catalog().reference.treatment_subjects]


def _below(subject: TreatmentSubject, path: str = "") -> Iterator[tuple[str, str]]:
    for child in subject.children:
        yield child.code, f"{path}{child.name}"
        yield from _below(child, f"{path}{child.name}/")


class RegistrationForm(InstitutionForm):
    """The institution together with the account of whoever registers it."""

    UNIQUE: ClassVar[tuple[str, ...]] = ("credit_code", "mobile")

    username = TextLine(
        "用户名",
        [Required(), Words()],
        max_length=50,
        description="您的姓名，登录后显示",
        render_kw={"placeholder": "请输入用户名", "autocomplete": "name"},
    )
    id_number = TextLine(
        "身份证号码",
        [Required(), IdNumber()],
        render_kw={"placeholder": "请输入身份证号码", "autocomplete": "off", "spellcheck": "false"},
    )
    mobile = TextLine(
        "手机号码",
        [Required(), Mobile()],
        description="用于登录",
        render_kw={"type": "tel", "placeholder": "请输入手机号码", "autocomplete": "tel"},
    )
    password = PasswordField(
        "设置密码",
        [
            Required(),
            NoControls(),
            NewPassword(own=lambda form: (form.username.data, form.id_number.data, form.mobile.data)),
        ],
        description="至少10位，同时有字母和数字",
        render_kw={"placeholder": "请输入密码", "autocomplete": "new-password"},
    )
    confirm = PasswordField(
        "确认密码",
        [Required(), EqualTo("password", "两次输入的密码不一致，请重新输入确认密码")],
        render_kw={"placeholder": "再次输入密码", "autocomplete": "new-password"},
    )

    def is_taken(self, name: str) -> bool:
        """As for the institution; tell also whether somebody signs in with the mobile number."""
        if name == "mobile":
            return db.session.scalar(User.with_mobile(str(self.mobile.data))) is not None
        return super().is_taken(name)

    def account(self) -> dict[str, Any]:
        """The registrant's account as :func:`webapp.institutions.registrations.register` wants it."""
        return {
            "name": self.username.data,
            "id_number": self.id_number.data,
            "mobile": self.mobile.data,
            "password": self.password.data,
        }


def _complain(field: Field, message: str) -> None:
    field.errors = [*field.errors, message]
