"""Taking times, and writing down what came out: a Markdown table, and JSON under ``bench/results/``."""

import gc
import json
import math
import os
import platform
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter, thread_time
from typing import Any, NamedTuple, TypeVar

Name = TypeVar("Name")
# On a machine that others use as well, the processor's time tells more than the wall's.
CLOCKS = {"wall": perf_counter, "cpu": thread_time}
RESULTS = Path(__file__).parent / "results"


class Times:
    """Times of one thing, in milliseconds."""

    def __init__(self, seconds: Sequence[float]) -> None:
        self.taken = sorted(1000 * value for value in seconds)

    @property
    def n(self) -> int:
        """How often it was measured."""
        return len(self.taken)

    def percentile(self, share: float) -> float:
        """Return the time within which so many percent were done."""
        return self.taken[max(0, math.ceil(share / 100 * self.n) - 1)]

    @property
    def p50(self) -> float:
        """The median."""
        return self.percentile(50)

    @property
    def p95(self) -> float:
        """The time of the slowest in twenty."""
        return self.percentile(95)

    @property
    def p99(self) -> float:
        """The time of the slowest in a hundred."""
        return self.percentile(99)

    def as_data(self) -> dict[str, float]:
        """What is kept of it."""
        return {name: round(getattr(self, name), 3) for name in ("p50", "p95", "p99", "n")}


def interleaved(
    acts: Mapping[Name, Callable[[], object]], rounds: int, clock: str = "wall"
) -> dict[Name, Times]:
    """Do everything in turns, so that what else the machine does falls on all alike."""
    tick = CLOCKS[clock]
    for act in acts.values():
        act()
    taken: dict[Name, list[float]] = {name: [] for name in acts}
    gc.collect()
    for _ in range(rounds):
        for name, act in acts.items():
            begun = tick()
            act()
            taken[name].append(tick() - begun)
    return {name: Times(seconds) for name, seconds in taken.items()}


def machine() -> dict[str, Any]:
    """What the figures were taken on, and how busy it was."""
    return {
        "taken_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "processors": os.cpu_count(),
        "load": [round(value, 1) for value in os.getloadavg()],
        "python": platform.python_version(),
        "sqlite": sqlite3.sqlite_version,
        "system": f"{platform.system()} {platform.machine()}",
    }


def keep(name: str, found: dict[str, Any]) -> None:
    """Write the figures of one benchmark as JSON."""
    RESULTS.mkdir(exist_ok=True)
    text = json.dumps({"machine": machine(), **found}, ensure_ascii=False, indent=1)
    (RESULTS / f"{name}.json").write_text(f"{text}\n", encoding="utf-8")


def table(titles: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """Return a Markdown table; numbers stand to the right."""
    right = [all(isinstance(row[place], int | float) for row in rows) for place in range(len(titles))]
    lines = [titles, ["--:" if numeric else "---" for numeric in right], *rows]
    return "\n".join(f"| {' | '.join(map(_cell, line))} |" for line in lines)


def verdict(holds: bool) -> str:
    """How a budget came out."""
    return "met" if holds else "missed"


class Budget(NamedTuple):
    """Something that is to stay below a limit."""

    what: str
    figure: float
    limit: float

    @property
    def is_met(self) -> bool:
        """Whether it does."""
        return self.figure <= self.limit

    def as_data(self) -> dict[str, Any]:
        """What is kept of it."""
        return {"what": self.what, "figure": round(self.figure, 2), "limit": self.limit, "met": self.is_met}


def judged(budgets: Sequence[Budget]) -> str:
    """Return budgets as Markdown."""
    rows = [(each.what, float(each.figure), each.limit, verdict(each.is_met)) for each in budgets]
    return table(("budget", "figure", "at most", ""), rows)


def _cell(value: object) -> str:
    return f"{value:,.2f}" if isinstance(value, float) else str(value)
