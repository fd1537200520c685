"""``flask figures``: count again what the figures of the work desk are sums of."""

import gc
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import click
from flask.cli import AppGroup
from sqlalchemy import Select, delete, select

from webapp.database import Base, db, snapshot
from webapp.demerits import figures as demerits
from webapp.demerits.models import Demerit
from webapp.inspections import figures as inspections
from webapp.inspections.models import Inspection
from webapp.sums import Sums, hold, size

TABLES = (*inspections.TABLES, *demerits.TABLES)
MARKS = (*inspections.MARKS, *demerits.MARKS)
# New objects until Python looks for circles among them. Rows in bulk have none, and looking every 700, as it
# does by itself, took a third to a half of the time.
SELDOM = 50_000
figures = AppGroup("figures", help="Figures of the work desk, kept beside inspections and demerits.")


@contextmanager
def collecting_seldom() -> Iterator[None]:
    """Let Python look for circles of dead objects only now and then, where millions are made."""
    usual = gc.get_threshold()
    gc.set_threshold(SELDOM)
    try:
        yield
    finally:
        gc.set_threshold(*usual)


@figures.command()
@collecting_seldom()
def rebuild() -> None:
    """Count everything again and keep what is found; submissions wait meanwhile."""
    count_again()
    click.echo("Figures rebuilt.")


@figures.command()
@collecting_seldom()
def verify() -> None:
    """Count everything again and name each figure that differs; nothing waits and nothing is changed."""
    with snapshot():
        wrong = list(differences())
    for difference in wrong:
        click.echo(difference, err=True)
    click.echo(f"{len(wrong)} figures differ from a recount")
    sys.exit(1 if wrong else 0)


def rebuild_if_missing() -> bool:
    """Count what was handed in before there were figures, and tell whether that was so."""
    records = (select(model.id).where(model.submitted_at.is_not(None)) for model in (Inspection, Demerit))
    kept = (select(1).select_from(table) for table in TABLES)
    if not any(map(_exists, records)) or any(map(_exists, kept)):
        return False
    count_again()
    return True


def count_again() -> None:
    """Put a recount in the place of all figures."""
    hold((*TABLES, *MARKS))
    for table in (*TABLES, *MARKS):
        db.session.execute(delete(table))
    sums = Sums()
    for _ in _recount(sums):
        sums.store()
    db.session.commit()


def differences() -> Iterator[str]:
    """Yield in words what differs from a recount."""
    sums, marked = Sums(), Counter[type[Base]]()
    for _ in _recount(sums):
        marked.update({table: len(keys) for table, keys in sums.marks.items()})
        yield from sums.missing_marks()
    yield from sums.differences(TABLES)
    for table in MARKS:
        if size(table) > marked[table]:
            yield f"{table.__tablename__}: {size(table)} rows kept, {marked[table]} counted"


def _recount(sums: Sums) -> Iterator[None]:
    yield from inspections.recount(sums)
    yield from demerits.recount(sums)


def _exists(rows: Select[Any]) -> bool:
    return db.session.scalar(rows.limit(1)) is not None
