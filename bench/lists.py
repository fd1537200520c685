"""Lists and desk among a million records beside the raw query of the same rows: ``python -m bench.lists``.

On SQLite and PostgreSQL. The processor's clock tells of PostgreSQL only what happens on our side.

A page is a whole request in this process: session, access, query, objects, template. It is held against the
raw query through the driver, with the same connection settings, and the rendering of its own template from
rows in memory; the budget is three times those two together.
"""

import argparse
from collections.abc import Sequence
from contextlib import ExitStack
from typing import Any, NamedTuple

from flask import Flask

from bench.asking import replay
from bench.data import Size, filled, kinds
from bench.list_cases import PAGE, Case, cases_of
from bench.measuring import CLOCKS, interleaved, keep, machine, table, verdict
from webapp.database import db

BUDGET = 3.0
# How often each way to fetch the rows by hand is tried.
TRIALS = 5
TITLES = ("list", "rows", "raw ms", "SQL ms", "rendering ms", "page p50 ms", "p95 ms", "statements", "×", "")


class Figure(NamedTuple):
    """What was measured of a page; times in milliseconds, medians where nothing else is said."""

    name: str
    rows: int
    raw: float
    sql: float
    rendering: float
    page: float
    p95: float
    statements: int

    @property
    def ratio(self) -> float:
        """The page in units of its budget's base."""
        return self.page / (self.raw + self.rendering)


def main() -> None:
    """Measure, print the table, write the JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    for name, number in (("institutions", 25_000), ("inspections", 300_000), ("demerits", 1_000_000)):
        parser.add_argument(f"--{name}", type=int, default=number)
    parser.add_argument("--rounds", type=int, default=100)
    parser.add_argument("--clock", choices=CLOCKS, default="wall")
    parser.add_argument("--only", default="", help="a part of the names of the lists to measure")
    parser.add_argument("--database", choices=kinds(), help="one of them alone")
    asked = parser.parse_args()
    for kind in [asked.database] if asked.database else kinds():
        measure(kind, asked)


def measure(kind: str, asked: argparse.Namespace) -> None:
    """Measure on a kind of database, print the table, write the JSON."""
    size = Size(asked.institutions, asked.inspections, asked.demerits)
    with filled(kind, size, WTF_CSRF_ENABLED=False) as app:
        with app.app_context():
            cases = [case for case in cases_of(app) if asked.only in case.name]
        figures = [measured(app, case, asked.rounds, asked.clock) for case in cases]
    print(f"Lists, {kind}, n = {asked.rounds}, {asked.clock} time; × = page ÷ (raw + rendering)")
    print(f"Budget: {BUDGET}\n\n{as_table(figures)}\n\n{size.name} rows; {machine()}")
    found = [figure._asdict() | {"ratio": round(figure.ratio, 2)} for figure in figures]
    keep(
        "lists" if kind == "sqlite" else f"lists-{kind}",
        {"size": size._asdict(), "n": asked.rounds, "clock": asked.clock, "budget": BUDGET, "lists": found},
    )


def as_table(figures: Sequence[Figure]) -> str:
    """Return the figures as Markdown."""
    return table(TITLES, [(*figure, figure.ratio, verdict(figure.ratio <= BUDGET)) for figure in figures])


def measured(app: Flask, case: Case, rounds: int, clock: str) -> Figure:
    """Measure a page and its parts in turns."""
    statements = case.request.statements()
    with ExitStack() as stack:
        rendering = stack.enter_context(case.request.rendering())
        connection = stack.enter_context(_engine(app).connect())
        cursor = connection.connection.cursor()
        ways = [[(sql, ())] for sql in case.raw] or [statements]
        acts = {place: lambda way=way: replay(cursor, way) for place, way in enumerate(ways)}
        # A slow way would leave the page with cold caches, so only the fastest runs beside it.
        tried = interleaved(acts, TRIALS, clock)
        raw = acts[min(acts, key=lambda place: tried[place].p50)]
        times = interleaved(
            {
                "page": case.request.send,
                "rendering": rendering,
                "sql": lambda: replay(cursor, statements),
                "raw": raw,
            },
            rounds,
            clock,
        )
        rows = raw()[0] if case.raw else ()
    return Figure(
        case.name,
        min(len(rows), PAGE),
        times["raw"].p50,
        times["sql"].p50,
        times["rendering"].p50,
        times["page"].p50,
        times["page"].p95,
        len(statements),
    )


def _engine(app: Flask) -> Any:
    with app.app_context():
        return db.engine


if __name__ == "__main__":
    main()
