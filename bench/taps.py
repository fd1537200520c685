"""What a tap costs on a slow phone: ``python -m bench.taps``.

Serves the demo as ``make run`` does and fills the whole checklist in headless Chromium, the processor slowed
to a quarter and the line to 1.6 Mbit/s and 150 ms.
"""

import tempfile
from pathlib import Path

from playwright.sync_api import CDPSession, Page, sync_playwright

from bench.measuring import Times, keep, table, verdict
from tests.browser.chromium import FLAGS, installed
from tests.browser.conftest import PHONE
from tests.browser.serving import Server
from tests.browser.steps import sign_in

INSPECTOR = "13800000002"
SLOWDOWN = 4
LINE = {"offline": False, "latency": 150, "downloadThroughput": 200_000, "uploadThroughput": 200_000}
TAPS = 100
# In milliseconds, by what is measured.
BUDGETS = {
    "tap → painted, p50": 40,
    "tap → painted, p95": 60,
    "tap → 已保存到手机, p95": 100,
    "all items answered": 700,
    "all items acknowledged": 5000,
}
# From the tap to the frame after it, and to the word that says it is saved.
TAP = """async (code) => {
  const state = document.getElementById(`s-${code}`);
  const saved = new Promise((resolve) => {
    const observer = new MutationObserver(() => resolve(performance.now()));
    observer.observe(state, { attributes: true, childList: true });
  });
  const begun = performance.now();
  document.querySelector(`#i-${CSS.escape(code)} input[value=yes]`).click();
  await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
  const painted = performance.now();
  return [painted - begun, (await saved) - begun];
}"""
TAP_ALL = """async () => {
  const begun = performance.now();
  for (const radio of document.querySelectorAll(".item input[value=no]")) radio.click();
  await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
  const answered = performance.now() - begun;
  const count = document.querySelectorAll(".item").length;
  const isAcknowledged = async () =>
    (await outbox.all("operations")).filter(({ value, queue }) => value === "no" && !queue).length === count;
  while (!(await isAcknowledged())) await new Promise((resolve) => setTimeout(resolve, 20));
  return [answered, performance.now() - begun];
}"""


def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        server = Server(Path(folder))
        server.start()
        browser = playwright.chromium.launch(executable_path=installed(), args=FLAGS)
        try:
            context = browser.new_context(base_url=server.url, locale="zh-CN", **PHONE)
            figures = measure(context.new_page())
        finally:
            browser.close()
            server.stop()
    rows = [
        (what, round(figures[what]), budget, verdict(figures[what] <= budget))
        for what, budget in BUDGETS.items()
    ]
    print(table(("what", "ms", "budget", ""), rows))
    keep("taps", {"slowdown": SLOWDOWN, "line": LINE, "n": TAPS, "ms": figures})


def measure(page: Page) -> dict[str, float]:
    """Return each figure in milliseconds."""
    sign_in(page, INSPECTOR)
    page.goto("/inspections/new")
    page.get_by_role("button", name="开始填报").click()
    page.wait_for_selector("#fill[data-ready]")
    tools: CDPSession = page.context.new_cdp_session(page)
    tools.send("Emulation.setCPUThrottlingRate", {"rate": SLOWDOWN})
    tools.send("Network.enable")
    tools.send("Network.emulateNetworkConditions", LINE)
    codes = page.locator("fieldset.item").evaluate_all("all => all.map(item => item.dataset.item)")
    taken = [page.evaluate(TAP, code) for code in codes[:TAPS]]
    painted, saved = (Times([one[place] / 1000 for one in taken]) for place in (0, 1))
    answered, acknowledged = page.evaluate(TAP_ALL)
    return {
        "tap → painted, p50": painted.p50,
        "tap → painted, p95": painted.p95,
        "tap → 已保存到手机, p95": saved.p95,
        "all items answered": answered,
        "all items acknowledged": acknowledged,
    }


if __name__ == "__main__":
    main()
