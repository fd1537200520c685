"""What a phone keeps of a build for when there is no server: pages that are the same for everybody, the
files that they name, and the service worker that does the keeping.

All of it is made once, when the app starts and nobody is asking, so nothing of a person can get into it.
"""

import hashlib
import re
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from flask import Flask, render_template

from webapp.assets import DIGEST_LENGTH, PHONE, assets, sheets
from webapp.catalog import catalog
from webapp.inspections.blank import address_of
from webapp.inspections.forms import StartForm

TEMPLATES = {
    "/offline": "pwa/offline.html",
    "/offline/new": "pwa/new.html",
    "/offline/fill": "pwa/fill.html",
    "/outbox": "pwa/outbox.html",
}
NAMED_FILE = re.compile(r'"(/static/[^"]+)"')


class Build(NamedTuple):
    """``name`` changes with anything that a phone keeps: a page, a file, the checklist, the worker itself."""

    name: str
    shells: Mapping[str, str]
    worker: str


def make_build(app: Flask) -> Build:
    """Render the shells, and the service worker that keeps them."""
    with app.test_request_context("/offline"):
        form = StartForm(catalog().current_checklist().subcategories)
        shells = {
            path: render_template(template, neutral=True, form=form) for path, template in TEMPLATES.items()
        }
        kept = {
            "shells": list(shells),
            # The shells hold the phone's styles themselves; the server's pages name them.
            "files": _files_of([*shells.values(), sheets(*PHONE)]),
            "checklists": [address_of(catalog().current_checklist())],
        }
        unnamed = render_template("pwa/sw.js", build="", **kept)
        name = _digest([assets().build, unnamed, *shells.values()])
        return Build(name, shells, render_template("pwa/sw.js", build=name, **kept))


def _files_of(pages: Iterable[str]) -> list[str]:
    return sorted({file for page in pages for file in NAMED_FILE.findall(page)})


def _digest(texts: Iterable[str]) -> str:
    return hashlib.sha256("\0".join(texts).encode()).hexdigest()[:DIGEST_LENGTH]
