"""What a plot of the work desk is: a table of figures whose numbers lead to the list behind them."""

from typing import Any, NamedTuple, Self

from flask import url_for
from sqlalchemy import ColumnElement, and_

from webapp.institutions.models import within_reach
from webapp.supervision.filters import Filter, level_choice
from webapp.supervision.periods import Period, period_choice, periods


class Cell(NamedTuple):
    """One number of a table, and the list behind it; ``text`` is how it is written."""

    value: float
    text: str
    href: str = ""

    @classmethod
    def of(cls, value: Any, href: str = "") -> Self:
        """A number as it is, halves as .5; nothing has no list behind it."""
        return cls(float(value), f"{int(value) if value == int(value) else value:,}", href if value else "")


class Line(NamedTuple):
    """One row of a table; ``note`` is what more there is to say of it, such as the law."""

    title: str
    cells: list[Cell]
    note: str = ""
    href: str = ""


class Plot(NamedTuple):
    """A table and how it is drawn: ``columns`` or ``bars``, of the series named first in ``heads``."""

    kind: str
    heads: list[str]
    lines: list[Line]
    series: int
    remark: str = ""
    unit: str = ""

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to be seen."""
        return not any(cell.value for line in self.lines for cell in line.cells)


class PlotFilter(Filter):
    """What all plots are narrowed by, and the lists that they open."""

    ENDPOINT = "supervision.desk"
    period = period_choice()
    level = level_choice()

    @property
    def span(self) -> Period:
        """The months that are looked at."""
        return periods()[self.period.data]

    def within(self, table: type[Any]) -> ColumnElement[bool]:
        """Return the condition that a row of figures is asked for and within the reviewer's reach."""
        conditions = [
            table.month.between(self.span.first, self.span.last),
            within_reach(self.user, None, table.district),
        ]
        conditions += [table.district == self.district.data] if self.district.data else []
        conditions += [table.level == self.level.data] if self.level.data else []
        return and_(*conditions)

    def list_of(self, name: str, **more: Any) -> str:
        """Return the address of a list narrowed by the same district and level, and by more."""
        asked = {"district": self.district.data, "level": self.level.data, **more}
        return url_for(f"supervision.{name}", **{key: value for key, value in asked.items() if value})

    @property
    def by_level(self) -> bool:
        """Whether institutions are told apart by level, because only one district is looked at."""
        return bool(self.district.data or self.user.district)
