"""How pages grow with what is stored: ``python -m bench.growth``.

The same pages, each a whole request in this process, among ten times as many records again and again. Besides
the table it draws ``bench/results/growth.svg``. Budget: among the most records a page takes at most twice as
long as among the fewest.
"""

import argparse
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice

from flask import Flask
from sqlalchemy import select

from bench.asking import Request
from bench.data import Size, filled_app
from bench.list_cases import cases_of
from bench.measuring import RESULTS, Budget, Times, interleaved, judged, keep, machine, table
from bench.plot import lines
from webapp.accounts.models import Kind, User
from webapp.database import db

BUDGET = 2.0
# The city's lists: inspections and demerits, their first page and one far behind.
LISTS = 4


def main() -> None:
    """Measure, print the table, draw the plot, write the JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--records", type=int, nargs="+", default=[1_000, 10_000, 100_000])
    parser.add_argument("--rounds", type=int, default=60)
    asked = parser.parse_args()
    found = {number: measured(number, asked.rounds) for number in asked.records}
    pages = list(found[asked.records[0]])
    print(f"Pages by the number of inspections stored, p50 in ms, n = {asked.rounds}\n")
    print(table(("page", *(f"{number:,}" for number in found)), [_row(found, page) for page in pages]))
    budgets = [
        Budget(
            f"{page}: among {asked.records[-1]:,} ÷ among {asked.records[0]:,}", _growth(found, page), BUDGET
        )
        for page in pages
    ]
    print(f"\n{judged(budgets)}\n\n{machine()}")
    times = {page: {number: found[number][page].p50 for number in found} for page in pages}
    keep("growth", {"p50_ms": times, "budgets": [budget.as_data() for budget in budgets]})
    drawing = lines(times, across="records stored", upwards="ms")
    (RESULTS / "growth.svg").write_text(drawing, encoding="utf-8")


def measured(number: int, rounds: int) -> dict[str, Times]:
    """Ask for the pages among so many inspections, and a fifth as many demerits."""
    app = filled_app(Size(max(25, number // 40), number, number // 5), WTF_CSRF_ENABLED=False)
    with app.app_context():
        requests = dict(_requests(app))
    times = interleaved({name: request.send for name, request in requests.items()}, rounds)
    with app.app_context():
        db.engine.dispose()
    return times


def _requests(app: Flask) -> Iterator[tuple[str, Request]]:
    for case in islice(cases_of(app), LISTS):
        yield case.name, case.request
    city = select(User).where(User.kind == Kind.REVIEWER, User.district.is_(None)).limit(1)
    reviewer = db.session.scalars(city).one()
    yield "work desk of the city", Request(app, reviewer, "/supervision/")
    inspector = db.session.scalars(select(User).where(User.is_inspector).order_by(User.id).limit(1)).one()
    yield "home of an inspector", Request(app, inspector, "/")


def _row(found: Mapping[int, Mapping[str, Times]], page: str) -> Sequence[object]:
    return (page, *(by_page[page].p50 for by_page in found.values()))


def _growth(found: Mapping[int, Mapping[str, Times]], page: str) -> float:
    by_number = [by_page[page].p50 for by_page in found.values()]
    return by_number[-1] / by_number[0]


if __name__ == "__main__":
    main()
