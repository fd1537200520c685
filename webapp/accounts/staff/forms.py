"""Forms of 工作信息员 (manual 1.2.4)."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from flask_wtf import FlaskForm
from wtforms import BooleanField, Form, HiddenField
from wtforms.validators import DataRequired

from webapp.accounts.masked import Difference, MaskedNumbers, Untouched
from webapp.accounts.members import Facts, inspection_titles
from webapp.accounts.models import User
from webapp.accounts.staff.rows import holder_of_id_number, holder_of_mobile, taken_id_number, taken_mobile
from webapp.catalog import catalog
from webapp.fields import ChoiceField, CodesField, IdNumber, Mobile, Required, ScopeField, TextLine
from webapp.numbers import mask_id_number, mask_phone
from webapp.words import PersonName

if TYPE_CHECKING:
    from webapp.institutions.departments import Department
    from webapp.institutions.models import Institution

BUSINESS = {"inspection": "医疗机构自查", "scoring": "医疗机构不良记分"}
NO_SCOPE = "勾选了医疗机构自查，请选择执业自查范围"


class StaffQuery(Form):
    """Narrows the list of staff; read from the query string."""

    department = ChoiceField("科室名称", options=lambda: ())
    name = TextLine("人员姓名", max_length=50, render_kw={"placeholder": "请输入"})

    def __init__(self, institution: "Institution", *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.department.choices = _options(institution.departments)

    @property
    def narrows(self) -> bool:
        """Whether anything is asked for."""
        return bool(self.department.data or self.name.data)


class StaffForm(MaskedNumbers, FlaskForm):
    """One person. Numbers are shown masked; typed anew, they are changed."""

    name = TextLine(
        "姓名", [Required(), PersonName()], max_length=50, render_kw={"placeholder": "请输入姓名"}
    )
    department = ChoiceField("所属科室", [Required()], options=lambda: ())
    id_number = TextLine(
        "身份证号",
        [Required(), Untouched(), IdNumber()],
        render_kw={"placeholder": "请输入身份证号码", "autocomplete": "off", "spellcheck": "false"},
    )
    mobile = TextLine(
        "手机号",
        [Required(), Untouched(), Mobile()],
        render_kw={"type": "tel", "placeholder": "请输入手机号", "autocomplete": "off"},
    )
    business = CodesField("业务范围", choices=BUSINESS)
    scope = ScopeField("执业自查范围", checklist=lambda: catalog().current_checklist())
    # Which state of the account the page showed.
    version = HiddenField()

    def __init__(self, institution: "Institution", own: User | None = None) -> None:
        """:param own: the person that is changed; none when one is added"""
        super().__init__(data=_shown(own) if own else None)
        self.institution = institution
        self.own = own
        self.departments = {
            str(d.uuid): d
            for d in institution.departments
            if d.is_enabled or (own and d.id == own.department_id)
        }
        self.department.choices = _options(self.departments.values())
        if own and not self.is_submitted():
            self.department.data = next(
                (k for k, d in self.departments.items() if d.id == own.department_id), ""
            )
        self.scope.offer(institution.scope)

    def validate(self, extra_validators: Any = None) -> bool:
        """Check every field, then what only the database and the other fields can tell."""
        super().validate(extra_validators)
        if "inspection" in (self.business.data or ()) and not self.scope.data and not self.scope.errors:
            self.scope.errors = [NO_SCOPE]
        self.refuse_taken()
        return not self.errors

    def refuse_taken(self) -> bool:
        """Say beside each number that somebody else has it; tell whether there is one."""
        facts = {"mobile": self.value_of("mobile"), "id_number": self.value_of("id_number")}
        taken = False
        if not self.mobile.errors and (holder := self._other(holder_of_mobile(facts["mobile"]))):
            self.mobile.errors, taken = [taken_mobile(holder, self.institution.id)], True
        holder = self._other(holder_of_id_number(facts["id_number"], self.institution.id))
        if not self.id_number.errors and holder:
            self.id_number.errors, taken = [taken_id_number(holder)], True
        return taken

    def _other(self, holder: User | None) -> User | None:
        return None if holder is None or (self.own and holder.id == self.own.id) else holder

    @property
    def facts(self) -> Facts:
        """What the form says of the person."""
        inspects = "inspection" in (self.business.data or ())
        return {
            "name": str(self.name.data),
            "department_id": self.departments[str(self.department.data)].id,
            "id_number": self.value_of("id_number"),
            "mobile": self.value_of("mobile"),
            "inspects": (self.scope.data or []) if inspects else [],
            "scores": "scoring" in (self.business.data or ()),
        }

    def differences(self, own: User) -> list[Difference]:
        """What the account says now and what was typed, field by field, where they differ."""
        facts = self.facts
        departments = {department.id: department.name for department in self.departments.values()}
        pairs = [
            Difference("姓名", own.name, facts["name"]),
            Difference(
                "所属科室", departments.get(own.department_id or 0, ""), departments[facts["department_id"]]
            ),
            Difference("业务范围", _business(own.is_inspector, own.is_scorer), _business(*_roles(facts))),
            Difference(
                "执业自查范围", inspection_titles(own.allowed_scope), inspection_titles(facts["inspects"])
            ),
        ]
        return [pair for pair in pairs if pair.kept != pair.typed] + self.changed_numbers()


class HandOverForm(FlaskForm):
    """Confirms that somebody else administers the institution from now on."""

    confirm = BooleanField("我确认移交管理权", [DataRequired("请先勾选确认，再移交")])


def _options(departments: "Iterable[Department]") -> dict[str, str]:
    titles = {str(d.uuid): d.name if d.is_enabled else f"{d.name}（已停用）" for d in departments}
    return {"": "请选择", **titles}


def _shown(own: User) -> dict[str, Any]:
    """An account as its page shows it."""
    business = {"inspection": own.is_inspector, "scoring": own.is_scorer}
    return {
        "name": own.name,
        "id_number": mask_id_number(own.id_number),
        "mobile": mask_phone(own.mobile),
        "business": [code for code, holds in business.items() if holds],
        "scope": own.allowed_scope,
        "version": str(own.version),
    }


def _roles(facts: Facts) -> tuple[bool, bool]:
    return bool(facts["inspects"]), facts["scores"]


def _business(inspects: bool, scores: bool) -> str:
    holds = {"inspection": inspects, "scoring": scores}
    return "、".join(title for code, title in BUSINESS.items() if holds[code])
