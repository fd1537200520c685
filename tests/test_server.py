"""What ``make run`` does before the server takes over, and what it says when it cannot."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import func, select

from webapp import create_app, demo
from webapp.accounts.models import User
from webapp.config import ROOT
from webapp.crypto import new_field_key
from webapp.database import db
from webapp.server import prepare, welcome

KEYS = {"SECRET_KEY": "secret", "FIELD_KEY": new_field_key()}


def users() -> int:
    return db.session.scalar(select(func.count()).select_from(User)) or 0


def test_an_empty_demo_is_filled_and_then_left_alone(tmp_path: Path) -> None:
    app = create_app({"INSTANCE": tmp_path, "ENVIRON": KEYS | {"DEMO": "1"}})
    prepare(app)
    with app.app_context():
        added = users()
        db.session.delete(db.session.scalars(User.with_mobile("13800000022")).one())
        db.session.commit()
    prepare(app)
    with app.app_context():
        assert users() == added - 1 > len(demo.ACCOUNTS) - 1


def test_a_real_database_gets_its_tables_and_nothing_else(tmp_path: Path) -> None:
    app = create_app({"INSTANCE": tmp_path, "ENVIRON": KEYS})
    prepare(app)
    with app.app_context():
        assert users() == 0
    assert demo.PASSWORD not in welcome(app, "http://127.0.0.1:8000")


def test_the_demo_says_who_can_sign_in(tmp_path: Path) -> None:
    app = create_app({"INSTANCE": tmp_path, "ENVIRON": KEYS | {"DEMO": "1"}})
    text = welcome(app, "http://127.0.0.1:8000")
    assert all(mobile in text for mobile in demo.ACCOUNTS)
    assert {"http://127.0.0.1:8000", demo.PASSWORD} <= set(text.split())


def served(**environ: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "webapp.server"],
        cwd=ROOT,
        env=os.environ | {"SECRET_KEY": "", "FIELD_KEY": ""} | environ,
        capture_output=True,
        text=True,
        timeout=60,
    )


def test_a_taken_port_is_named() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = str(other.getsockname()[1])
        result = served(PORT=port)
    assert result.returncode == 1
    assert f"Port {port} is in use" in result.stderr


@pytest.mark.parametrize(("number", "reason"), [("2", "needs PostgreSQL"), ("many", "not many")])
def test_several_processes_are_refused_with_a_reason(tmp_path: Path, number: str, reason: str) -> None:
    result = served(DATABASE_URL=f"sqlite:///{tmp_path}/app.db", PORT="0", WORKERS=number, **KEYS)
    assert result.returncode == 1
    assert reason in result.stderr
    assert "Traceback" not in result.stderr


def test_a_database_of_ones_own_needs_keys(tmp_path: Path) -> None:
    result = served(DATABASE_URL=f"sqlite:///{tmp_path}/app.db", DEMO="", PORT="0")
    assert result.returncode == 1
    assert "python -m webapp.crypto" in result.stderr
    assert "Traceback" not in result.stderr
