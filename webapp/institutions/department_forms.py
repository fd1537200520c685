"""Forms of departments (manual 1.2.3)."""

from typing import Any

from flask_wtf import FlaskForm
from wtforms import BooleanField, Field, Form, ValidationError

from webapp.accounts.models import User
from webapp.database import db
from webapp.fields import Required, TextLine
from webapp.institutions.departments import Department
from webapp.words import Words

TAKEN = "这个科室编码已经使用，请换一个；科室编码在本机构内不能重复"


class DepartmentQuery(Form):
    """Narrows the list of departments; read from the query string."""

    name = TextLine("科室名称", max_length=50, render_kw={"placeholder": "请输入"})


class DepartmentForm(FlaskForm):
    """A department."""

    name = TextLine("科室名称", [Required(), Words()], max_length=50, render_kw={"placeholder": "请输入"})
    code = TextLine(
        "科室编码",
        [Required(), Words()],
        max_length=20,
        render_kw={"placeholder": "请输入", "autocomplete": "off", "autocapitalize": "characters"},
    )
    is_enabled = BooleanField("状态", default=True)

    def __init__(self, user: User, *args: Any, own: Department | None = None, **kwargs: Any) -> None:
        """:param own: the department that is changed; none when one is added"""
        super().__init__(*args, obj=own, **kwargs)
        self.user = user
        self.own = own

    def validate_code(self, field: Field) -> None:
        """Refuse a code that another department of the institution has."""
        if self.is_taken():
            raise ValidationError(TAKEN)

    def refuse_taken(self) -> bool:
        """Say so beside the field when the code has been taken meanwhile; tell whether it is."""
        taken = self.is_taken()
        if taken:
            self.code.errors = [TAKEN]
        return taken

    def is_taken(self) -> bool:
        """Tell whether another department of the institution has the code."""
        holder = db.session.scalar(Department.visible_to(self.user).where(Department.code == self.code.data))
        return holder is not None and (self.own is None or holder.id != self.own.id)

    @property
    def values(self) -> dict[str, Any]:
        """The department's data."""
        return {"name": self.name.data, "code": self.code.data, "is_enabled": self.is_enabled.data}
