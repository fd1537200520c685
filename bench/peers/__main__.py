"""Build the peers' pages of what ``bench.form`` fills into ``bench/data/peers``: ``python -m bench.peers``.

Needs Node 20 and npm, which get the packages of ``package.json``.
"""

import json
import shutil
import subprocess
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

from playwright.sync_api import sync_playwright
from sqlalchemy import select

from bench.data import filled_app
from bench.forms import LIBRARIES, PEERS
from bench.peers.definitions import form_io, survey, xform
from bench.server import SIZE
from tests.browser.chromium import FLAGS, installed
from webapp.accounts.models import User
from webapp.catalog import catalog
from webapp.catalog.checklist import Subcategory
from webapp.database import db

HERE = Path(__file__).parent
BUILD = PEERS.parent / "peers-build"
# Its build for Node needs a compiler; the one for browsers does without.
TRANSFORMER = "/node_modules/enketo-transformer/dist/enketo-transformer/web/transformer.js"
TRANSFORM = """async ([script, xform]) => {
  const { transform } = await import(script);
  return transform({ xform, theme: "formhub" });
}"""


def main() -> None:
    """Install the packages, write the forms, bundle the pages."""
    BUILD.mkdir(parents=True, exist_ok=True)
    for name in ("package.json", "build.mjs"):
        shutil.copy(HERE / name, BUILD / name)
    npm = ["npm", "install", "--ignore-scripts", "--no-audit", "--no-fund", "--silent"]
    subprocess.run(npm, cwd=BUILD, check=True)
    sources = BUILD / "sources"
    shutil.rmtree(sources, ignore_errors=True)
    for folder, _ in LIBRARIES.values():
        shutil.copytree(HERE / folder, sources / folder)
        (sources / folder / "public").mkdir()
    chapters = _chapters()
    (sources / "surveyjs/public/form.json").write_text(_json(survey(chapters)))
    (sources / "formio/public/form.json").write_text(_json(form_io(chapters)))
    (sources / "odk/public/form.xml").write_text(xform(chapters))
    page = sources / "enketo/index.html"
    page.write_text(_with_enketo(page.read_text(), xform(chapters)))
    subprocess.run(["node", "build.mjs", str(sources), str(PEERS)], cwd=BUILD, check=True)


def _chapters() -> list[Subcategory]:
    """What the first inspector is asked, as in the other pages."""
    with filled_app(SIZE).app_context():
        inspector = db.session.scalars(select(User).where(User.is_inspector).order_by(User.id).limit(1)).one()
        chapters = catalog().current_checklist().chapters(inspector.allowed_scope)
        return [chapter.subcategory for chapter in chapters]


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _with_enketo(page: str, form: str) -> str:
    """Put an XForm into Enketo's page, transformed as its server would."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(SimpleHTTPRequestHandler, directory=str(BUILD)))
    Thread(target=server.serve_forever, daemon=True).start()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=installed(), args=FLAGS)
        tab = browser.new_page()
        tab.goto(f"http://127.0.0.1:{server.server_port}/package.json")
        made = tab.evaluate(TRANSFORM, [TRANSFORMER, form])
        browser.close()
    server.shutdown()
    model = _json(made["model"]).replace("<", "\\u003c")
    return page.replace("<!--FORM-->", made["form"]).replace("<!--MODEL-->", model)


if __name__ == "__main__":
    main()
