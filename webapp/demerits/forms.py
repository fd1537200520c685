"""The query of demerit records (manual 1.2.6)."""

import re
from typing import Any

from flask_wtf import FlaskForm
from wtforms import Field
from wtforms.form import BaseForm
from wtforms.validators import Optional, ValidationError

from webapp.fields import DayField, TextLine
from webapp.numbers import ID_NUMBER_LENGTH, normalise_id_number
from webapp.words import Words

PART_OF_ID_NUMBER = re.compile(r"[0-9]+X?|X")


class PartOfIdNumber:
    """Takes any part of an ID number: what is no digit, but for an X at the end, finds nothing."""

    def __call__(self, form: BaseForm, field: Field) -> None:
        part = normalise_id_number(field.data or "")
        if part and not PART_OF_ID_NUMBER.fullmatch(part):
            raise ValidationError("身份证号只含数字，最后一位可以是X，请输入号码或其中几位")
        if len(part) > ID_NUMBER_LENGTH:
            raise ValidationError(f"身份证号最多18位，现在是{len(part)}位，请核对")
        field.data = part


class QueryForm(FlaskForm):
    """Narrows the list of records; sent by POST, so that no ID number stands in an address."""

    name = TextLine(
        "人员姓名", [Words()], max_length=50, render_kw={"placeholder": "请输入", "autocomplete": "off"}
    )
    id_number = TextLine(
        "身份证号",
        [PartOfIdNumber()],
        max_length=30,
        render_kw={"placeholder": "请输入", "autocomplete": "off", "spellcheck": "false"},
    )
    start = DayField("开始时间", [Optional()])
    end = DayField("结束时间", [Optional()])

    def validate_end(self, field: DayField) -> None:
        """Refuse a range that ends before it begins."""
        if self.start.data and field.data and self.start.data > field.data:
            raise ValidationError("结束时间不能早于开始时间，请重新选择")

    @property
    def is_used(self) -> bool:
        """Whether anything was asked for."""
        asked: list[Any] = [self.name, self.id_number, self.start, self.end]
        return any(field.data or field.errors for field in asked)
