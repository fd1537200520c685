"""What reviewers narrow their lists by: their districts, days, institutions."""

from datetime import timedelta
from typing import Any, cast

from sqlalchemy import ColumnElement, Select, false, or_, select, union_all
from werkzeug.datastructures import MultiDict

from webapp.accounts.models import User
from webapp.catalog import Region, catalog
from webapp.database import PublicId, db
from webapp.institutions.models import Institution, within_reach
from webapp.lists import filters
from webapp.lists.filters import ALL, Choice
from webapp.lists.paging import in_order

# Up to so many rows of another table are named by their keys, see refers().
FEW = 100


class Filter(filters.Filter):
    """What the filters of all reviewers' lists share."""

    district = Choice("经营地区", default="")

    def __init__(self, user: User, args: MultiDict[str, str] | None = None) -> None:
        super().__init__(user, args)
        self.district.choices = ALL | {region.code: _name(region) for region in _reach(user)}

    def matching(self, seen: Select[Any]) -> Select[Any]:
        """Return the rows that the fields ask for, but for a range of days."""
        return seen.where(self.MODEL.district == self.district.data) if self.district.data else seen

    def first(self, found: Select[Any], number: int, *, backwards: bool = False) -> Select[Any]:
        """Return so many rows from the beginning of what was found.

        A district that others were merged into has several codes, and no index knows the order of their rows
        together: all of them would be collected and sorted. So the first of each code are found, and of
        those the first are read.
        """
        codes = sorted(self.user.districts or ())
        if len(codes) < 2 or self.district.data or self.ORDER[0].column is self.MODEL.district:
            return super().first(found, number)
        key = self.MODEL.id
        firsts = (
            found.with_only_columns(key).where(self.MODEL.district == code).limit(number).subquery()
            for code in codes
        )
        rows = self.listed(select(self.MODEL)).where(key.in_(union_all(*map(select, firsts))))
        return in_order(rows, self.ORDER, backwards=backwards).limit(number)


class DatedFilter(Filter, filters.DatedFilter):
    """What the filters of records share besides."""

    def kept_within(self, table: type[Any], *fields: str) -> list[ColumnElement[bool]] | None:
        """Return the conditions for the rows of kept sums that know how many records are asked for.

        :param fields: the columns of the table beside the month and the district
        :return: None where sums can't know it: other fields are asked for, or parts of months
        """
        known, start, end = ("district", *fields), self.start.data, self.end.data
        whole = (start is None or start.day == 1) and (end is None or (end + timedelta(days=1)).day == 1)
        if not whole or self.asked.keys() - {*known, "start", "end"}:
            return None
        conditions = [within_reach(self.user, None, table.district)]
        conditions += [getattr(table, name) == self[name].data for name in known if self[name].data]
        conditions += [table.month >= start] if start else []
        return conditions + ([table.month <= end] if end else [])


def level_choice() -> Choice:
    """Return the field that narrows a list to institutions of one level."""
    return Choice(
        "机构级别", choices=lambda: ALL | {level: level for level in catalog().reference.levels}, default=""
    )


def refers(column: Any, target: type[PublicId], wanted: Any) -> ColumnElement[bool]:
    """Return the condition that a row refers to one of the wanted rows of another table."""
    return is_among(column, target.id, wanted)


def is_among(column: Any, keys: Any, wanted: Any) -> ColumnElement[bool]:
    """Return the condition that a column has one of the keys that the wanted rows of another table have.

    A few are named by their keys. Of many, the newest rows that refer to them are near the top of the list,
    so it is walked and each row's target is looked at; collecting and sorting all of theirs would cost more.
    """
    few = db.session.scalars(select(keys).where(wanted).limit(FEW + 1)).all()
    if not few:
        return false()
    if len(few) <= FEW:
        return cast(ColumnElement[bool], column.in_(few))
    return select(keys).where(keys == column, wanted).exists()


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
