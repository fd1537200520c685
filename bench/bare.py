"""The form that one would write in a day: the items, three choices each, htmx, one committed write.

Served by the product's own server beside it. Where ``BENCH_PEERS`` names a folder, other form libraries'
pages of the same items lie in it, built by ``bench/peers/build.mjs``.
"""

import json
import mimetypes
import os
from functools import cache
from pathlib import Path

import brotli
from flask import Flask, Response, abort, render_template, request
from markupsafe import Markup

from bench.floor import count, keep
from webapp.config import ROOT

app = Flask(__name__, template_folder=str(Path(__file__).parent / "templates"), static_folder=None)
HTMX = ROOT / "webapp" / "static" / "vendor" / "htmx-4.0.1.min.js"
LONG = "public, max-age=31536000, immutable"


@cache
def items() -> list[dict[str, str]]:
    """Return what is asked; ``BENCH_ITEMS`` names the file."""
    found: list[dict[str, str]] = json.loads(Path(os.environ["BENCH_ITEMS"]).read_text())
    return found


@cache
def _page() -> bytes:
    return render_template("bare.html", items=items(), htmx=HTMX.name).encode()


@app.get("/bare")
def page() -> Response:
    """All items in one page."""
    return _packed(_page(), "text/html", "no-store")


@app.get("/bare.js")
def script() -> Response:
    """The same htmx as the product's."""
    return _packed(HTMX.read_bytes(), "text/javascript", LONG)


@app.post("/bare/answer")
def answer() -> Markup:
    """Keep one answer."""
    [(item, value)] = request.form.items()
    keep("bare", item, value)
    return Markup("已答 {} / {}").format(count("bare"), len(items()))


@app.get("/peers/<path:name>")
def peer(name: str) -> Response:
    """A file of another library's page."""
    folder = Path(os.environ.get("BENCH_PEERS", "."))
    file = (folder / name).resolve()
    if not file.is_relative_to(folder.resolve()) or not file.is_file():
        abort(404)
    kind = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
    return _packed(file.read_bytes(), kind, "no-store" if file.suffix == ".html" else LONG)


@cache
def _compressed(content: bytes) -> bytes:
    found: bytes = brotli.compress(content)
    return found


def _packed(content: bytes, kind: str, keeping: str) -> Response:
    headers = {"Content-Encoding": "br", "Cache-Control": keeping}
    return Response(_compressed(content), mimetype=kind, headers=headers)
