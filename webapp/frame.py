"""The frame around desktop pages: each role that works there has its own side bar."""

from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from flask import Flask, request, url_for
from flask_login import current_user
from werkzeug.local import LocalProxy

from webapp.access import Rule
from webapp.accounts.models import User


class Entry(NamedTuple):
    """A line of a side bar: its title, the view it leads to, and how much waits there."""

    title: str
    endpoint: str
    waiting: int | None = None


Bar = Callable[[], Iterable[Entry]]
_bars: dict[Rule, Bar] = {}


def side_bar(rule: Rule) -> Callable[[Bar], Bar]:
    """Register what makes the side bar of those for whom a rule holds."""

    def register(bar: Bar) -> Bar:
        _bars[rule] = bar
        return bar

    return register


def works_at_desk(user: User) -> bool:
    """Whether the user's pages stand in the desktop's frame."""
    return any(rule(user) for rule in _bars)


def init_app(app: Flask) -> None:
    """Give templates the side bar; it is made only where it is shown."""
    app.context_processor(_context)


def _context() -> dict[str, Any]:
    return {"menu": LocalProxy(_menu)}


def _menu() -> list[tuple[str, str, int | None, bool]]:
    bar = next((bar for rule, bar in _bars.items() if rule(current_user)), tuple)
    lines = [(entry, url_for(entry.endpoint)) for entry in bar()]
    # Of two addresses of which one contains the other, the longer one is where we are.
    here = max((url for _, url in lines if _leads(url)), key=len, default=None)
    return [(entry.title, url, entry.waiting, url == here) for entry, url in lines]


def _leads(url: str) -> bool:
    return request.path == url or (not url.endswith("/") and request.path.startswith(url))
