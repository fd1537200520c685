"""What inspections ask and how they are answered: drawn once for many, since checklists are long."""

from typing import Any, NamedTuple

from webapp.catalog import Checklist, Item, catalog
from webapp.demo.cast import CLINIC, CLINIC_SCOPE, FEATURES, HOSPITAL, NOT_IN_HOSPITAL, REMARKS
from webapp.generate.draw import Draw
from webapp.inspections.answers import Value
from webapp.inspections.models import Inspection, InspectionKind

# How many different scopes institutions have, and how many different inspections are begun on each.
HOSPITALS, CLINICS, PLANS = 6, 12, 48
KEPT = 0.8
KINDS = (InspectionKind.FULL, InspectionKind.SPECIAL, InspectionKind.ROUTINE)
SHARES = (25, 30, 45)
FAULTLESS = 0.6
MOST_FAULTS = 5
REMARK = "现场核对发现登记不全，已当场提醒，限期补齐。"

Answers = dict[str, list[str]]


class Plan(NamedTuple):
    """One inspection as it can be carried out: what it asks, and the answers where nothing is wrong."""

    kind: InspectionKind
    extent: dict[str, Any]
    items: tuple[Item, ...]
    answers: Answers

    def answered(self, draw: Draw) -> Answers:
        """Return the answers, with some faults or none."""
        if draw.chance(FAULTLESS):
            return self.answers
        failing = draw.sample(self.items, min(draw.randint(1, MOST_FAULTS), len(self.items)))
        return self.answers | {item.code: [Value.NO, REMARKS.get(item.code, REMARK)] for item in failing}


class Profile(NamedTuple):
    """A scope that institutions of some size have, with the inspections that are begun on it."""

    scope: list[str]
    plans: list[Plan]


def profiles(draw: Draw) -> list[Profile]:
    """Return the profiles, those of hospitals first."""
    checklist = catalog().current_checklist()
    hospital = [code for code in checklist.subcategories if code not in NOT_IN_HOSPITAL]
    clinic = [code for code in checklist.subcategories if code in CLINIC_SCOPE]
    wholes = [(hospital, FEATURES[HOSPITAL])] * HOSPITALS + [(clinic, FEATURES[CLINIC])] * CLINICS
    return [_profile(checklist, whole, features, draw) for whole, features in wholes]


def profile_of(level: str, draw: Draw) -> int:
    """Return the number of a profile for an institution of a level."""
    if level in ("三级", "二级"):
        return draw.randrange(HOSPITALS)
    return HOSPITALS + draw.randrange(CLINICS)


def _profile(checklist: Checklist, whole: list[str], features: frozenset[str], draw: Draw) -> Profile:
    scope = [code for code in whole if draw.chance(KEPT)] or whole
    return Profile(scope, [_plan(checklist, scope, features, draw) for _ in range(PLANS)])


def _plan(checklist: Checklist, scope: list[str], features: frozenset[str], draw: Draw) -> Plan:
    kind = draw.choices(KINDS, SHARES)[0]
    part = _part(checklist, scope, kind, draw)
    items = checklist.items_in(part)
    answers: Answers = {
        item.code: [Value.YES if features.intersection(item.applies_to) else Value.NA, ""]
        for item in sorted(items, key=lambda item: item.code)
    }
    return Plan(kind, Inspection.extent(checklist, part), items, answers)


def _part(checklist: Checklist, scope: list[str], kind: InspectionKind, draw: Draw) -> list[str]:
    if kind == InspectionKind.FULL:
        return scope
    if kind == InspectionKind.SPECIAL:
        subject = checklist.subcategories[draw.choice(scope)].category
        return [code for code in scope if checklist.subcategories[code].category == subject]
    return draw.sample(scope, min(len(scope), draw.randint(2, 6)))
