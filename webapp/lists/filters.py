"""What somebody asks a list for: the query string, read once, narrows the select line by line.

List, count, plots and export ask the same object.
"""

from collections.abc import Sequence
from datetime import date
from typing import Any, ClassVar, NamedTuple
from urllib.parse import urlencode
from uuid import UUID

from flask import Response, abort, request, url_for
from sqlalchemy import ColumnElement, Select
from werkzeug.datastructures import MultiDict
from wtforms import DateField, Form, SelectField, ValidationError
from wtforms.validators import Optional

from webapp.accounts.models import User
from webapp.database import db
from webapp.fields import UNKNOWN_CHOICE
from webapp.fragments import page_or_fragment
from webapp.lists.columns import Column
from webapp.lists.paging import PAGE, Order, Place, beyond, in_order

ALL = {"": "全部"}


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


class Page(NamedTuple):
    """Some rows of a list, and the address of the next ones or nothing."""

    rows: Sequence[Any]
    more: str


class Filter(Form):
    """What the filters of all lists share; subclasses narrow by their own fields."""

    ENDPOINT: ClassVar[str]
    MODEL: ClassVar[type[Any]]
    ORDER: ClassVar[Order]
    COLUMNS: ClassVar[tuple[Column, ...]]

    def __init__(self, user: User, args: MultiDict[str, str] | None = None) -> None:
        """:param args: what is asked for; by default what the address says"""
        self.args = request.args if args is None else args
        super().__init__(self.args)
        self.user = user

    @property
    def asked(self) -> dict[str, str]:
        """The fields that narrow the list, as an address carries them."""
        return {field.name: value for field in self if (value := self.args.get(field.name))}

    @property
    def url(self) -> str:
        """The list's address without any filter."""
        return url_for(self.ENDPOINT)

    @property
    def export_url(self) -> str:
        """Where the list, as it is narrowed, can be taken away."""
        return f"{self.url}/export?{urlencode(self.asked)}" if self.asked else f"{self.url}/export"

    def url_without(self, name: str) -> str:
        """The list's address without one of the filters that narrow it."""
        asked = {field: value for field, value in self.asked.items() if field != name}
        return f"{self.url}?{urlencode(asked)}" if asked else self.url

    def address_of(self, row: Any) -> str:
        """The address of one row's details."""
        return f"{self.url}/{row.uuid}"

    def name_of(self, row: Any) -> str:
        """What a row is called beside others, for those who hear its links."""
        raise NotImplementedError

    def narrow(self, seen: Select[Any], after: Place | None = None) -> Select[Any]:
        """Return the rows that are asked for in the list's order, those behind a place if one is given.

        :param seen: what the user may see of the list
        """
        if after is None:
            return in_order(self.matching(seen).where(*self.range()), self.ORDER)
        # The place takes the upper bound's part: two bounds would make the database walk from the end again.
        behind = self.matching(seen).where(*self.range(upper=False), beyond(self.ORDER, after))
        return in_order(behind, self.ORDER)

    def matching(self, seen: Select[Any]) -> Select[Any]:
        """Return the rows that the fields ask for, but for a range of days."""
        return seen

    def range(self, *, lower: bool = True, upper: bool = True) -> list[ColumnElement[bool]]:
        """Return the conditions of a range of days, without an end that a place in the list stands for."""
        return []

    def page(self, seen: Select[Any]) -> Page:
        """Return the page that the address asks for."""
        after = request.values.get("after")
        place = None if after is None else self.place(seen, after)
        rows = db.session.scalars(self.narrow(seen, place).limit(PAGE + 1)).all()
        if len(rows) <= PAGE:
            return Page(rows, "")
        further = urlencode({**self.asked, "after": rows[PAGE - 1].uuid})
        return Page(rows[:PAGE], f"{self.url}?{further}")

    def place(self, seen: Select[Any], text: str) -> Place:
        """Return the place of a row that the address names; 404 when it is out of reach."""
        try:
            uuid = UUID(text)
        except ValueError:
            abort(404)
        row = seen.with_only_columns(*(by.column for by in self.ORDER)).where(self.MODEL.uuid == uuid)
        return tuple(db.session.execute(row).first() or abort(404))

    def listing(self, seen: Select[Any], **context: Any) -> Response:
        """Answer with a page of a list; htmx gets the list with its filters, or further rows of it.

        :param seen: what the user may see of it
        """
        valid, (room, name) = self.validate(), self.ENDPOINT.split(".")
        rows, more = self.page(seen) if valid else Page([], "")
        return page_or_fragment(
            f"{room}/{name}.html",
            "lists/_rows.html" if "after" in request.values else f"{room}/_{name}.html",
            status=200 if valid else 422,
            **{**context, "rows": rows, "form": self, "more": more},
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

    def range(self, *, lower: bool = True, upper: bool = True) -> list[ColumnElement[bool]]:
        """Return the conditions of the days, which are the first column of the order."""
        day = self.ORDER[0].column
        since = [day >= self.start.data] if lower and self.start.data else []
        until = [day <= self.end.data] if upper and self.end.data else []
        return since + until
