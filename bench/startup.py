"""From a process' start to its first answer: ``python -m bench.startup``.

The server as ``make run`` starts it once all is prepared, and ``make run`` itself on data that are there.
Beside them what importing the app takes, with the packages that take most of it, by ``python -X importtime``.
"""

import argparse
import os
import re
import signal
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from http.client import HTTPConnection
from pathlib import Path
from time import perf_counter, sleep
from typing import NamedTuple

from bench.data import filled_app
from bench.measuring import Budget, Times, judged, keep, machine, table
from bench.server import SIZE, product_of
from bench.serving import Served, command_of, free_port
from webapp.config import ROOT
from webapp.server import ALLOCATION, HOST

BUDGET = 1.5
ROUNDS = 7
PATIENCE = 60.0
SHOWN = 12
IMPORT = re.compile(r"import time:\s+(\d+) \|\s+\d+ \| +([\w.]+)")
TITLES = ("start", "first answer p50 s", "fastest s", "processor s", "rounds")


class Start(NamedTuple):
    """Starts of one kind: how long each took, and the processor's time of the least."""

    times: Times
    processor: float


def started(command: Sequence[str], environ: dict[str, str], port: int, log: Path) -> tuple[float, float]:
    """Start a server and return how many seconds pass until it answers, and how many of a processor.

    :raises TimeoutError: it does not answer
    """
    with log.open("ab") as said:
        begun = perf_counter()
        process = subprocess.Popen(
            command, cwd=ROOT, env=environ, stdout=said, stderr=said, start_new_session=True
        )
        try:
            while not _answers(port):
                if perf_counter() - begun > PATIENCE or process.poll() is not None:
                    raise TimeoutError(log.read_text()[-2000:])
                sleep(0.005)
            return perf_counter() - begun, Served(port, process).processor_seconds()
        finally:
            os.killpg(process.pid, signal.SIGINT)
            process.wait(timeout=30)


def _answers(port: int) -> bool:
    connection = HTTPConnection(HOST, port, timeout=PATIENCE)
    try:
        connection.request("GET", "/login")
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()


def measured(rounds: int, environ: dict[str, str], log: Path) -> dict[str, Start]:
    """Start the server alone and by ``make run``, in turns."""
    found: dict[str, list[tuple[float, float]]] = {"the server": [], "make run": []}
    for _ in range(rounds):
        port = free_port()
        settings = {**ALLOCATION, **os.environ, **environ, "PORT": str(port)}
        commands = {
            "the server": command_of("webapp.serving:app", port),
            "make run": [sys.executable, "-m", "webapp.server"],
        }
        for name, command in commands.items():
            found[name].append(started(command, settings, port, log))
    return {
        name: Start(Times([wall for wall, _ in each]), min(processor for _, processor in each))
        for name, each in found.items()
    }


def imports(environ: dict[str, str]) -> list[tuple[str, float]]:
    """Return the packages by the milliseconds that importing their modules takes, most first."""
    told = subprocess.run(
        [sys.executable, "-X", "importtime", "-c", "import wsgi"],
        cwd=ROOT,
        env={**os.environ, **environ},
        capture_output=True,
        text=True,
        check=True,
    ).stderr
    taken: dict[str, float] = {}
    for microseconds, module in IMPORT.findall(told):
        package = module.partition(".")[0]
        taken[package] = taken.get(package, 0.0) + int(microseconds) / 1000
    return sorted(taken.items(), key=lambda each: -each[1])


def main() -> int:
    """Measure, print the tables, write the JSON; a failure where the budget is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    asked = parser.parse_args()
    environ = product_of(filled_app(SIZE))
    with tempfile.TemporaryDirectory(prefix="bench") as folder:
        starts = measured(asked.rounds, environ, Path(folder) / "log")
    heavy = imports(environ)
    rows = [
        (name, each.times.p50 / 1000, each.times.taken[0] / 1000, each.processor, each.times.n)
        for name, each in starts.items()
    ]
    budget = Budget("first answer of the server, s", starts["the server"].times.p50 / 1000, BUDGET)
    total = sum(milliseconds for _, milliseconds in heavy)
    print(f"{table(TITLES, rows)}\n\n{judged([budget])}\n")
    print(f"Importing the app: {total:.0f} ms\n\n{table(('package', 'ms'), heavy[:SHOWN])}\n\n{machine()}")
    figures = {
        name: {**each.times.as_data(), "processor": round(each.processor, 2)} for name, each in starts.items()
    }
    keep("startup", {"starts": figures, "imports": dict(heavy[:SHOWN]), "budgets": [budget.as_data()]})
    return int(not budget.is_met)


if __name__ == "__main__":
    sys.exit(main())
