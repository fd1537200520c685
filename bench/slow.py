"""A page is asked for while others send by the drop: ``python -m bench.slow``.

So many connections send a byte of their headers each second, or of a form, and open anew when the server
ends one, as somebody would who wants to hold a server up. Meanwhile a visitor asks for a page again and
again, each time on a new connection. ``--port`` asks a server that runs already, to compare; only this
machine is ever asked.
"""

import argparse
import asyncio
import sys
import tempfile
from collections import Counter
from contextlib import suppress
from pathlib import Path
from time import perf_counter
from typing import NamedTuple

from bench.data import filled_app
from bench.measuring import Budget, Times, judged, keep, machine, table
from bench.server import SIZE, product_of
from bench.serving import served
from webapp.server import HOST

CONNECTIONS = 200
PAGES = 40
PAGE = "/login"
HEADERS, FORM = "headers", "form"
# What each connection begins with; the drops follow.
BEGUN = {
    HEADERS: f"GET {PAGE} HTTP/1.1\r\nHost: {HOST}\r\nX-Slow: ",
    FORM: f"POST {PAGE} HTTP/1.1\r\nHost: {HOST}\r\nContent-Length: 100000\r\n"
    "Content-Type: application/x-www-form-urlencoded\r\n\r\nmobile=",
}
# In seconds: between two bytes, between two pages, how long a visitor waits, and the budget of a page.
DROP, PAUSE, PATIENCE, BUDGET = 1.0, 0.25, 30.0, 1.0
TITLES = ("what is slow", "connections", "open meanwhile", "page p50 ms", "p95 ms", "max ms", "unanswered")


class Seen(NamedTuple):
    """How a page was served beside slow connections."""

    times: Times
    unanswered: int
    # How many of the slow ones were open at the least, whenever a page was there.
    still_open: int


class Slow:
    """Connections that send a byte at a time and never come to an end; use it as a context."""

    def __init__(self, port: int, number: int, what: str = HEADERS) -> None:
        """:param what: of a request comes so slowly"""
        self._port, self._number, self._begun = port, number, BEGUN[what].encode()
        self._open: Counter[int] = Counter()
        # How often the server has ended one.
        self.ended = 0

    @property
    def still_open(self) -> int:
        """How many the server holds."""
        return sum(self._open.values())

    async def __aenter__(self) -> "Slow":
        self._tasks = [asyncio.create_task(self._drop(number)) for number in range(self._number)]
        while self.still_open < self._number:
            await asyncio.sleep(0.01)
        return self

    async def __aexit__(self, *_: object) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _drop(self, number: int) -> None:
        while True:
            reader, writer = await asyncio.open_connection(HOST, self._port)
            self._open[number] = 1
            with suppress(ConnectionError):
                writer.write(self._begun)
                while await _is_silent(reader):
                    writer.write(b"a")
                    await writer.drain()
            self._open[number] = 0
            self.ended += 1
            writer.close()


async def _is_silent(reader: asyncio.StreamReader) -> bool:
    """Wait for the next drop's moment; whether the server has neither spoken nor gone."""
    try:
        await asyncio.wait_for(reader.read(1), DROP)
    except TimeoutError:
        return True
    return False


async def page(port: int) -> int:
    """Ask for a page as a new visitor and return its status.

    :raises OSError: the server is not there, or does not answer in time
    """
    asked = f"GET {PAGE} HTTP/1.1\r\nHost: {HOST}\r\nConnection: close\r\n\r\n"
    return int((await answer_to(port, asked.encode()))[9:12] or 0)


async def answer_to(port: int, asked: bytes) -> bytes:
    """Send a request that ends its connection and return the whole answer.

    :raises OSError: the server is not there, or does not answer in time
    """
    async with asyncio.timeout(PATIENCE):
        reader, writer = await asyncio.open_connection(HOST, port)
        writer.write(asked)
        answer = await reader.read()
        writer.close()
    return answer


async def seen(port: int, pages: int, connections: int, what: str) -> Seen:
    """Hold slow connections open and ask for pages meanwhile."""
    taken, unanswered, still_open = [], 0, connections
    async with Slow(port, connections, what) as slow:
        for _ in range(pages):
            begun = perf_counter()
            try:
                unanswered += await page(port) != 200
            except OSError:
                unanswered += 1
            taken.append(perf_counter() - begun)
            still_open = min(still_open, slow.still_open)
            await asyncio.sleep(PAUSE)
    return Seen(Times(taken), unanswered, still_open)


def main() -> int:
    """Measure, print the table, write the JSON; a failure where the budget is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--connections", type=int, default=CONNECTIONS)
    parser.add_argument("--pages", type=int, default=PAGES)
    parser.add_argument("--port", type=int, help="of a server on this machine that runs already")
    asked = parser.parse_args()
    cases = [(asked.connections, what) for what in BEGUN]
    if asked.port:
        print(
            table(TITLES, [_row(*case, asyncio.run(seen(asked.port, asked.pages, *case))) for case in cases])
        )
        return 0
    app = filled_app(SIZE)
    with tempfile.TemporaryDirectory(prefix="bench") as folder:
        environ = product_of(app)
        with served("webapp.serving:app", environ, Path(folder) / "product.log") as product:
            found = {
                case: asyncio.run(seen(product.port, asked.pages, *case)) for case in [(0, HEADERS), *cases]
            }
    budgets = [
        Budget(f"page beside {number} slow {what}, ms", found[number, what].times.taken[-1], 1000 * BUDGET)
        for number, what in cases
    ]
    print(table(TITLES, [_row(*case, each) for case, each in found.items()]))
    print(f"\n{judged(budgets)}\n\n{machine()}")
    figures = [
        {"slow": number, "what": what, **each.times.as_data(), "unanswered": each.unanswered}
        for (number, what), each in found.items()
    ]
    keep("slow", {"pages": figures, "budgets": [budget.as_data() for budget in budgets]})
    return int(any(each.unanswered for each in found.values()) or not all(each.is_met for each in budgets))


def _row(number: int, what: str, found: Seen) -> tuple[object, ...]:
    times = found.times
    return (what, number, found.still_open, times.p50, times.p95, times.taken[-1], found.unanswered)


if __name__ == "__main__":
    sys.exit(main())
