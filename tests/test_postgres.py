"""What only a database server can do to the app; SQLite has no connection to lose."""

from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import inspect, text

from tests.backup.conftest import contents, without_audit
from tests.databases import SERVER, PostgresDatabase
from webapp.access import public
from webapp.accounts.models import User
from webapp.database import db

pytestmark = pytest.mark.skipif(not SERVER, reason="runs on PostgreSQL: make test-postgres")


def test_a_connection_lost_midway_gets_a_page_and_keeps_nothing(
    app: Flask, client: FlaskClient, inspector: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, database = inspector.name, PostgresDatabase(Path(app.instance_path))

    def rename_and_lose() -> str:
        db.session.get_one(User, inspector.id).name = "改名"
        db.session.flush()
        database.cut_off()
        db.session.commit()
        return "saved"

    monkeypatch.setitem(app.view_functions, "health.process", public(rename_and_lose))
    answer = client.get("/healthz")
    assert answer.status_code == 503 and "系统正忙" in answer.text
    assert db.session.get_one(User, inspector.id).name == before


def test_a_restore_that_was_interrupted_can_be_done_again(
    app: Flask, inspector: User, tmp_path: Path
) -> None:
    file, before = str(tmp_path / "backup.tar"), contents()
    assert app.test_cli_runner().invoke(args=["backup", file]).exit_code == 0
    # What a power cut leaves: the tables are set aside, and others only begun.
    for statement in ("ALTER SCHEMA public RENAME TO before_restore", "CREATE SCHEMA public"):
        db.session.execute(text(statement))
    db.session.execute(text("CREATE TABLE users (id bigint)"))
    db.session.commit()
    assert app.test_cli_runner().invoke(args=["restore", file]).exit_code == 0
    assert without_audit(contents()) == without_audit(before)
    assert "before_restore" not in inspect(db.engine).get_schema_names()
