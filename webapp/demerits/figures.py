"""What submitted demerits add up to, kept beside them by the submission and by the reviewer's decisions.

Months are those of 记分日期, districts and levels those at submission. What a decision takes off is taken
off in the month of the entry, as in the ledger.
"""

from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import Date, ForeignKey, Row, String, func, select
from sqlalchemy.orm import Mapped, mapped_column

from webapp.catalog import catalog
from webapp.database import Base, db
from webapp.demerits.models import Demerit
from webapp.demerits.petitions import Petition
from webapp.demerits.points import Points
from webapp.sums import Sums

CHUNK = 1000


class DemeritFigures(Base):
    """A month's entries: how many, how many of them withdrawn, their points, and what was taken off."""

    __tablename__ = "demerit_figures"
    __table_args__ = {"sqlite_with_rowid": False}

    month: Mapped[date] = mapped_column(Date, primary_key=True)
    district: Mapped[str] = mapped_column(String(6), primary_key=True)
    level: Mapped[str] = mapped_column(String(10), primary_key=True)
    entries: Mapped[int] = mapped_column()
    withdrawn: Mapped[int] = mapped_column()
    points: Mapped[Decimal] = mapped_column(Points)
    points_off: Mapped[Decimal] = mapped_column(Points)


class DemeritItemFigures(Base):
    """How often one item of the rules was recorded in a month, and its points, withdrawn entries left out.

    Where a decision takes a part of an entry's points off, the items keep theirs: a part belongs to none.
    """

    __tablename__ = "demerit_item_figures"
    __table_args__ = {"sqlite_with_rowid": False}

    month: Mapped[date] = mapped_column(Date, primary_key=True)
    rules: Mapped[str] = mapped_column(String(50), primary_key=True)
    item: Mapped[str] = mapped_column(String(20), primary_key=True)
    district: Mapped[str] = mapped_column(String(6), primary_key=True)
    level: Mapped[str] = mapped_column(String(10), primary_key=True)
    entries: Mapped[int] = mapped_column()
    points: Mapped[Decimal] = mapped_column(Points)


class DemeritItem(Base):
    """An item that a submitted entry is for: the list behind a figure is found by it."""

    __tablename__ = "demerit_items"
    __table_args__ = {"sqlite_with_rowid": False}

    rules: Mapped[str] = mapped_column(String(50), primary_key=True)
    item: Mapped[str] = mapped_column(String(20), primary_key=True)
    demerit_id: Mapped[int] = mapped_column(ForeignKey("demerits.id"), primary_key=True)
    institution_id: Mapped[int] = mapped_column(ForeignKey("institutions.id"), primary_key=True)


TABLES = (DemeritFigures, DemeritItemFigures)
MARKS = (DemeritItem,)


def count_entry(demerit: Demerit) -> None:
    """Add a submitted entry to the figures, within the running transaction."""
    sums = Sums()
    _add_entry(demerit, sums)
    sums.store()


def count_decision(petition: Petition, left: Decimal) -> None:
    """Add what a decision takes off to the figures, within the running transaction.

    :param left: what the entry still counts for after it
    """
    sums = Sums()
    if petition.points_off:
        _take_off(petition.demerit, petition.points_off, left, sums)
    sums.store()


def recount(sums: Sums) -> Iterator[None]:
    """Add what each submitted entry and the decisions on it count for; pause after some of them."""
    for chunk in _submitted():
        for row in chunk:
            _add_entry(row, sums)
            if row.points_off:
                _take_off(row, row.points_off, row.points - row.points_off, sums)
        yield


def _add_entry(entry: "Demerit | Row[Any]", sums: Sums) -> None:
    month, where = entry.recorded_on.replace(day=1), (entry.district, entry.level)
    sums.add(DemeritFigures, (month, *where), 1, 0, entry.points, Decimal(0))
    _add_items(entry, sums)
    for code in entry.items:
        sums.mark(DemeritItem, entry.rules_slug, code, entry.id, entry.institution_id)


def _take_off(entry: "Demerit | Row[Any]", points: Decimal, left: Decimal, sums: Sums) -> None:
    month, where = entry.recorded_on.replace(day=1), (entry.district, entry.level)
    sums.add(DemeritFigures, (month, *where), 0, int(left == 0), Decimal(0), points)
    if left == 0:
        _add_items(entry, sums, sign=-1)


def _add_items(entry: "Demerit | Row[Any]", sums: Sums, sign: int = 1) -> None:
    rules = catalog().demerit_rules(entry.rules_slug, entry.rules_version)
    month, where = entry.recorded_on.replace(day=1), (entry.district, entry.level)
    for code in entry.items:
        points = rules.items[code].points * sign
        sums.add(DemeritItemFigures, (month, entry.rules_slug, code, *where), sign, points)


def _submitted() -> Iterator[Sequence[Row[Any]]]:
    off = (
        select(Petition.demerit_id, func.sum(Petition.points_off).label("points"))
        .where(Petition.decided_at.is_not(None))
        .group_by(Petition.demerit_id)
        .subquery()
    )
    rows = (
        select(
            Demerit.id,
            Demerit.institution_id,
            Demerit.district,
            Demerit.level,
            Demerit.recorded_on,
            Demerit.rules_slug,
            Demerit.rules_version,
            Demerit.items,
            Demerit.points,
            off.c.points.label("points_off"),
        )
        .outerjoin(off, off.c.demerit_id == Demerit.id)
        .where(Demerit.submitted_at.is_not(None))
    )
    yield from db.session.execute(rows, execution_options={"yield_per": CHUNK}).partitions()
