"""The form a second time: ``python -m bench.later``.

A phone with a slowed processor and a slow line opens a form for the first time. When the service worker has
everything, it opens the same form again; and once more when the line is cut. Budget: usable in half the time
of the first visit, and without a network the phone's own shell, without a request.
"""

import argparse
import tempfile
from pathlib import Path
from statistics import median
from typing import NamedTuple

from playwright.sync_api import Browser, BrowserContext, sync_playwright

from bench.data import copied_app
from bench.form import PATIENCE, PROBE, SETTLING
from bench.forms import OURS
from bench.line import Line
from bench.measuring import Budget, judged, keep, machine, table
from bench.server import SIZE, Phone, product_of
from bench.serving import served
from tests.browser.chromium import FLAGS, installed
from tests.browser.conftest import PHONE
from webapp.database import db

SLOWDOWN = 4
TITLES = ("visit", "requests", "painted ms", "usable ms", "visits")
FIRST, LATER, CUT = "the first", "a later one", "a later one, line cut"
IS_KEPT = "navigator.serviceWorker.ready.then(({ active }) => active.state === 'activated')"


class Visit(NamedTuple):
    """What was seen of one; times in milliseconds."""

    requests: int
    painted: float
    usable: float


def main() -> None:
    """Measure, print the table, write the JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--phones", type=int, default=5)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="bench") as folder:
        found = measured(Path(folder), asked.phones)
    medians = {
        name: Visit(*(round(median(each)) for each in zip(*visits, strict=True)))
        for name, visits in found.items()
    }
    budgets = [
        Budget("usable, a later visit ÷ the first", medians[LATER].usable / medians[FIRST].usable, 0.5),
        Budget("requests that the phone's own shell needs", medians[CUT].requests, 0),
    ]
    print(table(TITLES, [(name, *visit, len(found[name])) for name, visit in medians.items()]))
    print(f"\n{judged(budgets)}\n\n{machine()}")
    visits = {name: visit._asdict() for name, visit in medians.items()}
    keep("later", {"visits": visits, "budgets": [budget.as_data() for budget in budgets]})


def measured(folder: Path, number: int) -> dict[str, list[Visit]]:
    """Let so many new phones visit the form of a draft of their own."""
    app = copied_app(SIZE, folder)
    with app.app_context():
        phones = [Phone.started(app, place) for place in range(number)]
        db.session.remove()
        db.engine.dispose()
    found: dict[str, list[Visit]] = {FIRST: [], LATER: [], CUT: []}
    with (
        served("webapp.serving:app", product_of(app), folder / "product.log") as ours,
        sync_playwright() as playwright,
    ):
        for phone in phones:
            browser = playwright.chromium.launch(executable_path=installed(), args=FLAGS)
            with Line(ours.port) as line:
                for name, visit in zip(found, _visits(browser, line, phone), strict=True):
                    found[name].append(visit)
            browser.close()
    return found


def _visits(browser: Browser, line: Line, phone: Phone) -> list[Visit]:
    context = browser.new_context(locale="zh-CN", **PHONE)
    name, value = phone.cookie.split("=", 1)
    context.add_cookies([{"name": name, "value": value, "url": line.url}])
    context.add_init_script(f"const TARGET = {OURS};\n{PROBE.read_text()}")
    address = f"{line.url}/inspections/{phone.inspection}"
    visits = [_visit(context, line, address) for _ in range(2)]
    line.is_cut = True
    return [*visits, _visit(context, line, address)]


def _visit(context: BrowserContext, line: Line, address: str) -> Visit:
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    page.wait_for_timeout(SETTLING)
    tools = context.new_cdp_session(page)
    tools.send("Emulation.setCPUThrottlingRate", {"rate": SLOWDOWN})
    asked = len(line.asked)
    page.goto(address, wait_until="commit")
    usable = page.evaluate("probe.usable")
    requests = len(line.asked) - asked
    painted = page.evaluate("probe.painted")
    page.wait_for_function(IS_KEPT)
    page.wait_for_timeout(1000)
    page.close()
    return Visit(requests, painted, usable)


if __name__ == "__main__":
    main()
