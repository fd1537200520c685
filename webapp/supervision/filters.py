"""What a reviewer asks a list for: the query string, read once, narrows the select line by line.

Pages are cut by key: the place of the last row seen bounds the next page, so that a page costs the same
wherever it lies. The address names that row by its public identifier.
"""

from collections.abc import Sequence
from datetime import date
from typing import Any, ClassVar, TypeVar
from urllib.parse import urlencode
from uuid import UUID

from flask import abort, request, url_for
from sqlalchemy import Select, or_, select, tuple_
from sqlalchemy.orm import InstrumentedAttribute
from wtforms import DateField, Form, SelectField, ValidationError
from wtforms.validators import Optional

from webapp.accounts.models import User
from webapp.catalog import Region, catalog
from webapp.database import PublicId, db
from webapp.fields import UNKNOWN_CHOICE, TextLine
from webapp.inspections.models import Inspection
from webapp.institutions.models import Institution, Status
from webapp.institutions.registrations import Registration

PAGE = 20
ALL = {"": "全部"}
Row = TypeVar("Row", bound=PublicId)


class Choice(SelectField):
    """One of the offered choices, or all of them."""

    def pre_validate(self, form: Any) -> None:
        if self.data not in {value for value, *_ in self.iter_choices()}:
            raise ValidationError(UNKNOWN_CHOICE)


class Day(DateField):
    """A day, or none."""

    def __init__(self, label: str, **kwargs: Any) -> None:
        super().__init__(label, [Optional()], **kwargs)

    def process_formdata(self, valuelist: list[Any]) -> None:
        try:
            super().process_formdata(valuelist)
        except ValueError as error:
            raise ValueError("日期应写成年-月-日，如 2026-09-27") from error


class Filter(Form):
    """What the filters of all lists share."""

    ENDPOINT: ClassVar[str]
    district = Choice("经营地区", default="")
    level = Choice("机构级别", default="")

    def __init__(self, user: User) -> None:
        super().__init__(request.args)
        self.user = user
        self.district.choices = ALL | {region.code: _name(region) for region in _reach(user)}
        self.level.choices = ALL | {level: level for level in catalog().reference.levels}

    @property
    def asked(self) -> dict[str, str]:
        """The fields that narrow the list, as an address carries them."""
        return {field.name: value for field in self if (value := request.args.get(field.name))}

    def page_of(self, rows: Sequence[Row]) -> tuple[Sequence[Row], str]:
        """Return one page of the rows that :meth:`narrow` selects, and the address of the next or nothing."""
        if len(rows) <= PAGE:
            return rows, ""
        further = urlencode({**self.asked, "after": rows[PAGE - 1].uuid})
        return rows[:PAGE], f"{url_for(self.ENDPOINT)}?{further}"

    def fragment(self, whole: str, rows: str) -> str:
        """Choose what htmx gets: the list with its filters, or further rows of it."""
        return rows if "after" in request.args else whole

    def place(
        self, seen: Select[Any], uuid: InstrumentedAttribute[UUID], *key: InstrumentedAttribute[Any]
    ) -> Any | None:
        """Return the key of the last row seen, if the address names one; 404 when it is out of reach."""
        if "after" not in request.args:
            return None
        try:
            last = UUID(request.args["after"])
        except ValueError:
            abort(404)
        return db.session.execute(seen.with_only_columns(*key).where(uuid == last)).first() or abort(404)


class RegistrationFilter(Filter):
    """Registrations by district, and the newest of each district first (manual 2.1.1)."""

    ENDPOINT = "supervision.registrations"
    status = Choice("状态", choices=ALL | {status.value: status.label for status in Status}, default="")
    q = TextLine("单位名称或信用代码", max_length=100)

    def narrow(self, seen: Select[Registration]) -> Select[Registration]:
        """Return the rows of one page and one more."""
        after = self.place(seen, Registration.uuid, Registration.district, Registration.id)
        if self.district.data:
            seen = seen.where(Registration.district == self.district.data)
        if self.status.data:
            seen = seen.where(Registration.status == self.status.data)
        if self.level.data:
            seen = seen.where(Registration.institution.has(Institution.level == self.level.data))
        if self.q.data:
            seen = seen.where(Registration.institution.has(_is_called(self.q.data)))
        if after:
            further = or_(Registration.district > after.district, Registration.id < after.id)
            seen = seen.where(Registration.district >= after.district, further)
        return seen.order_by(Registration.district, Registration.id.desc()).limit(PAGE + 1)


class InspectionFilter(Filter):
    """Submitted inspections, newest first (manual 2.2.1)."""

    ENDPOINT = "supervision.inspections"
    start = Day("开始时间")
    end = Day("结束时间")
    category = Choice("自查项目", default="")
    q = TextLine("单位名称", max_length=100)

    def __init__(self, user: User) -> None:
        super().__init__(user)
        categories = catalog().current_checklist().categories.values()
        self.category.choices = ALL | {category.code: category.title for category in categories}

    def validate_end(self, field: DateField) -> None:
        """Refuse a range that ends before it begins."""
        start: date | None = self.start.data
        if start and field.data and start > field.data:
            raise ValidationError("结束时间不能早于开始时间，请重新选择")

    def narrow(self, seen: Select[Inspection]) -> Select[Inspection]:
        """Return the rows of one page and one more."""
        after = self.place(seen, Inspection.uuid, Inspection.inspected_on, Inspection.id)
        if self.district.data:
            seen = seen.where(Inspection.district == self.district.data)
        if self.level.data:
            seen = seen.where(Inspection.level == self.level.data)
        if self.category.data:
            seen = seen.where(Inspection.touches(self.category.data))
        if self.q.data:
            called = select(Institution.id).where(_is_called(self.q.data))
            seen = seen.where(Inspection.institution_id.in_(called))
        if self.start.data:
            seen = seen.where(Inspection.inspected_on >= self.start.data)
        # The place takes the upper bound's part: two bounds would make the database walk from the end again.
        if after:
            seen = seen.where(tuple_(Inspection.inspected_on, Inspection.id) < tuple_(*after))
        elif self.end.data:
            seen = seen.where(Inspection.inspected_on <= self.end.data)
        return seen.order_by(Inspection.inspected_on.desc(), Inspection.id.desc()).limit(PAGE + 1)


def _is_called(text: str) -> Any:
    """Condition: an institution's name or credit code contains the text."""
    return or_(
        Institution.name.contains(text, autoescape=True),
        Institution.credit_code.contains(text.upper(), autoescape=True),
    )


def _reach(user: User) -> list[Region]:
    districts = user.districts
    return [r for r in catalog().reference.regions if districts is None or r.code in districts]


def _name(region: Region) -> str:
    """A former district keeps its old records and says where it went."""
    if not region.successor:
        return region.name
    return f"{region.name}（已并入{catalog().reference.region(region.successor).name}）"
