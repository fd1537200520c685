"""The service worker's text: which build it is of, and what it keeps."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from jinja2 import ChoiceLoader, DictLoader

from webapp import create_app
from webapp.assets import ASKED_BY_WORKER
from webapp.config import ROOT
from webapp.crypto import new_field_key
from webapp.pwa.shells import TEMPLATES, make_build

KEYS = {"SECRET_KEY": "secret", "FIELD_KEY": new_field_key()}


def told(text: str, name: str) -> Any:
    """What the worker is told under a name."""
    found = re.search(rf"^const {name} = (.*);$", text, re.M)
    assert found, name
    return json.loads(found[1])


def test_it_is_of_the_build_that_is_served(client: FlaskClient) -> None:
    answer = client.get("/sw.js")
    assert answer.mimetype == "text/javascript"
    assert answer.headers["Cache-Control"] == "no-cache"
    of_page = client.get("/offline").headers["X-Build"]
    assert told(answer.text, "BUILD") == answer.headers["X-Build"] == of_page


@pytest.mark.parametrize("kind", ["SHELLS", "FILES"])
def test_everything_it_keeps_is_there(client: FlaskClient, kind: str) -> None:
    paths = told(client.get("/sw.js").text, kind)
    assert len(paths) >= len(TEMPLATES)
    assert {client.get(path).status_code for path in paths} == {200}


def test_it_keeps_every_file_that_a_shell_names(client: FlaskClient) -> None:
    text = client.get("/sw.js").text
    named = {
        name
        for path in told(text, "SHELLS")
        for name in re.findall(r'"(/static/[^"]+)"', client.get(path).text)
    }
    [sheet] = set(told(text, "FILES")) - named
    assert "phone" in sheet
    assert f'href="{sheet}"' in client.get("/login", headers={ASKED_BY_WORKER: "true"}).text


@pytest.fixture
def another(tmp_path: Path) -> Flask:
    return create_app({"INSTANCE": tmp_path, "ENVIRON": KEYS})


def test_the_same_app_is_the_same_build(app: Flask, another: Flask) -> None:
    assert another.extensions["build"] == app.extensions["build"]


CHANGES = [
    *((template, "{% block main %}", "{% block main %}changed") for template in TEMPLATES.values()),
    ("base.html", "跳到主要内容", "去主要内容"),
    ("pwa/sw.js", "3000", "2000"),
]


@pytest.mark.parametrize(("template", "old", "new"), CHANGES)
def test_a_changed_template_is_a_new_build(another: Flask, template: str, old: str, new: str) -> None:
    text = (ROOT / "webapp/templates" / template).read_text(encoding="utf-8")
    assert old in text and another.jinja_loader
    loader = ChoiceLoader([DictLoader({template: text.replace(old, new)}), another.jinja_loader])
    another.jinja_env.loader = loader
    assert another.jinja_env.cache is not None
    another.jinja_env.cache.clear()
    assert make_build(another).name != another.extensions["build"]
