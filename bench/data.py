"""The database that a benchmark reads: generated once, kept under ``bench/data/`` for the next run."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import click
from flask import Flask
from flask_migrate import upgrade

from tests import postgres
from webapp import create_app
from webapp.database import db

FOLDER = Path(__file__).parent / "data"
SEED = 1


class Size(NamedTuple):
    """How many of what there is."""

    institutions: int
    inspections: int
    demerits: int

    @property
    def name(self) -> str:
        """A folder's name."""
        return "-".join(map(str, self))


def folder_of(size: Size) -> Path:
    """Return where the database of a size is kept."""
    return FOLDER / size.name


def filled_app(size: Size, **overrides: Any) -> Flask:
    """Return the app on a database of a size, which is generated when it is not there yet.

    :raises RuntimeError: the database could not be generated
    """
    folder = folder_of(size)
    finished = folder / "finished"
    app = create_app({"INSTANCE": folder, "ENVIRON": {"DEMO": "1"}, **overrides})
    if not finished.exists():
        click.echo(f"Generating {size.name} into {folder} …", err=True)
        fill(app, size)
        finished.touch()
    else:
        with app.app_context():
            upgrade()
    return app


def fill(app: Flask, size: Size) -> None:
    """Fill the app's database, which holds nothing yet.

    :raises RuntimeError: it could not be filled
    """
    arguments = [word for name, number in size._asdict().items() for word in (f"--{name}", str(number))]
    with app.app_context():
        upgrade()
        result = app.test_cli_runner().invoke(args=["generate", *arguments, "--seed", str(SEED)])
        db.session.remove()
        db.engine.dispose()
    if result.exit_code:
        raise RuntimeError(f"{result.output}{result.exception}: remove the database and try again")


def kinds() -> list[str]:
    """Return which databases can be measured here."""
    return ["sqlite", "postgresql"] if postgres.tools() else ["sqlite"]


@contextmanager
def filled(kind: str, size: Size, **overrides: Any) -> Iterator[Flask]:
    """Yield the app on a filled database of a kind; only SQLite's is kept for the next run.

    :raises RuntimeError: the database could not be generated
    """
    if kind == "sqlite":
        yield filled_app(size, **overrides)
        return
    with tempfile.TemporaryDirectory() as folder, database(kind, Path(folder)) as url:
        app = app_on(url, Path(folder), **overrides)
        click.echo(f"Generating {size.name} on {kind} …", err=True)
        fill(app, size)
        yield app


def app_on(url: str, folder: Path, **overrides: Any) -> Flask:
    """Return the app on a database, with a folder for what it keeps beside it."""
    return create_app({"INSTANCE": folder, "ENVIRON": {"DEMO": "1", "DATABASE_URL": url}, **overrides})


@contextmanager
def database(kind: str, folder: Path) -> Iterator[str]:
    """Yield the address of an empty database of a kind."""
    if kind == "sqlite":
        yield f"sqlite:///{folder / 'app.db'}"
    else:
        with postgres.served(durable=True) as cluster:
            yield cluster.url


def copied_app(size: Size, folder: Path) -> Flask:
    """Return the app on a copy of a size's database, which may be written to.

    :param folder: where the copy and the photos go
    """
    filled_app(size)
    shutil.copytree(folder_of(size), folder, dirs_exist_ok=True)
    return create_app({"INSTANCE": folder, "ENVIRON": {"DEMO": "1"}})
