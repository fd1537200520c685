"""The spans of months that the work desk and its lists look at."""

from datetime import date, timedelta
from typing import NamedTuple

from webapp.catalog.reference import today
from webapp.lists.filters import Choice

YEARS_BACK = 2
USUAL = "12"


class Period(NamedTuple):
    """Whole months: the first day of the first one and of the last one."""

    title: str
    first: date
    last: date

    @property
    def end(self) -> date:
        """The last day."""
        return later(self.last, 1) - timedelta(days=1)

    @property
    def months(self) -> list[date]:
        """The first day of each month, the earliest first."""
        count = (self.last.year - self.first.year) * 12 + self.last.month - self.first.month + 1
        return [later(self.first, number) for number in range(count)]

    @property
    def days(self) -> dict[str, str]:
        """The period as the lists' filters name it."""
        return {"start": self.first.isoformat(), "end": self.end.isoformat()}


def periods(on: date | None = None) -> dict[str, Period]:
    """Return what can be chosen, by the word that stands for it in addresses.

    :param on: a day of the month that is the present one, by default today in Chongqing
    """
    month = (on or today()).replace(day=1)
    year = month.replace(month=1)
    found = {str(count): Period(f"近 {count} 个月", later(month, 1 - count), month) for count in (12, 6, 3)}
    found["month"] = Period("本月", month, month)
    found["quarter"] = Period("本季度", later(month, -((month.month - 1) % 3)), month)
    for past in range(YEARS_BACK + 1):
        first = year.replace(year=year.year - past)
        found[str(first.year)] = Period(f"{first.year} 年", first, min(later(first, 11), month))
    return found


def later(month: date, count: int) -> date:
    """Return the month so many months later, or earlier."""
    year, index = divmod(month.year * 12 + month.month - 1 + count, 12)
    return date(year, index + 1, 1)


def period_choice(usual: str = USUAL) -> Choice:
    """Return the field that chooses one of the periods."""
    return Choice(
        "统计期间",
        choices=lambda: {code: period.title for code, period in periods().items()},
        default=usual,
    )
