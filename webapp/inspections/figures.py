"""What submitted inspections add up to, kept beside them by the submission itself.

Months are those of 自查日期, districts and levels those at submission: a figure never changes afterwards.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Date, ForeignKey, Row, String, select
from sqlalchemy.orm import Mapped, mapped_column

from webapp.catalog import catalog
from webapp.database import Base, db
from webapp.inspections.answers import Value
from webapp.inspections.models import Inspection, InspectionKind
from webapp.sums import Sums

CHUNK = 500


class InspectionFigures(Base):
    """A month's inspections of one kind: how many, with how many items, 否 and 合理缺项."""

    __tablename__ = "inspection_figures"
    __table_args__ = {"sqlite_with_rowid": False}

    month: Mapped[date] = mapped_column(Date, primary_key=True)
    district: Mapped[str] = mapped_column(String(6), primary_key=True)
    level: Mapped[str] = mapped_column(String(10), primary_key=True)
    kind: Mapped[InspectionKind] = mapped_column(primary_key=True)
    submitted: Mapped[int] = mapped_column()
    items: Mapped[int] = mapped_column()
    failed: Mapped[int] = mapped_column()
    skipped: Mapped[int] = mapped_column()


class CategoryFigures(Base):
    """A month's answers within one 大类: items, 否 and 合理缺项."""

    __tablename__ = "category_figures"
    __table_args__ = {"sqlite_with_rowid": False}

    month: Mapped[date] = mapped_column(Date, primary_key=True)
    checklist: Mapped[str] = mapped_column(String(50), primary_key=True)
    category: Mapped[str] = mapped_column(String(20), primary_key=True)
    district: Mapped[str] = mapped_column(String(6), primary_key=True)
    level: Mapped[str] = mapped_column(String(10), primary_key=True)
    items: Mapped[int] = mapped_column()
    failed: Mapped[int] = mapped_column()
    skipped: Mapped[int] = mapped_column()


class ItemFigures(Base):
    """How often one item was answered 否 in a month; items without any have no row."""

    __tablename__ = "item_figures"
    __table_args__ = {"sqlite_with_rowid": False}

    month: Mapped[date] = mapped_column(Date, primary_key=True)
    checklist: Mapped[str] = mapped_column(String(50), primary_key=True)
    item: Mapped[str] = mapped_column(String(20), primary_key=True)
    district: Mapped[str] = mapped_column(String(6), primary_key=True)
    level: Mapped[str] = mapped_column(String(10), primary_key=True)
    failed: Mapped[int] = mapped_column()


class InstitutionFigures(Base):
    """How many inspections of one kind an institution handed in during a month."""

    __tablename__ = "institution_figures"
    __table_args__ = {"sqlite_with_rowid": False}

    institution_id: Mapped[int] = mapped_column(ForeignKey("institutions.id"), primary_key=True)
    month: Mapped[date] = mapped_column(Date, primary_key=True)
    kind: Mapped[InspectionKind] = mapped_column(primary_key=True)
    submitted: Mapped[int] = mapped_column()


class FailedItem(Base):
    """An item that a submitted inspection answers with 否: the list behind a figure is found by it."""

    __tablename__ = "failed_items"
    __table_args__ = {"sqlite_with_rowid": False}

    checklist: Mapped[str] = mapped_column(String(50), primary_key=True)
    item: Mapped[str] = mapped_column(String(20), primary_key=True)
    inspection_id: Mapped[int] = mapped_column(ForeignKey("inspections.id"), primary_key=True)
    institution_id: Mapped[int] = mapped_column(ForeignKey("institutions.id"), primary_key=True)


TABLES = (InspectionFigures, CategoryFigures, ItemFigures, InstitutionFigures)
MARKS = (FailedItem,)


def sums_of(inspection: "Inspection | Row[Any]", sums: Sums) -> Sums:
    """Add what one submitted inspection counts for, and return the sums."""
    month, where = inspection.inspected_on.replace(day=1), (inspection.district, inspection.level)
    slug, kind = inspection.checklist_slug, inspection.kind
    checklist = catalog().checklist(slug, inspection.checklist_version)
    assert inspection.record is not None
    values, by_category = [], defaultdict[str, list[str]](list)
    for code, (value, _) in inspection.record["answers"].items():
        values.append(value)
        by_category[checklist.subcategories[checklist.items[code].subcategory].category].append(value)
        if value == Value.NO:
            sums.add(ItemFigures, (month, slug, code, *where), 1)
            sums.mark(FailedItem, slug, code, inspection.id, inspection.institution_id)
    sums.add(InspectionFigures, (month, *where, kind), 1, *_counted(values))
    for category, of_category in by_category.items():
        sums.add(CategoryFigures, (month, slug, category, *where), *_counted(of_category))
    sums.add(InstitutionFigures, (inspection.institution_id, month, kind), 1)
    return sums


def recount(sums: Sums) -> Iterator[None]:
    """Add what each submitted inspection counts for, read from its record; pause after some of them."""
    for chunk in _submitted():
        for row in chunk:
            sums_of(row, sums)
        yield


def _counted(values: list[str]) -> tuple[int, int, int]:
    """How many items there are, how many of them 否 and 合理缺项."""
    return len(values), values.count(Value.NO), values.count(Value.NA)


def _submitted() -> Iterator[Sequence[Row[Any]]]:
    rows = select(
        Inspection.id,
        Inspection.institution_id,
        Inspection.district,
        Inspection.level,
        Inspection.kind,
        Inspection.inspected_on,
        Inspection.checklist_slug,
        Inspection.checklist_version,
        Inspection.record,
    ).where(Inspection.submitted_at.is_not(None))
    yield from db.session.execute(rows, execution_options={"yield_per": CHUNK}).partitions()
