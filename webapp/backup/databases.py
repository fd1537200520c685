"""The database as one file, and back: SQLite by its backup interface, PostgreSQL by its own programs.

A copy has no epoch. Whoever puts one in the place of a database begins a new one, and if that fails or is
forgotten the first batch of a phone does: phones then send again what the copy does not know.
"""

import os
import shutil
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path
from typing import Protocol

from sqlalchemy import URL, inspect, text

from webapp.database import db

# Where PostgreSQL's tables lie while others are put in their place.
ASIDE = "before_restore"


class CopyFailed(RuntimeError):
    """The database could not be copied; the message says why."""


class Copier(Protocol):
    """How one kind of database is copied."""

    kind: str

    def check(self) -> None:
        """:raises CopyFailed: something is missing that copying needs"""
        ...

    def dump(self, file: Path) -> None:
        """Write what the session's running snapshot sees into a new file.

        :raises CopyFailed: the database's program failed
        """
        ...

    def replace(self, file: Path) -> None:
        """Put a copy in the place of the whole database; when that fails the database is as before.

        :raises CopyFailed: the file is no copy, or the database's program failed
        """
        ...


def copier() -> Copier:
    """Return how the app's database is copied."""
    return SqliteCopier() if db.engine.dialect.name == "sqlite" else PostgresCopier()


class SqliteCopier:
    """Page by page in one transaction, which others may read and write beside."""

    kind = "sqlite"

    def check(self) -> None:
        """Python brings all that is needed."""

    def dump(self, file: Path) -> None:
        source = db.session.connection().connection.driver_connection
        assert isinstance(source, sqlite3.Connection)
        with closing(sqlite3.connect(file)) as copy:
            source.backup(copy)
            copy.execute("PRAGMA journal_mode=DELETE")
            copy.execute("DELETE FROM epochs")
            copy.commit()

    def replace(self, file: Path) -> None:
        db.session.remove()
        target = db.engine.raw_connection()
        try:
            assert isinstance(target.driver_connection, sqlite3.Connection)
            with closing(sqlite3.connect(file)) as source:
                source.backup(target.driver_connection)
        except sqlite3.Error as error:
            raise CopyFailed(f"SQLite: {error}") from error
        finally:
            target.close()
            db.engine.dispose()


class PostgresCopier:
    """By pg_dump, which reads in a transaction of its own, and pg_restore."""

    kind = "postgresql"

    def check(self) -> None:
        for program in ("pg_dump", "pg_restore"):
            if shutil.which(program) is None:
                raise CopyFailed(
                    f"{program} was not found. It comes with PostgreSQL's client programs"
                    " (Debian: apt-get install postgresql-client)."
                )

    def dump(self, file: Path) -> None:
        snapshot = db.session.scalar(text("SELECT pg_export_snapshot()"))
        what = ("--format=custom", f"--snapshot={snapshot}", "--exclude-table-data=epochs")
        self._run("pg_dump", *what, "--no-owner", "--no-privileges", f"--file={file}")

    def replace(self, file: Path) -> None:
        db.session.remove()
        self._set_aside()
        try:
            self._run("pg_restore", "--single-transaction", "--no-owner", "--no-privileges", str(file))
        except CopyFailed:
            self._sql("DROP SCHEMA public CASCADE", f"ALTER SCHEMA {ASIDE} RENAME TO public")
            raise
        self._sql(f"DROP SCHEMA {ASIDE} CASCADE")
        db.engine.dispose()

    def _set_aside(self) -> None:
        """Make room; when an earlier attempt was interrupted, what it left half-done goes."""
        if ASIDE in inspect(db.engine).get_schema_names():
            self._sql("DROP SCHEMA IF EXISTS public CASCADE", "CREATE SCHEMA public")
        else:
            self._sql(f"ALTER SCHEMA public RENAME TO {ASIDE}", "CREATE SCHEMA public")

    def _sql(self, *statements: str) -> None:
        with db.engine.begin() as connection:
            for statement in statements:
                connection.execute(text(statement))

    def _run(self, program: str, *arguments: str) -> None:
        url = db.engine.url
        where = URL.create("postgresql", url.username, None, url.host, url.port, url.database, url.query)
        ran = subprocess.run(  # noqa: S603 - no shell, and every argument is ours
            [program, f"--dbname={where.render_as_string()}", *arguments],
            # The password stands where no list of processes shows it.
            env=os.environ | ({"PGPASSWORD": str(url.password)} if url.password else {}),
            capture_output=True,
            text=True,
            check=False,
        )
        if ran.returncode:
            raise CopyFailed(f"{program}: {ran.stderr.strip()}")
