"""Pages cut by key in a list's own order: forwards from a row, backwards from it, or around it.

The place of a row bounds the next page, so that a page costs the same wherever it lies. Addresses name the
row by its public identifier.
"""

from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, and_, or_, tuple_
from sqlalchemy.orm import InstrumentedAttribute

PAGE = 20


# Where a row stands in a list: its values of the columns by which the list is ordered.
Place = tuple[Any, ...]


class By(NamedTuple):
    """A column that a list is ordered by."""

    column: InstrumentedAttribute[Any]
    falling: bool = False


Order = tuple[By, ...]


def in_order(seen: Select[Any], order: Order, *, backwards: bool = False) -> Select[Any]:
    """Sort a select as the list is sorted, or the other way round."""
    return seen.order_by(*(by.column.desc() if by.falling != backwards else by.column.asc() for by in order))


def beyond(
    order: Order, place: Place, *, backwards: bool = False, with_itself: bool = False
) -> ColumnElement[bool]:
    """Return the condition that a row comes after a place in the list, or before it.

    :param order: one or two columns, the last one unique
    :param with_itself: the row at the place belongs to them
    """
    falling = [by.falling != backwards for by in order]
    condition: ColumnElement[bool]
    if len(set(falling)) == 1:
        # One comparison of the whole key, which both databases answer from the index.
        condition = _compared(tuple_(*(by.column for by in order)), tuple_(*place), falling[0], with_itself)
        return condition
    (first, last), (first_at, last_at) = (by.column for by in order), place
    farther = or_(
        _compared(first, first_at, falling[0], False), _compared(last, last_at, falling[1], with_itself)
    )
    return and_(_compared(first, first_at, falling[0], True), farther)


def _compared(column: Any, value: Any, falling: bool, with_itself: bool) -> Any:
    if falling:
        return column <= value if with_itself else column < value
    return column >= value if with_itself else column > value
