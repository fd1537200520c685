"""What a monitor asks: does the process answer, can it work."""

import shutil
from pathlib import Path

from flask import Flask
from flask.testing import FlaskClient

from webapp import create_app
from webapp.attachments.storage import LocalStorage
from webapp.crypto import new_field_key

KEYS = {"SECRET_KEY": "secret", "FIELD_KEY": new_field_key()}


def unhealthy(instance: Path, **environ: str) -> Flask:
    return create_app({"INSTANCE": instance, "ENVIRON": KEYS | environ})


def test_the_process_answers(client: FlaskClient) -> None:
    answer = client.get("/healthz")
    assert (answer.status_code, answer.json) == (200, {"status": "ok"})


def test_database_and_storage_answer(client: FlaskClient) -> None:
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json) == (200, {"database": True, "storage": True})


def test_it_is_not_ready_without_its_database(tmp_path: Path) -> None:
    app = unhealthy(tmp_path, DATABASE_URL=f"sqlite:///{tmp_path}/missing/app.db")
    answer = app.test_client().get("/readyz")
    assert (answer.status_code, answer.json) == (503, {"database": False, "storage": True})


def test_it_is_not_ready_without_its_storage(tmp_path: Path) -> None:
    app = unhealthy(tmp_path)
    storage = app.extensions["storage"]
    assert isinstance(storage, LocalStorage)
    shutil.rmtree(storage.root)
    answer = app.test_client().get("/readyz")
    assert (answer.status_code, answer.json) == (503, {"database": True, "storage": False})


def test_the_process_answers_whatever_else_fails(tmp_path: Path) -> None:
    app = unhealthy(tmp_path, DATABASE_URL=f"sqlite:///{tmp_path}/missing/app.db")
    assert app.test_client().get("/healthz").status_code == 200
