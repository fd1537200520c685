"""Loads checklists/ as a whole: every file is read and checked before the mistakes are reported."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from pathlib import Path
from types import MappingProxyType
from typing import TypeVar

import msgspec

from . import checks
from .checklist import Checklist
from .demerit_rules import DemeritRules
from .documents import (
    DemeritDocument,
    Document,
    InspectionDocument,
    InstitutionsDocument,
    RegionsDocument,
    StaffDocument,
    TreatmentSubjectsDocument,
)
from .problems import CatalogError, Problem
from .published import broken_promises, published_digests
from .reading import Finding, Source
from .reference import Reference, today

D = TypeVar("D", bound=Document)
Version = TypeVar("Version", Checklist, DemeritRules)
Versioned = TypeVar("Versioned", InspectionDocument, DemeritDocument)


class Catalog(msgspec.Struct, frozen=True, kw_only=True):
    """Everything under checklists/.

    Published versions stand by "slug/version"; `drafts` names the other files, which are only checked.
    """

    checklists: Mapping[str, Checklist]
    rules: Mapping[str, DemeritRules]
    reference: Reference
    drafts: tuple[str, ...]

    def checklist(self, slug: str, version: str) -> Checklist:
        """The version a record was made with. Raises KeyError."""
        return self.checklists[f"{slug}/{version}"]

    def current_checklist(self, on: date | None = None, slug: str = "medical-institution") -> Checklist:
        """The newest version in effect on a day, by default today in Chongqing. Raises KeyError if none."""
        return _current(self.checklists.values(), slug, on)

    def demerit_rules(self, slug: str, version: str) -> DemeritRules:
        """The version an entry was made with. Raises KeyError."""
        return self.rules[f"{slug}/{version}"]

    def current_demerit_rules(
        self, on: date | None = None, slug: str = "chongqing-reference"
    ) -> DemeritRules:
        """The newest version in effect on a day, by default today in Chongqing. Raises KeyError if none."""
        return _current(self.rules.values(), slug, on)


def _current(versions: Iterable[Version], slug: str, on: date | None) -> Version:
    day = on or today()
    found = [version for version in versions if version.slug == slug and version.effective_from <= day]
    if not found:
        raise KeyError(f"no version of {slug} in effect on {day}")
    return max(found, key=lambda version: (version.effective_from, version.version))


def load_catalog(path: Path | str) -> Catalog:
    """Everything below the folder `path`.

    Raises CatalogError with every problem found: in the shape and sense of the data files, in published.txt,
    and for published versions that changed or vanished.
    """
    shelf = _Shelf(Path(path))
    checklists = shelf.versions("inspection", InspectionDocument, checks.inspection)
    rules = shelf.versions("demerit", DemeritDocument, checks.demerit)
    regions = shelf.reference("regions", RegionsDocument, checks.regions)
    subjects = shelf.reference("treatment_subjects", TreatmentSubjectsDocument, checks.treatment_subjects)
    institutions = shelf.reference("institutions", InstitutionsDocument, checks.institutions)
    staff = shelf.reference("staff", StaffDocument, checks.staff)
    problems = shelf.problems()
    if problems or not (regions and subjects and institutions and staff):
        raise CatalogError(problems)
    return Catalog(
        checklists=_by_key(Checklist.build(*found) for found in checklists),
        rules=_by_key(DemeritRules.build(*found) for found in rules),
        reference=Reference.build(regions, subjects, institutions, staff),
        drafts=shelf.drafts(),
    )


def _by_key(versions: Iterable[Version]) -> Mapping[str, Version]:
    return MappingProxyType({version.key: version for version in versions})


class _Shelf:
    """The data files below a folder, and what was wrong with them."""

    def __init__(self, root: Path) -> None:
        names = sorted(file.relative_to(root).as_posix() for file in root.rglob("*.y*ml"))
        self._sources = {name: Source(root, name) for name in names}
        self._published, self._problems = published_digests(root)
        self._placed: set[str] = set()

    def versions(
        self, kind: str, shape: type[Versioned], check: Callable[[Versioned], Iterator[Finding]]
    ) -> list[tuple[Versioned, str]]:
        """The published documents in <kind>/<slug>/<version>.yaml with digests; drafts are only checked."""
        found = []
        for name, source in self._sources.items():
            if not name.startswith(f"{kind}/"):
                continue
            self._placed.add(name)
            document = source.decode(shape, check)
            if document is None:
                continue
            if name != (place := f"{kind}/{document.slug}/{document.version}.yaml"):
                source.blame([((), f"belongs in {place}, after its slug and version")])
            elif name in self._published:
                found.append((document, source.digest))
        return found

    def reference(self, name: str, shape: type[D], check: Callable[[D], Iterator[Finding]]) -> D | None:
        """The document in reference/<name>.yaml."""
        file = f"reference/{name}.yaml"
        if file not in self._sources:
            self._problems.append(Problem(file, "", "missing"))
            return None
        self._placed.add(file)
        return self._sources[file].decode(shape, check)

    def problems(self) -> list[Problem]:
        """All of them, file by file."""
        digests = {name: source.digest for name, source in self._sources.items()}
        strays = [
            Problem(name, "", "unknown place; data stands in inspection/, demerit/ or reference/")
            for name in self._sources
            if name not in self._placed
        ]
        mistakes = [problem for source in self._sources.values() for problem in source.problems]
        return [*mistakes, *strays, *self._problems, *broken_promises(self._published, digests)]

    def drafts(self) -> tuple[str, ...]:
        """The versions that published.txt does not list."""
        return tuple(
            name
            for name in self._sources
            if name not in self._published and not name.startswith("reference/")
        )
