"""What types cannot say about the files: codes, sentences, citations, points, validity.

Each check yields the path inside the file and the reason of every mistake.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from decimal import Decimal

from .documents import (
    DemeritDocument,
    DemeritItemEntry,
    InspectionDocument,
    InstitutionsDocument,
    ItemEntry,
    Region,
    RegionsDocument,
    StaffDocument,
    SubcategoryEntry,
    TreatmentSubjectsDocument,
)
from .reading import Finding, Steps

_VERSION = re.compile(r"\d{4}-(0[1-9]|1[0-2])")
_SLUG = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
_POINTS = re.compile(r"\d+(\.\d+)?")
# 第二十四条, 第一百三十三条之一, 第三十九条第二款, 第五十五条第一项; several joined by 、,
# where 第十六条第一款、第二款 need not repeat the article.
_NUMERAL = "[一二三四五六七八九十百零]+"
_CLAUSE = f"(第{_NUMERAL}款(第{_NUMERAL}项)?|第{_NUMERAL}项)"
_PROVISION = f"第{_NUMERAL}条(之{_NUMERAL})?{_CLAUSE}?"
# A reply of a ministry has no articles; it is cited by its number: 卫政法发〔2004〕163号
_ARTICLE = re.compile(rf"{_PROVISION}(、({_PROVISION}|{_CLAUSE}))*|[一-龥]+〔\d{{4}}〕\d+号")
_HALF = Decimal("0.5")


def inspection(document: InspectionDocument) -> Iterator[Finding]:
    """Mistakes of a version of an inspection checklist."""
    yield from _naming(document.slug, document.version)
    codes: list[tuple[Steps, str]] = []
    for p, part in enumerate(document.parts):
        codes.append((("parts", p, "code"), part.code))
        for c, category in enumerate(part.categories):
            place: Steps = ("parts", p, "categories", c)
            codes.append(((*place, "code"), category.code))
            for s, subcategory in enumerate(category.subcategories):
                inner: Steps = (*place, "subcategories", s)
                codes.append(((*inner, "code"), subcategory.code))
                yield from _belongs(subcategory.code, category.code, (*inner, "code"))
                yield from _subcategory(subcategory, inner, codes)
    yield from _doubled(codes)


def _subcategory(
    subcategory: SubcategoryEntry, place: Steps, codes: list[tuple[Steps, str]]
) -> Iterator[Finding]:
    for g, group in enumerate(subcategory.groups):
        for i, item in enumerate(group.items):
            steps: Steps = (*place, "groups", g, "items", i)
            codes.append(((*steps, "code"), item.code))
            yield from _belongs(item.code, subcategory.code, (*steps, "code"))
            yield from _item(item, steps)


def _item(item: ItemEntry, steps: Steps) -> Iterator[Finding]:
    if not item.text.endswith("。"):
        yield (*steps, "text"), f"not a whole sentence, it must end with 。: {item.text}"
    yield from _citation(item.law, item.article, steps)
    if item.verified and item.evidence != "primary":
        yield (*steps, "verified"), f"true, although the evidence is {item.evidence}"
    if (item.penalty is None) != (item.penalty_verified is None):
        yield steps, "penalty and penalty_verified stand together or not at all"


def _citation(law: str, article: str, steps: Steps) -> Iterator[Finding]:
    if "《" in law or "》" in law:
        yield (*steps, "law"), f"must stand without 《》: {law}"
    if not _ARTICLE.fullmatch(article):
        yield (*steps, "article"), f"not an article in the law's own numerals: {article}"


def demerit(document: DemeritDocument) -> Iterator[Finding]:
    """Mistakes of a version of the demerit rules."""
    yield from _naming(document.slug, document.version)
    codes: list[tuple[Steps, str]] = []
    for a, article in enumerate(document.articles):
        codes.append((("articles", a, "code"), article.code))
        numbers: list[tuple[Steps, str]] = []
        for i, item in enumerate(article.items):
            steps: Steps = ("articles", a, "items", i)
            codes.append(((*steps, "code"), item.code))
            numbers.append(((*steps, "number"), item.number))
            yield from _belongs(item.code, article.code, (*steps, "code"))
            yield from _demerit_item(item, steps)
        yield from _doubled(numbers)
    yield from _doubled(codes)
    yield from _thresholds(document)


def _demerit_item(item: DemeritItemEntry, steps: Steps) -> Iterator[Finding]:
    yield from _points(item.points, (*steps, "points"))
    if item.law is not None and item.article is not None:
        yield from _citation(item.law, item.article, steps)
    if len({field is None for field in (item.law, item.article, item.verified)}) > 1:
        yield steps, "law, article and verified stand together or not at all"


def _points(points: str, steps: Steps) -> Iterator[Finding]:
    if not _POINTS.fullmatch(points) or Decimal(points) <= 0 or Decimal(points) % _HALF:
        yield steps, f"not a positive multiple of 0.5: {points}"


def _thresholds(document: DemeritDocument) -> Iterator[Finding]:
    findings = [
        finding
        for t, threshold in enumerate(document.thresholds)
        for finding in _points(threshold.points, ("thresholds", t, "points"))
    ]
    yield from findings
    points = [] if findings else [Decimal(threshold.points) for threshold in document.thresholds]
    if points != sorted(set(points)):
        yield ("thresholds",), "must rise from one to the next"


def regions(document: RegionsDocument) -> Iterator[Finding]:
    """Mistakes of the districts: codes, and the times for which each exists."""
    yield from _doubled((("regions", r, "code"), region.code) for r, region in enumerate(document.regions))
    known = {region.code: region for region in document.regions}
    for r, region in enumerate(document.regions):
        yield from _validity(region, known, ("regions", r))


def _validity(region: Region, known: dict[str, Region], steps: Steps) -> Iterator[Finding]:
    if region.valid_from and region.valid_to and region.valid_to < region.valid_from:
        yield (*steps, "valid_to"), f"{region.name} ends on {region.valid_to}, before it begins"
    if region.successor is None:
        return
    if region.successor not in known:
        yield (*steps, "successor"), f"unknown region “{region.successor}” as successor of {region.name}"
    elif region.valid_to is None:
        yield steps, f"{region.name} has a successor but no valid_to"
    elif known[region.successor].valid_on(region.valid_to):
        yield (*steps, "valid_to"), f"{region.name} overlaps its successor {known[region.successor].name}"


def treatment_subjects(document: TreatmentSubjectsDocument) -> Iterator[Finding]:
    """Mistakes of the tree of 诊疗科目: a parent stands before its children."""
    yield from _doubled(
        (("subjects", s, "code"), subject.code) for s, subject in enumerate(document.subjects)
    )
    seen: set[str] = set()
    for s, subject in enumerate(document.subjects):
        if subject.parent is not None and subject.parent not in seen:
            yield ("subjects", s, "parent"), f"unknown parent “{subject.parent}” above {subject.name}"
        seen.add(subject.code)


def institutions(document: InstitutionsDocument) -> Iterator[Finding]:
    """Mistakes of levels and natures."""
    yield from _doubled((("levels", n), level) for n, level in enumerate(document.levels))
    yield from _doubled((("natures", n, "value"), nature.value) for n, nature in enumerate(document.natures))


def staff(document: StaffDocument) -> Iterator[Finding]:
    """Mistakes of genders, titles and practice categories."""
    yield from _doubled((("genders", n), gender) for n, gender in enumerate(document.genders))
    yield from _doubled((("titles", n, "kind"), entry.kind) for n, entry in enumerate(document.titles))
    yield from _doubled(
        (("practice", n, "category"), entry.category) for n, entry in enumerate(document.practice)
    )


def _naming(slug: str, version: str) -> Iterator[Finding]:
    if not _SLUG.fullmatch(slug):
        yield ("slug",), f"not lower-case words joined by hyphens: {slug}"
    if not _VERSION.fullmatch(version):
        yield ("version",), f"not a year and month like 2026-11: {version}"


def _belongs(code: str, parent: str, steps: Steps) -> Iterator[Finding]:
    if not code.startswith(f"{parent}-"):
        yield steps, f"code {code} does not begin with {parent}-"


def _doubled(codes: Iterable[tuple[Steps, str]]) -> Iterator[Finding]:
    seen: set[str] = set()
    for steps, code in codes:
        if code in seen:
            yield steps, f"doubled: {code}"
        seen.add(code)
