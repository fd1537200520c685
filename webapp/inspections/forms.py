"""Forms of starting, filling and querying inspections."""

from collections.abc import Collection, Iterable
from datetime import date
from typing import Any
from uuid import UUID

from flask_wtf import FlaskForm
from wtforms import DateField, Form, HiddenField, RadioField, SelectField
from wtforms.validators import DataRequired, Optional, ValidationError

from webapp.catalog import Category, catalog
from webapp.database import uuid7
from webapp.fields import DayField, ScopeField
from webapp.inspections.answers import Answer
from webapp.inspections.models import Inspection, InspectionKind
from webapp.inspections.operations import Change, OperationKind
from webapp.inspections.sent import printable


class StartForm(FlaskForm):
    """What kind of inspection, on which part of one's scope."""

    kind = RadioField(
        "自查类型",
        [DataRequired("请选择自查类型")],
        choices={kind.value: kind.label for kind in InspectionKind},
        default=InspectionKind.ROUTINE.value,
    )
    scope = ScopeField(
        "自查范围",
        [DataRequired("请至少选择一项自查范围")],
        checklist=lambda: catalog().current_checklist(),
    )
    # Made by the page, so that sending it twice begins one inspection.
    uuid = HiddenField()

    def __init__(self, allowed: Collection[str], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.scope.offer(allowed)
        if not self.is_submitted():
            self.scope.data = sorted(allowed)
            self.uuid.data = str(uuid7())

    def validate_uuid(self, field: HiddenField) -> None:
        """Replace a broken identifier with a fresh one."""
        try:
            UUID(field.data or "")
        except ValueError:
            field.data = str(uuid7())


class QueryForm(Form):
    """Narrows the list of records; read from the query string (manual 1.2.5)."""

    start = DayField("开始时间", [Optional()])
    end = DayField("结束时间", [Optional()])
    category = SelectField("自查项目", [Optional()], validate_choice=True)

    def __init__(self, categories: Iterable[Category], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.category.choices = {"": "全部", **{c.code: c.title for c in categories}}

    def validate_end(self, field: DateField) -> None:
        """Refuse a range that ends before it begins."""
        start: date | None = self.start.data
        if start and field.data and start > field.data:
            raise ValidationError("结束时间不能早于开始时间，请重新选择。")


def changes_in(form: Any, inspection: Inspection, answers: dict[str, Answer]) -> list[Change]:
    """Return what a whole filling form, sent without JavaScript, says differently from the draft."""
    changes = []
    for code in ("", *(item.code for item in inspection.items)):
        now = answers.get(code)
        base = now.revision if now else 0
        value, remark = form.get(f"item-{code}"), form.get(f"remark-{code}")
        remark = remark if remark is None else printable(remark).strip()
        if code and value and value != (now.value if now else None):
            changes.append(_change(OperationKind.ANSWER, code, value, base))
        if remark is not None and remark != (now.remark if now else ""):
            changes.append(_change(OperationKind.REMARK, code, remark, base + 1))
    return changes


def _change(kind: OperationKind, item: str, value: str, base: int) -> Change:
    return Change(op=uuid7(), kind=kind, item=item, value=value, base=base, device="form")
