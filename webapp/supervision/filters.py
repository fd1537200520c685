"""What a reviewer asks a list for: the query string, read once, narrows the select line by line.

Pages are cut by key: the place of the last row seen bounds the next page, so that a page costs the same
wherever it lies. The address names that row by its public identifier.
"""

from collections.abc import Sequence
from datetime import date
from typing import Any, ClassVar, TypeVar, cast
from urllib.parse import urlencode
from uuid import UUID

from flask import Response, abort, request, url_for
from sqlalchemy import ColumnElement, Select, false, or_, select, tuple_
from sqlalchemy.orm import InstrumentedAttribute
from werkzeug.datastructures import MultiDict
from wtforms import DateField, Form, SelectField, ValidationError
from wtforms.validators import Optional

from webapp.accounts.models import User
from webapp.catalog import Region, catalog
from webapp.database import PublicId, db
from webapp.fields import UNKNOWN_CHOICE
from webapp.fragments import page_or_fragment
from webapp.institutions.models import Institution

PAGE = 20
# Up to so many rows of another table are named by their keys, see refers().
FEW = 500
ALL = {"": "全部"}
Row = TypeVar("Row", bound=PublicId)
# Where a row stands in a list: its values of the columns by which the list is ordered.
Place = tuple[Any, ...]


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
    MODEL: ClassVar[type[PublicId]]
    # The columns by which the list is ordered.
    PLACE: ClassVar[tuple[InstrumentedAttribute[Any], ...]]
    district = Choice("经营地区", default="")

    def __init__(self, user: User, args: MultiDict[str, str] | None = None) -> None:
        """:param args: what is asked for; by default what the address says"""
        self.args = request.args if args is None else args
        super().__init__(self.args)
        self.user = user
        self.district.choices = ALL | {region.code: _name(region) for region in _reach(user)}

    @property
    def asked(self) -> dict[str, str]:
        """The fields that narrow the list, as an address carries them."""
        return {field.name: value for field in self if (value := self.args.get(field.name))}

    def page_of(self, rows: Sequence[Row]) -> tuple[Sequence[Row], str]:
        """Return one page of the rows that :meth:`narrow` selects, and the address of the next or nothing."""
        if len(rows) <= PAGE:
            return rows, ""
        further = urlencode({**self.asked, "after": rows[PAGE - 1].uuid})
        return rows[:PAGE], f"{url_for(self.ENDPOINT)}?{further}"

    def narrow(self, seen: Select[Any], after: Place | None = None) -> Select[Any]:
        """Return the rows that are asked for in the list's order, those behind a place if one is given."""
        raise NotImplementedError

    def listing(self, seen: Select[Any], names: str, **context: Any) -> Response:
        """Answer with a page of a list; htmx gets the list with its filters, or further rows of it.

        :param seen: what the user may see of it
        :param names: what the rows are called in templates and their file names, such as ``inspections``
        """
        valid = self.validate()
        rows, more = self.page_of(self._page(seen) if valid else [])
        fragment = f"_{names[:-1]}_rows" if "after" in request.values else f"_{names}"
        return page_or_fragment(
            f"supervision/{names}.html",
            f"supervision/{fragment}.html",
            status=200 if valid else 422,
            **{**context, names: rows, "form": self, "more": more},
        )

    def _page(self, seen: Select[Any]) -> Sequence[Any]:
        """One page and one more row, which tells whether there is another page."""
        return db.session.scalars(self.narrow(seen, self._place(seen)).limit(PAGE + 1)).all()

    def _place(self, seen: Select[Any]) -> Place | None:
        """The place of the last row seen, if the address names one; 404 when it is out of reach."""
        if "after" not in request.values:
            return None
        try:
            last = UUID(request.values["after"])
        except ValueError:
            abort(404)
        row = seen.with_only_columns(*self.PLACE).where(self.MODEL.uuid == last)
        return tuple(db.session.execute(row).first() or abort(404))


def level_choice() -> Choice:
    """Return the field that narrows a list to institutions of one level."""
    return Choice(
        "机构级别", choices=lambda: ALL | {level: level for level in catalog().reference.levels}, default=""
    )


class DatedFilter(Filter):
    """What the filters of records share: the days between which they lie, both included."""

    start = Day("开始时间")
    end = Day("结束时间")

    def validate_end(self, field: DateField) -> None:
        """Refuse a range that ends before it begins."""
        start: date | None = self.start.data
        if start and field.data and start > field.data:
            raise ValidationError("结束时间不能早于开始时间，请重新选择")

    def between(self, seen: Select[Any], after: Place | None) -> Select[Any]:
        """Return the rows between the days, the newest first; the place begins with the day."""
        day, key = self.PLACE
        if self.start.data:
            seen = seen.where(day >= self.start.data)
        # The place takes the upper bound's part: two bounds would make the database walk from the end again.
        if after:
            seen = seen.where(tuple_(day, key) < tuple_(*after))
        elif self.end.data:
            seen = seen.where(day <= self.end.data)
        return seen.order_by(day.desc(), key.desc())


def refers(column: Any, target: type[PublicId], wanted: Any) -> ColumnElement[bool]:
    """Return the condition that a row refers to one of the wanted rows of another table.

    A few are named by their keys. Of many, the newest rows that refer to them are near the top of the list,
    so it is walked and each row's target is looked at; collecting and sorting all of theirs would cost more.
    """
    few = db.session.scalars(select(target.id).where(wanted).limit(FEW + 1)).all()
    if not few:
        return false()
    if len(few) <= FEW:
        return cast(ColumnElement[bool], column.in_(few))
    return select(target.id).where(target.id == column, wanted).exists()


def is_called(text: str) -> Any:
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
