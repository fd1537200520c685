"""Accessibility as far as a program can judge it: axe-core against WCAG 2.2, levels A and AA."""

from pathlib import Path
from typing import Any

from playwright.sync_api import Page

AXE = (Path(__file__).parent.parent / "data" / "axe.min.js").read_text(encoding="utf-8")
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
RUN = "tags => axe.run(document, {runOnly: {type: 'tag', values: tags}, resultTypes: ['violations']})"


def assert_accessible(page: Page) -> None:
    """Fail with every breach that axe finds on the page as it stands."""
    page.wait_for_load_state()
    # As tall as its content: bars that stay at the screen's edge then cover nothing that could be scrolled.
    size = page.viewport_size
    if size:
        height = page.evaluate("document.documentElement.scrollHeight")
        page.set_viewport_size({"width": size["width"], "height": max(height, size["height"])})
    # Evaluated from outside the page, so the content security policy need not be loosened.
    page.evaluate(AXE)
    violations: list[dict[str, Any]] = page.evaluate(RUN, TAGS)["violations"]
    if size:
        page.set_viewport_size(size)
    breaches = [
        f"{violation['id']}: {violation['help']}\n  {node['html']}\n  {node['failureSummary']}"
        for violation in violations
        for node in violation["nodes"]
    ]
    assert not breaches, f"{page.url}\n" + "\n".join(breaches)
