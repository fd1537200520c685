"""The form of a whole checklist in a headless Chromium: ``python -m bench.form``.

Ours is held against the bare page with the same items (``bench/bare.py``) and, where ``bench/peers`` was
built, against other form libraries' pages of them, all served by the same server, visited in turns by
browsers that know nothing yet, on a slow phone and on a fast one.
"""

import argparse
import json
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple

from flask import Flask
from playwright.sync_api import Browser, CDPSession, Page, sync_playwright

from bench.data import copied_app
from bench.forms import PEERS, Target, targets
from bench.measuring import Budget, Times, judged, keep, machine, table
from bench.server import SIZE, Phone, product_of
from bench.serving import served
from tests.browser.chromium import FLAGS, installed
from tests.browser.conftest import PHONE
from webapp.database import db

PROBE = Path(__file__).parent / "form_probe.js"
LINE = {"offline": False, "latency": 150, "downloadThroughput": 200_000, "uploadThroughput": 94_000}
# How much slower the processor is, and the line.
PROFILES: dict[str, tuple[int, dict[str, Any] | None]] = {"slow phone": (4, LINE), "fast phone": (1, None)}
# A new window loads pages of the browser's own, which take its time for half a second.
SETTLING = 2000
PATIENCE = 120_000
ALL_LIMIT = 10_000
TITLES = (
    *("page", "kB", "requests", "painted ms", "usable ms", "tap p50 ms", "tap p95 ms"),
    *("all items ms", "heap MB", "elements", "visits"),
)


class Visit(NamedTuple):
    """What was seen of one page by one browser; times in milliseconds."""

    bytes: int
    requests: int
    painted: float
    usable: float
    taps: list[float]
    all_answered: float
    heap: float
    elements: int


class Figures(NamedTuple):
    """All visits of one page in one profile; medians."""

    page: str
    visits: Sequence[Visit]

    def median(self, name: str) -> float:
        """Return the median of a figure over the visits."""
        return float(median(getattr(visit, name) for visit in self.visits))

    @property
    def taps(self) -> Times:
        """The taps of all visits."""
        return Times([tap / 1000 for visit in self.visits for tap in visit.taps])

    @property
    def row(self) -> Sequence[object]:
        """The line of the table."""
        return (
            self.page,
            round(self.median("bytes") / 1000, 1),
            round(self.median("requests")),
            *(round(self.median(name)) for name in ("painted", "usable")),
            *(round(value) for value in (self.taps.p50, self.taps.p95)),
            round(self.median("all_answered")),
            round(self.median("heap"), 1),
            round(self.median("elements")),
            len(self.visits),
        )


def main() -> None:
    """Measure, print the tables, write the JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--visits", type=int, default=3)
    parser.add_argument("--taps", type=int, default=20, help="how often each visitor taps before the rest")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="bench") as folder:
        found = measured(Path(folder), asked.visits, asked.taps)
    verdicts = judged(budgets_of(found["slow phone"]))
    for profile, figures in found.items():
        print(f"Form on a {profile}\n\n{table(TITLES, [each.row for each in figures.values()])}\n")
    print(verdicts)
    print(f"\n{machine()}")
    profiles = {
        profile: {page: dict(zip(TITLES[1:], each.row[1:], strict=True)) for page, each in figures.items()}
        for profile, figures in found.items()
    }
    budgets = [budget.as_data() for budget in budgets_of(found["slow phone"])]
    keep("form", {"profiles": profiles, "budgets": budgets})


def budgets_of(figures: Mapping[str, Figures]) -> list[Budget]:
    """Return what a form on a slow phone is held to."""
    ours, bare = figures["ours"], figures["bare"]
    peers = [figures[name] for name in figures if name not in ("ours", "bare")]
    found = [
        Budget("form page, cold, on the wire, kB", ours.median("bytes") / 1000, 120),
        Budget("first paint ÷ bare page's", ours.median("painted") / bare.median("painted"), 1.5),
        Budget("usable ÷ bare page's", ours.median("usable") / bare.median("usable"), 1.4),
        Budget("tap → visible p50, ms", ours.taps.p50, 40),
        Budget("tap → visible p95, ms", ours.taps.p95, 60),
        Budget("all items answered, ms", ours.median("all_answered"), 700),
        Budget("heap, MB", ours.median("heap"), 4),
    ]
    if peers:
        fastest = min(peer.median("usable") for peer in peers)
        found.append(Budget("usable ÷ fastest library's", ours.median("usable") / fastest, 1))
    return found


def measured(folder: Path, visits: int, taps: int) -> dict[str, dict[str, Figures]]:
    """Serve the pages and let browsers visit them in turns."""
    app = copied_app(SIZE, folder)
    with _forms(app, folder, 1 + 2 * visits) as (pages, next_of), sync_playwright() as playwright:
        found: dict[str, dict[str, list[Visit]]] = {
            profile: {page.name: [] for page in pages} for profile in PROFILES
        }
        for turn in range(visits):
            for profile in PROFILES:
                for page in pages[turn % len(pages) :] + pages[: turn % len(pages)]:
                    browser = playwright.chromium.launch(executable_path=installed(), args=FLAGS)
                    visit = _visit(browser, next_of(page), PROFILES[profile], taps)
                    found[profile][page.name].append(visit)
                    browser.close()
    return {
        profile: {name: Figures(name, seen) for name, seen in by_page.items()}
        for profile, by_page in found.items()
    }


@contextmanager
def _forms(
    app: Flask, folder: Path, number: int
) -> Iterator[tuple[list[Target], Callable[[Target], Target]]]:
    """Serve all pages; ours is another new draft each time."""
    with app.app_context():
        phones = [Phone.started(app, place) for place in range(number)]
        asked = [
            {"code": item.code, "text": f"{item.number} {item.text}", "chapter": item.subcategory}
            for item in phones[0].asked
        ]
        db.session.remove()
        db.engine.dispose()
    items = folder / "items.json"
    items.write_text(json.dumps(asked, ensure_ascii=False))
    beside = {"BENCH_FLOOR": str(folder / "floor.db"), "BENCH_ITEMS": str(items), "BENCH_PEERS": str(PEERS)}
    with (
        served("webapp.serving:app", product_of(app), folder / "product.log") as ours,
        served("bench.bare:app", beside, folder / "bare.log") as bare,
    ):
        waiting = iter(phones)

        def next_of(target: Target) -> Target:
            return target.for_phone(next(waiting)) if target.name == "ours" else target

        yield targets(ours.port, bare.port), next_of


def _visit(browser: Browser, target: Target, profile: tuple[int, dict[str, Any] | None], taps: int) -> Visit:
    slowdown, line = profile
    context = browser.new_context(locale="zh-CN", **PHONE)
    if target.cookie:
        name, value = target.cookie.split("=", 1)
        context.add_cookies([{"name": name, "value": value, "url": target.url}])
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    page.wait_for_timeout(SETTLING)
    tools = context.new_cdp_session(page)
    sizes = _listen(tools)
    tools.send("Emulation.setCPUThrottlingRate", {"rate": slowdown})
    if line:
        tools.send("Network.emulateNetworkConditions", line)
    page.add_init_script(f"const TARGET = {target.script};\n{PROBE.read_text()}")
    page.goto(target.url, wait_until="load")
    usable = page.evaluate("probe.usable")
    page.wait_for_load_state("networkidle")
    arrived = dict(sizes)
    painted, elements = page.evaluate("[probe.painted, document.querySelectorAll('*').length]")
    heap = _heap(tools)
    tapped = [_tap(page, place, taps) for place in range(taps)]
    answered = page.evaluate(f"probe.answerAll({ALL_LIMIT})")
    context.close()
    return Visit(sum(arrived.values()), len(arrived), painted, usable, tapped, answered, heap, elements)


def _listen(tools: CDPSession) -> dict[str, int]:
    """Let what comes over the wire be added up, by request."""
    sizes: dict[str, int] = {}
    tools.on(
        "Network.loadingFinished",
        lambda event: sizes.update({event["requestId"]: event["encodedDataLength"]}),
    )
    tools.send("Network.enable")
    return sizes


def _heap(tools: CDPSession) -> float:
    """Megabytes of JavaScript objects after a collection."""
    tools.send("HeapProfiler.enable")
    tools.send("HeapProfiler.collectGarbage")
    tools.send("HeapProfiler.disable")
    used: int = tools.send("Runtime.getHeapUsage")["usedSize"]
    return used / 2**20


def _tap(page: Page, place: int, of: int) -> float:
    page.touchscreen.tap(*page.evaluate(f"probe.aim({place}, {of})"))
    taken: float = page.evaluate("probe.tapped")
    return taken


if __name__ == "__main__":
    main()
