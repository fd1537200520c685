"""Two thousand inspectors fill at once: ``python -m bench.crowd``.

Each has an account, a draft and a connection of its own, and answers an item every nine seconds or so, in
the batch that the product's own page sends. The clients are a process of their own (``crowd_clients.py``),
the app is served as ``make run`` serves it, on a throw-away PostgreSQL that keeps what it confirms, or on
SQLite. Afterwards each acknowledged answer must be stored, once, and have had its effect once.
"""

import argparse
import os
import sys
import tempfile
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any, NamedTuple
from uuid import UUID

import click
from flask import Flask
from sqlalchemy import select

from bench.asking import signed_in_to_write
from bench.crowd_clients import Acknowledged, Crowd, Person, fill_at_once
from bench.data import Size, app_on, database, fill
from bench.measuring import Budget, Times, judged, keep, machine, table
from bench.server import product_of
from bench.serving import served
from tests import postgres
from webapp.accounts.models import User
from webapp.database import db
from webapp.inspections.models import Inspection, InspectionKind
from webapp.inspections.operations import Operation, OperationKind

BUDGET = 1.0
RECORDS = (500, 50)  # inspections and demerits beside the inspectors' own drafts
# The embedded database has one writer.
RUNS = {"postgresql": [1, 2], "sqlite": [1]}
TITLES = (
    *("database", "workers", "answers a second", "p50 ms", "p95 ms", "p99 ms", "max ms"),
    *("processor ms", "errors", "lost or doubled", "load"),
)


class Figures(NamedTuple):
    """What came out of one run."""

    database: str
    workers: int
    rate: float
    times: Times
    processor: float
    errors: dict[str, int]
    wrong: int
    load: float

    @property
    def row(self) -> tuple[object, ...]:
        """Its line in the table."""
        times, name = self.times, self.database
        return (
            *(name, self.workers, self.rate, times.p50, times.p95, times.p99, times.taken[-1]),
            *(self.processor, sum(self.errors.values()), self.wrong, round(self.load, 1)),
        )

    @property
    def budget(self) -> Budget:
        """One answer's slowest hundredth."""
        name = f"{self.database}, {self.workers} workers: one answer, p99, s"
        return Budget(name, self.times.p99 / 1000, BUDGET)

    @property
    def is_good(self) -> bool:
        """Whether all was answered in time, and kept once."""
        return self.budget.is_met and not self.errors and not self.wrong

    def as_data(self) -> dict[str, Any]:
        """What is kept of it."""
        said = {name: getattr(self, name) for name in ("database", "workers", "errors", "wrong")}
        rounded = {name: round(getattr(self, name), 2) for name in ("rate", "processor", "load")}
        return {**said, **rounded, **self.times.as_data(), "max": round(self.times.taken[-1], 3)}


def filled(folder: Path, url: str, people: int) -> Flask:
    """Fill an empty database with enough institutions for so many inspectors."""
    app = app_on(url, folder)
    fill(app, Size(people, *RECORDS))
    return app


def crowd_of(app: Flask, people: int) -> list[Person]:
    """Begin a draft for so many inspectors and sign them in."""
    with app.app_context():
        inspectors = db.session.scalars(
            select(User).where(User.is_inspector).order_by(User.id).limit(people)
        ).all()
        assert len(inspectors) == people, f"only {len(inspectors)} inspectors"
        begun = [_begun(app, inspector) for inspector in inspectors]
        db.session.remove()
        db.engine.dispose()
    return begun


def _begun(app: Flask, inspector: User) -> Person:
    draft = Inspection.start(inspector, inspector.allowed_scope, InspectionKind.FULL)
    items = tuple(item.code for item in draft.items)
    return Person(str(draft.uuid), str(inspector.uuid), items, signed_in_to_write(app, inspector))


def measured(
    app: Flask, people: Sequence[Person], workers: int, asked: argparse.Namespace, log: Path
) -> Figures:
    """Serve, let all fill at once, and look what is in the database."""
    environ = product_of(app)
    options = ("--workers", str(workers))
    with (
        served("webapp.serving:app", environ, log, options) as server,
        ProcessPoolExecutor(1, mp_context=get_context("spawn")) as apart,
    ):
        before = server.processor_seconds()
        crowd: Crowd = apart.submit(fill_at_once, server.port, people, asked.seconds, asked.pause).result()
        processor = server.processor_seconds() - before
    with app.app_context():
        wrong = mistakes(people, crowd.acknowledged)
        db.session.remove()
        db.engine.dispose()
    n = len(crowd.acknowledged)
    return Figures(
        # As SQLAlchemy calls it, without the driver.
        environ["DATABASE_URL"].partition(":")[0].partition("+")[0],
        workers,
        n / asked.seconds,
        Times([each.seconds for each in crowd.acknowledged]),
        1000 * processor / n,
        crowd.errors,
        wrong,
        os.getloadavg()[0],
    )


def mistakes(people: Sequence[Person], acknowledged: Sequence[Acknowledged]) -> int:
    """Count acknowledged answers that are not stored, stored twice, or without their effect."""
    answers = Operation.kind == OperationKind.ANSWER
    kept = [str(uuid) for uuid in db.session.scalars(select(Operation.uuid).where(answers))]
    wrong = len({each.op for each in acknowledged} - set(kept)) + len(kept) - len(set(kept))
    said = {(each.inspection, each.item): (each.value, each.revision) for each in acknowledged}
    drafts = select(Inspection).where(Inspection.uuid.in_([UUID(person.inspection) for person in people]))
    found = {
        (str(draft.uuid), item): (answer.value, answer.revision)
        for draft in db.session.scalars(drafts)
        for item, answer in draft.answers().items()
    }
    return wrong + sum(found.get(place) != told for place, told in said.items())


def main() -> int:
    """Measure, print the table, write the JSON; a failure where the budget is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=2000)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument(
        "--pause", type=float, default=9.0, help="between two answers of a person, on average"
    )
    parser.add_argument("--database", choices=("postgresql", "sqlite"), nargs="+", help="where it lies")
    parser.add_argument("--runs", type=int, nargs="+", metavar="WORKERS")
    asked = parser.parse_args()
    found = []
    for kind in asked.database or (["postgresql"] if postgres.tools() else ["sqlite"]):
        with tempfile.TemporaryDirectory(prefix="crowd") as folder, database(kind, Path(folder)) as url:
            click.echo(f"Preparing {asked.people} inspectors on {kind} …", err=True)
            app = filled(Path(folder), url, asked.people)
            for workers in asked.runs or RUNS[kind]:
                people = crowd_of(app, asked.people)
                found.append(measured(app, people, workers, asked, Path(folder) / "log"))
                click.echo(f"{found[-1].as_data()}", err=True)
    print(table(TITLES, [each.row for each in found]))
    print(f"\n{judged([each.budget for each in found])}\n\n{asked.people} people; {machine()}")
    keep("crowd", {"people": asked.people, "pause": asked.pause, "runs": [each.as_data() for each in found]})
    return int(not all(each.is_good for each in found))


if __name__ == "__main__":
    sys.exit(main())
