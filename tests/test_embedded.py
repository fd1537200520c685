"""How threads that write to SQLite wait for each other."""

import sqlite3
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from webapp import embedded
from webapp.database import db
from webapp.embedded import EmbeddedConnection
from webapp.epoch import Epoch

Open = Callable[[str], EmbeddedConnection]


@pytest.fixture
def opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Open]:
    """Open connections to files of a folder; nobody is patient."""
    monkeypatch.setattr(embedded, "PATIENCE", 0)
    connections = []

    def open_one(name: str) -> EmbeddedConnection:
        connection = sqlite3.connect(
            tmp_path / name, isolation_level=None, factory=EmbeddedConnection, check_same_thread=False
        )
        connections.append(connection)
        return connection

    yield open_one
    for connection in connections:
        connection.close()


def test_one_writes_at_a_time(opened: Open) -> None:
    first, second = opened("a.db"), opened("a.db")
    assert first.await_turn()
    assert not second.await_turn()


def test_databases_do_not_wait_for_each_other(opened: Open) -> None:
    assert opened("a.db").await_turn()
    assert opened("b.db").await_turn()


@pytest.mark.parametrize("end", ["commit", "rollback", "close"])
def test_the_next_one_writes_when_the_first_has_ended(opened: Open, end: str) -> None:
    first, second = opened("a.db"), opened("a.db")
    assert first.await_turn()
    getattr(first, end)()
    assert second.await_turn()


def test_who_ends_without_a_turn_takes_none_away(opened: Open) -> None:
    first, second, third = (opened("a.db") for _ in range(3))
    assert first.await_turn()
    second.rollback()
    assert not third.await_turn()


def test_a_commit_that_fails_lets_the_next_one_write(opened: Open) -> None:
    first, second = opened("a.db"), opened("a.db")
    first.executescript(
        "PRAGMA foreign_keys=ON; CREATE TABLE rows (id INTEGER PRIMARY KEY, parent INTEGER "
        "REFERENCES rows DEFERRABLE INITIALLY DEFERRED)"
    )
    assert first.await_turn()
    first.execute("BEGIN IMMEDIATE")
    first.execute("INSERT INTO rows VALUES (1, 2)")
    with pytest.raises(sqlite3.IntegrityError):
        first.commit()
    assert second.await_turn()


def test_what_many_threads_write_is_all_there(app: Flask) -> None:
    epochs = select(func.count()).select_from(Epoch)
    before = db.session.scalar(epochs) or 0
    db.session.commit()

    def begin_one(_: int) -> None:
        with app.app_context():
            Epoch.begin()
            db.session.commit()

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(begin_one, range(40)))
    assert db.session.scalar(epochs) == before + 40
