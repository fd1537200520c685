"""What the columns of lists say: on the screen, and in what is taken away from there."""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

Text = Callable[[Any], str]


class Column(NamedTuple):
    """One column of a list."""

    key: str
    title: str
    # What a row says here, numbers masked.
    text: Text
    # The number in full, where ``text`` masks one.
    full: Text | None = None
    # A CSS class of the cell: ``name``, ``nowrap``, ``num``.
    look: str = ""
    # What a spreadsheet makes of the text: ``text``, ``number`` or ``day``.
    kind: str = "text"
    # The words with a state that a cell shows instead, each with its tone or "" for the usual one.
    tags: Callable[[Any], Sequence[tuple[str, str]]] | None = None
