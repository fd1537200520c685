"""How long made-up records take: ``python -m bench.generate``, on SQLite and PostgreSQL.

Budget: 25,000 institutions, 1,000,000 inspections and 200,000 demerits within twenty minutes; fewer within
their share of that. What SQLite is given stays for the other benchmarks.
"""

import argparse
import shutil
import tempfile
from pathlib import Path
from time import perf_counter, process_time
from typing import NamedTuple

from bench.data import Size, app_on, database, fill, filled_app, folder_of, kinds
from bench.measuring import Budget, judged, keep, machine, table

CITY = Size(25_000, 1_000_000, 200_000)
BUDGET = 20 * 60
TITLES = ("database", *CITY._fields, "s", "Python's processor s")


class Run(NamedTuple):
    """One filling of a database; times in seconds."""

    database: str
    taken: float
    processor: float


def main() -> None:
    """Measure, print the table, write the JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    for name, number in CITY._asdict().items():
        parser.add_argument(f"--{name}", type=int, default=number)
    size = Size(**vars(parser.parse_args()))
    runs = [measured(kind, size) for kind in kinds()]
    rows = [(run.database, *size, run.taken, run.processor) for run in runs]
    limit = BUDGET * size.inspections / CITY.inspections
    what = f"{size.inspections:,} inspections and what belongs to them, s"
    budgets = [Budget(f"{run.database}: {what}", run.taken, limit) for run in runs]
    print(f"{table(TITLES, rows)}\n\n{judged(budgets)}\n\n{machine()}")
    found = {run.database: {"s": round(run.taken, 1), "processor": round(run.processor, 1)} for run in runs}
    keep("generate", {"size": size._asdict(), **found, "budgets": [budget.as_data() for budget in budgets]})


def measured(kind: str, size: Size) -> Run:
    """Fill an empty database of a kind."""
    with tempfile.TemporaryDirectory() as folder, database(kind, Path(folder)) as url:
        begun, worked = perf_counter(), process_time()
        if kind == "sqlite":
            shutil.rmtree(folder_of(size), ignore_errors=True)
            filled_app(size)
        else:
            fill(app_on(url, Path(folder)), size)
        return Run(kind, perf_counter() - begun, process_time() - worked)


if __name__ == "__main__":
    main()
