"""Static files: one name per content, compressed, kept by browsers for ever."""

import base64
import gzip
import hashlib
import re
from pathlib import Path

import brotli
import pytest
from flask import Flask, url_for
from flask.testing import FlaskClient

from webapp import assets, create_app
from webapp.crypto import new_field_key

KEYS = {"SECRET_KEY": "secret", "FIELD_KEY": new_field_key()}
CSS = "css/base.css"


@pytest.fixture
def url(app: Flask) -> str:
    with app.test_request_context():
        return url_for("static", filename=CSS)


@pytest.fixture
def source(app: Flask) -> bytes:
    return (Path(app.static_folder or "") / CSS).read_bytes()


def test_a_name_carries_the_contents_digest(url: str, client: FlaskClient, source: bytes) -> None:
    assert url.startswith("/static/css/base.")
    assert client.get(url).data == source


def test_browsers_keep_it_for_ever(url: str, client: FlaskClient) -> None:
    headers = client.get(url).headers
    assert "immutable" in headers["Cache-Control"]
    assert headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(("encoding", "unpack"), [("br", brotli.decompress), ("gzip", gzip.decompress)])
def test_it_travels_compressed(url, client, source, encoding, unpack) -> None:  # type: ignore[no-untyped-def]
    answer = client.get(url, headers={"Accept-Encoding": encoding})
    assert answer.headers["Content-Encoding"] == encoding
    assert "Accept-Encoding" in answer.headers["Vary"]
    assert unpack(answer.data) == source


def test_pages_name_only_files_that_exist(client: FlaskClient) -> None:
    page = client.get("/login").text
    named = {piece.split('"')[0] for piece in page.split('"/static/')[1:]}
    assert named
    assert {client.get(f"/static/{name}").status_code for name in named} == {200}


def test_what_is_loaded_together_travels_as_one(app: Flask, client: FlaskClient) -> None:
    folder = Path(app.static_folder or "")
    with app.test_request_context(headers={assets.ASKED_BY_WORKER: "true"}):
        [address] = re.findall(r'src="(.+?)"', assets.scripts("worker", "trouble"))
        [sheet] = re.findall(r'href="(.+?)"', assets.styles("tokens", "base", "components", "phone"))
    for url, names in (
        (address, ("js/worker.js", "js/trouble.js")),
        (sheet, ("css/tokens.css", "css/phone.css")),
    ):
        told = client.get(url).text
        parts = [(folder / name).read_text() for name in names]
        assert all(part in told for part in parts)
        assert told.index(parts[0]) < told.index(parts[1])


def test_a_first_visit_gets_the_phones_styles_inside_the_page(app: Flask, client: FlaskClient) -> None:
    page = client.get("/login")
    [inside] = re.findall(r"<style>(.+?)</style>", page.text, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(inside.encode()).digest()).decode()
    assert f"style-src 'self' 'sha256-{digest}'" in page.headers["Content-Security-Policy"]
    assert (Path(app.static_folder or "") / "css/phone.css").read_text() in inside


def test_a_phone_that_has_the_styles_gets_their_name(client: FlaskClient) -> None:
    page = client.get("/login", headers={assets.ASKED_BY_WORKER: "true"}).text
    [address] = re.findall(r'rel="stylesheet" href="(.+?phone.+?)"', page)
    assert "<style>" not in page
    assert address in client.get("/sw.js").text


def test_what_is_inside_a_page_cannot_end_its_element(app: Flask) -> None:
    with app.app_context():
        assert assets.assets().inside.count("</") == 1


def test_what_a_script_is_told_stands_in_its_element(app: Flask) -> None:
    with app.test_request_context():
        assert 'data-tus="/a?b&amp;&#34;c"' in assets.scripts("outbox-store", tus='/a?b&"c')


def test_no_bundle_is_left_over(app: Flask) -> None:
    pages = "".join(file.read_text() for file in (Path(app.root_path) / "templates").rglob("*.html"))
    for kind, call in (("js", "scripts"), ("css", "styles")):
        asked = {tuple(re.findall(r'"(.+?)"', names)) for names in re.findall(rf"{call}\((.+?)\)", pages)}
        assert set(assets.BUNDLES[kind]) <= asked


def test_an_unknown_file_is_not_found(client: FlaskClient) -> None:
    assert client.get("/static/css/none.css").status_code == 404


@pytest.mark.parametrize(
    "path", ["/static/../config.py", "/static/%2e%2e/config.py", "/static/css/..%2f..%2fconfig.py"]
)
def test_nothing_beside_the_folder_is_served(client: FlaskClient, path: str) -> None:
    assert client.get(path).status_code == 404


def test_a_second_start_uses_what_the_first_built(tmp_path: Path) -> None:
    first = create_app({"INSTANCE": tmp_path, "ENVIRON": KEYS})
    second = create_app({"INSTANCE": tmp_path, "ENVIRON": KEYS})
    assert first.extensions["assets"] == second.extensions["assets"]
    assert [build.name for build in (tmp_path / "static").iterdir()] == [first.extensions["assets"].build]


def test_whoever_builds_second_gives_way(tmp_path: Path) -> None:
    target = tmp_path / "static" / "build"
    contents, names = {"a.css": b"a { color: red }"}, {"a.css": "a.0.css"}
    assets._build(contents, target, names)
    assets._build(contents, target, names)
    assert sorted(file.name for file in target.iterdir()) == ["a.0.css", "a.0.css.br", "a.0.css.gz"]
    assert [folder.name for folder in target.parent.iterdir()] == ["build"]
