"""Forms of searching, adding and changing 医务人员 (manual 1.4.2)."""

from typing import Any
from uuid import UUID

from flask_wtf import FlaskForm
from wtforms import Field, HiddenField
from wtforms.form import BaseForm
from wtforms.validators import StopValidation, ValidationError

from webapp.accounts.models import User
from webapp.catalog import catalog
from webapp.database import db, uuid7
from webapp.demerits.forms import PartOfIdNumber
from webapp.demerits.person_rows import LONGEST, taken, titles
from webapp.demerits.persons import MedicalPerson
from webapp.fields import ChoiceField, IdNumber, Required, TextLine
from webapp.numbers import certificate_problem, mask_id_number
from webapp.words import PersonName, Words

ASKED_NOTHING = "请输入人员姓名或身份证号"


class PersonSearch(FlaskForm):
    """Finds persons; sent by POST, so that no ID number stands in an address."""

    name = TextLine(
        "人员姓名", [Words()], max_length=50, render_kw={"placeholder": "请输入姓名", "autocomplete": "off"}
    )
    id_number = TextLine(
        "身份证号",
        [PartOfIdNumber()],
        max_length=30,
        render_kw={"placeholder": "请输入号码", "autocomplete": "off", "spellcheck": "false"},
    )

    def validate(self, extra_validators: Any = None) -> bool:
        """Check both fields; at least one of them must say something."""
        valid = bool(super().validate(extra_validators))
        if valid and not self.name.data and not self.id_number.data:
            self.name.errors = [ASKED_NOTHING]
            return False
        return valid


class Untouched:
    """Leaves alone a number that came back masked, as the page showed it."""

    def __call__(self, form: BaseForm, field: Field) -> None:
        if isinstance(form, PersonForm) and form.keeps_number:
            raise StopValidation


class Certificate:
    """Refuses what is no certificate's number."""

    def __call__(self, form: BaseForm, field: Field) -> None:
        problem = certificate_problem(field.data or "")
        if problem:
            raise ValidationError(problem)


class PersonForm(FlaskForm):
    """One person; the ID number is shown masked and, typed anew, changed."""

    name = TextLine(
        "姓名", [Required(), PersonName()], max_length=50, render_kw={"placeholder": "请输入姓名"}
    )
    gender = ChoiceField(
        "性别", [Required()], options=lambda: [(word, word) for word in catalog().reference.genders]
    )
    id_number = TextLine(
        "身份证号",
        [Required(), Untouched(), IdNumber()],
        render_kw={"placeholder": "请输入号码", "autocomplete": "off", "spellcheck": "false"},
    )
    title = ChoiceField("职称", [Required()], options=lambda: [(word, word) for word in titles()])
    practice = TextLine(
        "执业范围",
        [Required(), Words()],
        max_length=LONGEST["执业范围"],
        render_kw={"placeholder": "请输入", "list": "practices", "autocomplete": "off"},
    )
    certificate = TextLine(
        "执业证书编号",
        [Required(), Words(), Certificate()],
        max_length=LONGEST["执业证书编号"],
        render_kw={"placeholder": "请输入编号", "autocomplete": "off", "spellcheck": "false"},
    )
    # Made by the page, so that sending it twice adds one person.
    uuid = HiddenField()

    def __init__(self, user: User, own: MedicalPerson | None = None) -> None:
        """:param own: the person that is changed; none when one is added"""
        super().__init__(data=_shown(own) if own else None)
        self.user = user
        self.own = own
        if own is None and not _is_uuid(self.uuid.data):
            self.uuid.data = str(uuid7())

    def validate_id_number(self, field: Field) -> None:
        """Refuse an ID number that another person of the institution has."""
        holder = self._holder()
        if holder is not None:
            raise ValidationError(f"{taken(holder)}；请返回查询")

    def refuse_taken(self) -> bool:
        """Say so beside the field when the number has been taken meanwhile; tell whether it is."""
        holder = self._holder()
        if holder is not None:
            self.id_number.errors = [f"{taken(holder)}；请返回查询"]
        return holder is not None

    def _holder(self) -> MedicalPerson | None:
        assert self.user.institution_id is not None
        query = MedicalPerson.holder_of(str(self.id_number.data), self.user.institution_id)
        holder = db.session.scalar(query)
        return None if holder is None or (self.own and holder.id == self.own.id) else holder

    @property
    def keeps_number(self) -> bool:
        """Whether the number came back as it was shown."""
        return self.own is not None and self.id_number.data == self.own.masked_id_number

    def added_before(self) -> MedicalPerson | None:
        """Return the person that this very form has already added."""
        mine = MedicalPerson.visible_to(self.user).where(MedicalPerson.uuid == UUID(self.uuid.data))
        return db.session.scalar(mine)

    @property
    def values(self) -> dict[str, str]:
        """What the form says of the person."""
        said = {name: str(self[name].data) for name in MedicalPerson.DATA}
        return said | {"id_number": self.own.id_number} if self.own and self.keeps_number else said


def _shown(own: MedicalPerson) -> dict[str, str]:
    data = {name: getattr(own, name) for name in MedicalPerson.DATA}
    return data | {"id_number": mask_id_number(own.id_number)}


def _is_uuid(text: str | None) -> bool:
    try:
        UUID(text or "")
    except ValueError:
        return False
    return True
