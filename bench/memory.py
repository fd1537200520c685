"""What a process that serves pages grows to: ``python -m bench.memory``.

Several clients send mixed requests, pages and answers, and the memory of the serving process is looked at
before, on the way and after. Budget: 150 MB after 10,000 requests.
"""

import argparse
import tempfile
from collections.abc import Iterator, Sequence
from itertools import cycle, islice
from pathlib import Path

from bench.data import copied_app
from bench.http import Sent, exchange
from bench.measuring import Budget, judged, keep, machine, table
from bench.server import SIZE, Phone, pages_of, product_of
from bench.serving import served
from webapp.database import db

BUDGET = 150
CLIENTS = 4
STEPS = 5
TOO_MANY = 429
TITLES = ("requests", "memory MB")


def main() -> None:
    """Measure, print the table, write the JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--requests", type=int, default=10_000)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="bench") as folder:
        found, failed = measured(Path(folder), asked.requests)
    budget = Budget(f"memory after {asked.requests:,} requests, MB", found[-1][1], BUDGET)
    print(f"Memory of the serving process, {failed} requests failed\n\n{table(TITLES, found)}\n")
    print(judged([budget]))
    print(f"\n{machine()}")
    keep("memory", {"megabytes": dict(found), "failed": failed, "budgets": [budget.as_data()]})


def measured(folder: Path, number: int) -> tuple[list[tuple[int, float]], int]:
    """Serve the product, ask, and return the memory by the number of requests so far, and how many failed."""
    app = copied_app(SIZE, folder)
    with app.app_context():
        phones = [Phone.started(app, place) for place in range(CLIENTS)]
        pages = list(pages_of(app).values())
        db.session.remove()
        db.engine.dispose()
    clients = [mixed(pages, phone) for phone in phones]
    each = number // STEPS // CLIENTS
    failed = 0
    with served("webapp.serving:app", product_of(app), folder / "product.log") as product:
        found = [(0, product.megabytes())]
        for step in range(1, STEPS + 1):
            answered = exchange(product.port, [islice(client, each) for client in clients])
            # Sign-ins beyond their limit are refused, as they should be.
            failed += sum(one.status >= 400 and one.status != TOO_MANY for one in answered)
            found.append((step * each * CLIENTS, product.megabytes()))
    return found, failed


def mixed(pages: Sequence[Sent], phone: Phone) -> Iterator[Sent]:
    """Yield what a client sends: a page, an answer, the next page."""
    for page in cycle(pages):
        yield page
        yield next(phone.ours)


if __name__ == "__main__":
    main()
