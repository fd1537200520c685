"""Counting the records in the plainest way, to compare the kept figures with."""

from collections import Counter
from typing import Any

from sqlalchemy import select

from webapp.catalog import catalog
from webapp.database import Base, db
from webapp.demerits.figures import DemeritFigures, DemeritItem, DemeritItemFigures
from webapp.demerits.models import Demerit
from webapp.demerits.petitions import Petition
from webapp.inspections.figures import (
    CategoryFigures,
    FailedItem,
    InspectionFigures,
    InstitutionFigures,
    ItemFigures,
)
from webapp.inspections.models import Inspection

Counts = dict[type[Base], Counter[tuple[Any, ...]]]


def counted() -> Counts:
    """Count the records in the plainest way, one column at a time."""
    found: Counts = {table: Counter() for table in (InspectionFigures, CategoryFigures, ItemFigures)}
    found |= {table: Counter() for table in (InstitutionFigures, FailedItem)}
    found |= {table: Counter() for table in (DemeritFigures, DemeritItemFigures, DemeritItem)}
    for inspection in db.session.scalars(Inspection.submitted()):
        count_inspection(inspection, found)
    for demerit in db.session.scalars(select(Demerit).where(Demerit.submitted_at.is_not(None))):
        count_demerit(demerit, found)
    return {table: Counter({key: n for key, n in counts.items() if n}) for table, counts in found.items()}


def count_inspection(inspection: Inspection, found: Counts) -> None:
    month = inspection.inspected_on.replace(day=1)
    place = (inspection.district, inspection.level)
    here = (month, *place, inspection.kind)
    found[InspectionFigures][(*here, "submitted")] += 1
    found[InstitutionFigures][inspection.institution_id, month, inspection.kind, "submitted"] += 1
    assert inspection.record is not None
    slug = inspection.checklist_slug
    for code, (value, _) in inspection.record["answers"].items():
        category = next(c for c in inspection.checklist.categories.values() for s in c.subcategories
                        for item in s.items if item.code == code)  # fmt: skip
        there = (month, slug, category.code, *place)
        for name in ("items", {"no": "failed", "na": "skipped"}.get(value, "")):
            if name:
                found[InspectionFigures][(*here, name)] += 1
                found[CategoryFigures][(*there, name)] += 1
        if value == "no":
            found[ItemFigures][month, slug, code, *place, "failed"] += 1
            found[FailedItem][slug, code, inspection.id, inspection.institution_id] += 1


def count_demerit(demerit: Demerit, found: Counts) -> None:
    month, place = demerit.recorded_on.replace(day=1), (demerit.district, demerit.level)
    petitions = db.session.scalars(select(Petition).where(Petition.demerit_id == demerit.id))
    off = sum(petition.points_off for petition in petitions)
    withdrawn = off == demerit.points
    here = found[DemeritFigures]
    here[month, *place, "entries"] += 1
    here[month, *place, "withdrawn"] += withdrawn
    here[month, *place, "points"] += demerit.points  # type: ignore[assignment]
    here[month, *place, "points_off"] += off
    for code in demerit.items:
        found[DemeritItem][demerit.rules_slug, code, demerit.id, demerit.institution_id] += 1
        if not withdrawn:
            points = catalog().demerit_rules(demerit.rules_slug, demerit.rules_version).items[code].points
            found[DemeritItemFigures][month, demerit.rules_slug, code, *place, "entries"] += 1
            found[DemeritItemFigures][month, demerit.rules_slug, code, *place, "points"] += points  # type: ignore[assignment]


def kept() -> Counts:
    """What the tables hold, in the same shape."""
    found: Counts = {}
    for table in counted():
        rows = found.setdefault(table, Counter())
        columns = db.inspect(table).columns
        keys = [column.name for column in columns if column.primary_key]
        amounts = [column.name for column in columns if not column.primary_key]
        for row in db.session.scalars(select(table)):
            key = tuple(getattr(row, name) for name in keys)
            if not amounts:
                rows[key] = 1
            rows |= {(*key, name): getattr(row, name) for name in amounts if getattr(row, name)}
    return found
