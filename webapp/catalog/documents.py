"""The shape of the files under checklists/, field for field.

The rest of the app sees Checklist, DemeritRules and Reference, which are built from these.
"""

from __future__ import annotations

from datetime import date
from typing import Literal

import msgspec

Evidence = Literal["primary", "renumbered", "secondary", "recall"]


class Document(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A mapping in a file: a field that is not named here is refused."""


class ItemEntry(Document, frozen=True, kw_only=True):
    """One requirement with its citation; `verified` only if the article was read in the law's text."""

    code: str
    text: str
    law: str
    article: str
    evidence: Evidence
    verified: bool
    source: str
    penalty: str | None = None
    penalty_verified: bool | None = None
    applies_to: tuple[str, ...] = ("all",)
    note: str | None = None


class GroupEntry(Document, frozen=True, kw_only=True):
    title: str
    items: tuple[ItemEntry, ...]


class SubcategoryEntry(Document, frozen=True, kw_only=True):
    code: str
    title: str
    groups: tuple[GroupEntry, ...]


class CategoryEntry(Document, frozen=True, kw_only=True):
    code: str
    title: str
    subcategories: tuple[SubcategoryEntry, ...]


class PartEntry(Document, frozen=True, kw_only=True):
    code: str
    title: str
    categories: tuple[CategoryEntry, ...]


class InspectionDocument(Document, frozen=True, kw_only=True):
    """checklists/inspection/<slug>/<version>.yaml"""

    schema: Literal["inspection/1"]
    slug: str
    version: str
    title: str
    effective_from: date
    parts: tuple[PartEntry, ...]


class Cycle(Document, frozen=True, kw_only=True):
    """How long points add up, in months, and from when."""

    months: int
    start: Literal["first_entry", "calendar_year"]
    evidence: Evidence


class Objection(Document, frozen=True, kw_only=True):
    """How many days a person has to object to an entry."""

    days: int
    evidence: Evidence


class ThresholdEntry(Document, frozen=True, kw_only=True):
    points: str
    consequence: str
    evidence: Evidence


class DemeritItemEntry(Document, frozen=True, kw_only=True):
    code: str
    number: str
    text: str
    points: str
    evidence: Literal["primary", "proposal"]
    source: str
    law: str | None = None
    article: str | None = None
    verified: bool | None = None
    applies_to: tuple[str, ...] = ("all",)
    note: str | None = None


class ArticleEntry(Document, frozen=True, kw_only=True):
    code: str
    title: str
    summary: str
    items: tuple[DemeritItemEntry, ...]


class DemeritDocument(Document, frozen=True, kw_only=True):
    """checklists/demerit/<slug>/<version>.yaml"""

    schema: Literal["demerit/1"]
    slug: str
    version: str
    title: str
    notice: str
    effective_from: date
    cycle: Cycle
    thresholds: tuple[ThresholdEntry, ...]
    objection: Objection
    articles: tuple[ArticleEntry, ...]


class Established(Document, frozen=True, kw_only=True):
    """A file of reference data says how far its facts are established, and from where."""

    title: str
    evidence: Evidence
    source: str
    note: str | None = None


class Region(Document, frozen=True, kw_only=True):
    """A district or county; `valid_to` is its last day, `successor` the code that took its place."""

    code: str
    name: str
    valid_from: date | None = None
    valid_to: date | None = None
    successor: str | None = None

    def valid_on(self, day: date) -> bool:
        """Whether the region exists on that day."""
        return (self.valid_from or date.min) <= day <= (self.valid_to or date.max)


class RegionsDocument(Established, frozen=True, kw_only=True):
    """checklists/reference/regions.yaml"""

    schema: Literal["reference/regions"]
    regions: tuple[Region, ...]


class TreatmentSubjectEntry(Document, frozen=True, kw_only=True):
    code: str
    name: str
    parent: str | None = None


class TreatmentSubjectsDocument(Established, frozen=True, kw_only=True):
    """checklists/reference/treatment_subjects.yaml"""

    schema: Literal["reference/treatment_subjects"]
    subjects: tuple[TreatmentSubjectEntry, ...]


class Nature(Document, frozen=True, kw_only=True):
    """营利 or 非营利, and the label shown for it."""

    value: str
    label: str


class InstitutionsDocument(Established, frozen=True, kw_only=True):
    """checklists/reference/institutions.yaml"""

    schema: Literal["reference/institutions"]
    levels: tuple[str, ...]
    natures: tuple[Nature, ...]


class TitlesEntry(Document, frozen=True, kw_only=True):
    kind: str
    titles: tuple[str, ...]
    evidence: Evidence


class PracticeEntry(Document, frozen=True, kw_only=True):
    category: str
    scopes: tuple[str, ...]
    evidence: Evidence


class StaffDocument(Established, frozen=True, kw_only=True):
    """checklists/reference/staff.yaml"""

    schema: Literal["reference/staff"]
    genders: tuple[str, ...]
    titles: tuple[TitlesEntry, ...]
    practice: tuple[PracticeEntry, ...]
