"""Pages of a list: the first, those after, before and around a row, and the ways on from a row's details."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple
from uuid import UUID

from flask import abort, request
from sqlalchemy import Select

from webapp.database import db
from webapp.fragments import is_htmx
from webapp.lists.paging import PAGE, Place

if TYPE_CHECKING:
    from webapp.lists.filters import Filter

# How many rows stand above the one that a reader comes back to.
ABOVE = 5


class Page(NamedTuple):
    """Some rows of a list, and the addresses of those before and after them or nothing.

    ``chosen`` is the row that the reader comes back to, or the one in whose place another stands now.
    """

    rows: Sequence[Any] = ()
    more: str = ""
    earlier: str = ""
    chosen: Any = None


class Trail(NamedTuple):
    """From the details of a row: back to it in its list, and to the rows beside it."""

    back: str
    previous: str
    next: str


def page_of(form: "Filter", seen: Select[Any]) -> Page:
    """Return the page that the address asks for.

    :param seen: what the user may see of the list
    """
    asked = request.values
    if "before" in asked:
        page = _before(form, seen, _place(form, seen, asked["before"]), PAGE)
        if is_htmx() or not page.rows:
            return page  # htmx has the rows behind these already
        return page._replace(more=form.url_with(after=page.rows[-1].uuid))
    if "at" in asked and "after" not in asked:
        return _around(form, seen, _place(form, seen, asked["at"]))
    place = _place(form, seen, asked["after"]) if "after" in asked else None
    return _cut(form, form.narrow(seen, place))


def trail_of(form: "Filter", seen: Select[Any], row: Any) -> Trail:
    """Return the ways on from the details of a row, in two statements.

    :param form: what the list was narrowed to from which the details were opened
    """
    place = tuple(getattr(row, by.column.key) for by in form.ORDER)
    beside = (
        form.first(form.before(seen, place), 1, backwards=True),
        form.first(form.narrow(seen, place), 1),
    )
    previous, following = (db.session.scalar(rows.with_only_columns(form.MODEL.uuid)) for rows in beside)
    return Trail(
        form.url_with(at=row.uuid),
        f"{form.url}/{previous}{form.behind}" if previous else "",
        f"{form.url}/{following}{form.behind}" if following else "",
    )


def _cut(form: "Filter", found: Select[Any]) -> Page:
    """Cut a page off the rows; one row more tells whether there is another page."""
    rows = db.session.scalars(form.first(found, PAGE + 1)).all()
    return Page(rows[:PAGE], form.url_with(after=rows[PAGE - 1].uuid) if len(rows) > PAGE else "")


def _before(form: "Filter", seen: Select[Any], place: Place, size: int) -> Page:
    nearest = db.session.scalars(form.first(form.before(seen, place), size + 1, backwards=True)).all()
    rows = nearest[:size][::-1]
    return Page(rows, earlier=form.url_with(before=rows[0].uuid) if len(nearest) > size else "")


def _around(form: "Filter", seen: Select[Any], place: Place) -> Page:
    """A few rows for the eye, then the row itself and those after it."""
    above = _before(form, seen, place, ABOVE)
    below = _cut(form, form.narrow(seen, place, with_itself=True))
    chosen = next(iter([*below.rows, *reversed(above.rows)]), None)
    return Page([*above.rows, *below.rows], below.more, above.earlier, chosen)


def _place(form: "Filter", seen: Select[Any], text: str) -> Place:
    """Return the place of a row that the address names; 404 when it is out of reach."""
    try:
        uuid = UUID(text)
    except ValueError:
        abort(404)
    row = seen.with_only_columns(*(by.column for by in form.ORDER)).where(form.MODEL.uuid == uuid)
    return tuple(db.session.execute(row).first() or abort(404))
