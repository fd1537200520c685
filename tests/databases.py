"""The database that tests run on: SQLite files, or PostgreSQL where ``TEST_DATABASE_URL`` names a server."""

import hashlib
import os
import shutil
from functools import lru_cache
from pathlib import Path
from typing import Protocol

from sqlalchemy import create_engine, make_url, text

from webapp.database import db

SERVER = os.environ.get("TEST_DATABASE_URL", "")


class Database(Protocol):
    """One database of an app under test; ``url`` is its address."""

    url: str

    def keep(self, name: str) -> None:
        """Remember what it holds now; nobody may be connected."""

    def bring_back(self, name: str) -> None:
        """Make it hold what was kept under the name; nobody may be writing."""

    def fail(self) -> None:
        """Let it answer nobody any more, until it is brought back."""


@lru_cache
def database_of(instance: Path) -> Database:
    """Return the database of the app whose instance folder this is."""
    return PostgresDatabase(instance) if SERVER else SqliteDatabase(instance)


class SqliteDatabase:
    """A file in the instance folder, copied aside and back."""

    def __init__(self, instance: Path) -> None:
        self.file = instance / "app.db"
        self.url = f"sqlite:///{self.file}"

    def keep(self, name: str) -> None:
        shutil.copy(self.file, self._copy(name))

    def bring_back(self, name: str) -> None:
        for leftover in ("app.db-wal", "app.db-shm"):
            self.file.with_name(leftover).unlink(missing_ok=True)
        if self.file.is_dir():
            self.file.rmdir()
        shutil.copy(self._copy(name), self.file)

    def fail(self) -> None:
        db.engine.dispose()
        self.file.unlink()
        self.file.mkdir()

    def _copy(self, name: str) -> Path:
        return self.file.with_name(f"{name}.db")


class PostgresDatabase:
    """A database on the test's server, named after the folder; kept ones are its templates."""

    def __init__(self, instance: Path) -> None:
        self.name = "t" + hashlib.sha256(str(instance).encode()).hexdigest()[:12]
        self.url = make_url(SERVER).set(database=self.name).render_as_string(hide_password=False)
        self._on_server = create_engine(SERVER, isolation_level="AUTOCOMMIT")
        self._ask(f"SELECT FROM pg_database WHERE datname = '{self.name}'") or self._ask(
            f"CREATE DATABASE {self.name}"
        )

    def keep(self, name: str) -> None:
        self._copy(self.name, f"{self.name}_{name}")

    def bring_back(self, name: str) -> None:
        self._copy(f"{self.name}_{name}", self.name)

    def fail(self) -> None:
        self._ask(f"ALTER DATABASE {self.name} ALLOW_CONNECTIONS false")
        self.cut_off()

    def cut_off(self) -> None:
        """End every connection to it, as a restart of the server does."""
        ended = "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
        self._ask(f"{ended} WHERE datname = '{self.name}'")

    def _copy(self, source: str, target: str) -> None:
        self._ask(f"DROP DATABASE IF EXISTS {target} WITH (FORCE)")
        self._ask(f"CREATE DATABASE {target} TEMPLATE {source}")

    def _ask(self, statement: str) -> bool:
        with self._on_server.connect() as connection:
            return connection.execute(text(statement)).rowcount > 0


def drop_trigger(name: str, table: str) -> None:
    """Take a guard of the database away, as somebody could who owns it."""
    where = "" if db.engine.dialect.name == "sqlite" else f" ON {table}"
    db.session.execute(text(f"DROP TRIGGER IF EXISTS {name}{where}"))
