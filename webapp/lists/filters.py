"""What somebody asks a list for: the query string, read once, narrows the select line by line.

List, count, plots and export ask the same object.
"""

from collections.abc import Sequence
from datetime import date
from functools import cached_property
from typing import Any, ClassVar, Self
from urllib.parse import urlencode

from flask import Response, request, url_for
from sqlalchemy import ColumnElement, Select, func, select
from werkzeug.datastructures import MultiDict
from wtforms import DateField, Form, SelectField, ValidationError
from wtforms.validators import Optional

from webapp.accounts.models import User
from webapp.database import db
from webapp.fields import UNKNOWN_CHOICE, TextLine
from webapp.fragments import is_htmx, page_or_fragment
from webapp.lists.columns import Column
from webapp.lists.keeping import HiddenColumns, SavedFilter
from webapp.lists.options import Options
from webapp.lists.pages import Page, page_of
from webapp.lists.paging import Order, Place, beyond, in_order
from webapp.numbers import has_number
from webapp.replica import from_replica, own_writes

ALL = {"": "全部"}
# Further rows are not counted one by one.
COUNTED = 1000
NUMBER_IN_ADDRESS = "这里不能填身份证号或手机号，它会留在网址里，请改用名称查询"


class Choice(SelectField):
    """One of the offered choices, or all of them."""

    widget = Options()

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
    """What the filters of all lists share; subclasses narrow by their own fields."""

    ENDPOINT: ClassVar[str]
    MODEL: ClassVar[type[Any]]
    ORDER: ClassVar[Order]
    COLUMNS: ClassVar[tuple[Column, ...]] = ()
    # How the list is sorted, in words.
    SORTED: ClassVar[str] = ""
    # Every list by its endpoint.
    KNOWN: ClassVar[dict[str, type["Filter"]]] = {}

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if cls.COLUMNS:
            Filter.KNOWN.setdefault(cls.ENDPOINT, cls)

    def __init__(self, user: User, args: MultiDict[str, str] | None = None) -> None:
        """:param args: what is asked for; by default what the address says"""
        self.args = request.args if args is None else args
        super().__init__(self.args)
        self.user = user

    @classmethod
    def beside(cls, user: User) -> Self:
        """Return what the list was narrowed to from which the details of a row were opened."""
        asked = cls(user)
        return asked if asked.validate() else cls(user, MultiDict())

    def validate(self, extra_validators: Any = None) -> bool:
        """Check the fields; words that carry a person's number are refused, for they stand in the address."""
        valid = bool(super().validate(extra_validators))
        for field in self:
            if isinstance(field, TextLine) and not field.errors and has_number(field.data or ""):
                field.errors, valid = [NUMBER_IN_ADDRESS], False
        return valid

    @property
    def asked(self) -> dict[str, str]:
        """The fields that narrow the list."""
        return {field.name: value for field in self if (value := self.args.get(field.name))}

    @property
    def query(self) -> str:
        """The same as an address carries it behind the question mark."""
        return urlencode(self.asked)

    @property
    def behind(self) -> str:
        """The question mark and what follows it, if anything is asked for."""
        return f"?{self.query}" if self.asked else ""

    @cached_property
    def url(self) -> str:
        """The list's address without any filter."""
        return url_for(self.ENDPOINT)

    @property
    def export_url(self) -> str:
        """Where the list, as it is narrowed, can be taken away."""
        return f"{self.url}/export{self.behind}"

    def url_with(self, **more: Any) -> str:
        """The list's address as it is narrowed, with more; None leaves a filter out."""
        asked = {name: value for name, value in {**self.asked, **more}.items() if value is not None}
        return f"{self.url}?{urlencode(asked)}" if asked else self.url

    def address_of(self, row: Any) -> str:
        """The address of one row's details, which remembers what the list was narrowed to."""
        return f"{self.url}/{row.uuid}{self.behind}"

    def name_of(self, row: Any) -> str:
        """What a row is called beside others, for those who hear its links."""
        raise NotImplementedError

    @cached_property
    def columns(self) -> list[Column]:
        """The columns that the reader wants to see."""
        hidden = HiddenColumns.of(self.user, self.ENDPOINT)
        return [column for column in self.COLUMNS if column.key not in hidden]

    @cached_property
    def kept(self) -> Sequence[SavedFilter]:
        """The filters that the reader keeps of this list by name."""
        return db.session.scalars(SavedFilter.of(self.user, self.ENDPOINT)).all()

    def narrow(
        self, seen: Select[Any], after: Place | None = None, *, with_itself: bool = False
    ) -> Select[Any]:
        """Return the rows that are asked for in the list's order, those behind a place if one is given.

        :param seen: what the user may see of the list
        :param with_itself: the row at the place belongs to them
        """
        if after is None:
            return in_order(self.matching(seen).where(*self.range()), self.ORDER)
        # The place takes the upper bound's part: two bounds would make the database walk from the end again.
        behind = beyond(self.ORDER, after, with_itself=with_itself)
        return in_order(self.matching(seen).where(*self.range(upper=False), behind), self.ORDER)

    def before(self, seen: Select[Any], place: Place) -> Select[Any]:
        """Return the rows before a place, the nearest first."""
        ahead = beyond(self.ORDER, place, backwards=True)
        narrowed = self.matching(seen).where(*self.range(lower=False), ahead)
        return in_order(narrowed, self.ORDER, backwards=True)

    @staticmethod
    def listed(seen: Select[Any]) -> Select[Any]:
        """Load no more of each row than the list shows."""
        return seen

    def first(self, found: Select[Any], number: int, *, backwards: bool = False) -> Select[Any]:
        """Return so many rows from the beginning of what :meth:`narrow` found.

        :param backwards: it is what :meth:`before` found
        """
        return found.limit(number)

    def matching(self, seen: Select[Any]) -> Select[Any]:
        """Return the rows that the fields ask for, but for a range of days."""
        return seen

    def range(self, *, lower: bool = True, upper: bool = True) -> list[ColumnElement[bool]]:
        """Return the conditions of a range of days, without an end that a place in the list stands for."""
        return []

    def count(self, seen: Select[Any]) -> str:
        """Say how many rows are asked for, no more exactly than is cheap to know."""
        if (kept := self.kept_count()) is not None:
            return f"{kept:,}"
        some = self.narrow(seen).with_only_columns(self.MODEL.id).order_by(None).limit(COUNTED + 1)
        found = db.session.scalar(select(func.count()).select_from(some.subquery())) or 0
        return f"{COUNTED:,}+" if found > COUNTED else f"{found:,}"

    def kept_count(self) -> int | None:
        """Return how many rows are asked for, where sums are kept that know; else None."""
        return None

    def listing(self, seen: Select[Any], **context: Any) -> Response:
        """Answer with a page of a list; htmx gets the list with its filters, further rows of it, or its size.

        :param seen: what the user may see of it
        """
        return from_replica(lambda: self._listed(seen, context), own_writes())

    def _listed(self, seen: Select[Any], context: dict[str, Any]) -> Response:
        valid, (room, name) = self.validate(), self.ENDPOINT.split(".")
        counts = "count" in request.args and valid
        page = page_of(self, seen) if valid and not (counts and is_htmx()) else Page()
        said = {"form": self, "more": page.more, "earlier": page.earlier, "chosen": page.chosen}
        return page_or_fragment(
            f"{room}/{name}.html",
            f"lists/{piece}.html" if (piece := _piece()) else f"{room}/_{name}.html",
            status=200 if valid else 422,
            rows=page.rows,
            count=self.count(seen) if counts else "",
            **context,
            **said,
        )


def _piece() -> str:
    """The piece of a list that htmx asks for, if not the whole."""
    if "count" in request.args:
        return "_count"
    return "_rows" if {"after", "before"} & set(request.values) else ""


class DatedFilter(Filter):
    """What the filters of records share: the days between which they lie, both included."""

    start = Day("开始时间")
    end = Day("结束时间")

    def validate_end(self, field: DateField) -> None:
        """Refuse a range that ends before it begins."""
        start: date | None = self.start.data
        if start and field.data and start > field.data:
            raise ValidationError("结束时间不能早于开始时间，请重新选择")

    def range(self, *, lower: bool = True, upper: bool = True) -> list[ColumnElement[bool]]:
        """Return the conditions of the days, which are the first column of the order."""
        day = self.ORDER[0].column
        since = [day >= self.start.data] if lower and self.start.data else []
        until = [day <= self.end.data] if upper and self.end.data else []
        return since + until
