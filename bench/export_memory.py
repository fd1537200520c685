"""How much memory an export takes: ``python -m bench.export_memory [ROWS]``, 100,000 by default.

Serves the demo as ``make run`` does, adds demerits to it, lets a reviewer export and download them all, and
prints what the process that serves pages and the one that did the job took, as a Markdown table.
"""

import shutil
import sys
import tempfile
import time
from pathlib import Path
from urllib.parse import urlencode, urlsplit
from urllib.request import HTTPCookieProcessor, build_opener

from bs4 import BeautifulSoup
from sqlalchemy import create_engine, text

from tests.browser.serving import Server
from tests.processes import children_of, megabytes
from webapp.database import uuid7
from webapp.demo import PASSWORD

ROWS = 100_000
REVIEWER = "13800000012"
# In megabytes; what the process that serves pages may grow by.
BUDGET = 50
CHUNK = 5000


def main(rows: int) -> None:
    """Measure, and fail when the budget is exceeded."""
    with tempfile.TemporaryDirectory() as folder:
        server = Server(Path(folder))
        server.start()
        try:
            added = add_demerits(Path(folder), rows)
            figures = measure(server, Path(folder))
        finally:
            server.stop()
    print(f"| {added:,} rows | |\n| --- | --- |")
    for name, value in figures.items():
        print(f"| {name} | {value} |")
    sys.exit(0 if float(str(figures["web process grew by, MB"])) <= BUDGET else 1)


def add_demerits(folder: Path, rows: int) -> int:
    """Copy one of the demo's submitted demerits until there are so many, and return their number."""
    engine = create_engine(f"sqlite:///{folder / 'app.db'}")
    with engine.begin() as connection:
        connection.execute(text("PRAGMA busy_timeout = 20000"))
        there = connection.scalar(text("SELECT count(*) FROM demerits WHERE submitted_at IS NOT NULL")) or 0
        columns = [column for _, column, *_ in connection.execute(text("PRAGMA table_info(demerits)"))]
        same = ", ".join(c for c in columns if c not in ("id", "uuid", "chain_number"))
        copy = text(
            f"INSERT INTO demerits (uuid, chain_number, {same}) "
            f"SELECT :uuid, :number, {same} FROM demerits WHERE submitted_at IS NOT NULL LIMIT 1"
        )
        for first in range(there, rows, CHUNK):
            numbers = range(first, min(first + CHUNK, rows))
            connection.execute(copy, [{"uuid": uuid7().hex, "number": 1000 + number} for number in numbers])
    engine.dispose()
    return max(there, rows)


def measure(server: Server, folder: Path) -> dict[str, object]:
    """Export everything in full and fetch the file; return the figures."""
    reviewer = Reviewer(server.url)
    (web,) = children_of(server.pid)
    for _ in range(5):
        reviewer.get("/supervision/demerits")
    before, job = megabytes(web, "VmRSS"), 0.0
    started = time.monotonic()
    form = hidden(reviewer.get("/supervision/demerits/export"))
    asked = {**form, "numbers": "full", "reason": "测量内存用量"}
    place = reviewer.post("/supervision/demerits/export/start", asked)
    while f"{place}/file" not in reviewer.get(place):
        job = max(job, *(megabytes(pid, "VmHWM") for pid in children_of(web)), 0.0)
        time.sleep(0.5)
    made = time.monotonic() - started
    size = reviewer.fetch(f"{place}/file", folder / "export.xlsx")
    most = megabytes(web, "VmHWM")
    return {
        "web process before, MB": round(before, 1),
        "web process at most, MB": round(most, 1),
        "web process grew by, MB": round(most - before, 1),
        "job's process at most, MB": round(job, 1),
        "file, MB": round(size / 1e6, 1),
        "seconds": round(made, 1),
    }


class Reviewer:
    """A browser in which the demo's reviewer of the city is signed in."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._browser = build_opener(HTTPCookieProcessor())
        form = hidden(self.get("/login"))
        self.post("/login", {**form, "mobile": REVIEWER, "password": PASSWORD})

    def get(self, path: str) -> str:
        """Return a page."""
        with self._browser.open(f"{self._url}{path}") as answer:
            return answer.read().decode()

    def post(self, path: str, data: dict[str, str]) -> str:
        """Send a form and return the path that the answer led to."""
        with self._browser.open(f"{self._url}{path}", urlencode(data).encode()) as answer:
            return urlsplit(answer.url).path

    def fetch(self, path: str, file: Path) -> int:
        """Keep what an address answers in a file, and return its size."""
        with self._browser.open(f"{self._url}{path}") as answer, file.open("wb") as target:
            shutil.copyfileobj(answer, target)
        return file.stat().st_size


def hidden(page: str) -> dict[str, str]:
    """Return the hidden fields of a page's forms."""
    fields = BeautifulSoup(page, "html.parser").select("input[type=hidden][name]")
    return {str(field["name"]): str(field.get("value", "")) for field in fields}


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else ROWS)
