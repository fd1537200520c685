"""What changed between two versions of a checklist or of the demerit rules, item by item."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from difflib import SequenceMatcher
from enum import StrEnum

import msgspec

from .checklist import Checklist, Item
from .demerit_rules import DemeritItem, DemeritRules

Version = Checklist | DemeritRules
# A text up to so long is taken as a whole.
SHORT = 12
# A piece of a text, and whether the other version lacks it.
Piece = tuple[str, bool]


class Kind(StrEnum):
    """In which way an item changed; several may hold at once."""

    ADDED = "added"
    REMOVED = "removed"
    REWORDED = "reworded"
    RECITED = "recited"
    OTHERWISE = "otherwise"


class Facet(msgspec.Struct, frozen=True):
    """One thing that an item says, in both versions; empty where a version has no such item."""

    name: str
    before: str
    after: str

    @property
    def changed(self) -> bool:
        """Whether the versions differ in it."""
        return self.before != self.after

    @property
    def pieces(self) -> tuple[list[Piece], list[Piece]]:
        """Both texts in pieces, so that a page can mark what the other one lacks.

        Where one is missing there is nothing to compare with; of two short ones, such as dates, one would
        not want to puzzle the changed figures together.
        """
        if not (self.before and self.after):
            return [(self.before, False)], [(self.after, False)]
        if max(len(self.before), len(self.after)) <= SHORT:
            return [(self.before, self.changed)], [(self.after, self.changed)]
        before: list[Piece] = []
        after: list[Piece] = []
        matcher = SequenceMatcher(None, self.before, self.after, autojunk=False)
        for tag, i, j, k, m in matcher.get_opcodes():
            before += [(self.before[i:j], tag != "equal")] if j > i else []
            after += [(self.after[k:m], tag != "equal")] if m > k else []
        return before, after


class Change(msgspec.Struct, frozen=True):
    """An item that is not the same in both versions."""

    code: str
    number: str
    kinds: frozenset[Kind]
    facets: tuple[Facet, ...]


TEXT, CITATION = "文字", "依据"
EVERYBODY = {"all": "全部"}
_PLACES = {TEXT: Kind.REWORDED, CITATION: Kind.RECITED}


def compare(before: Version, after: Version) -> list[Change]:
    """Return what changed, in the order of the later version, with what it lacks at the end."""
    old, new = _described(before), _described(after)
    numbers = _numbers(before) | _numbers(after)
    codes = [*new, *(code for code in old if code not in new)]
    changes = (_change(code, numbers[code], old.get(code, {}), new.get(code, {})) for code in codes)
    return [change for change in changes if change.kinds]


def compare_wholes(before: Version, after: Version) -> list[Facet]:
    """Return what the versions say differently of themselves: title, cycle, thresholds, objections."""
    old, new = _whole(before), _whole(after)
    facets = (Facet(name, old.get(name, ""), new.get(name, "")) for name in {**old, **new})
    return [facet for facet in facets if facet.changed]


def _change(code: str, number: str, old: Mapping[str, str], new: Mapping[str, str]) -> Change:
    facets = tuple(Facet(name, old.get(name, ""), new.get(name, "")) for name in {**old, **new})
    if not old or not new:
        return Change(code, number, frozenset({Kind.REMOVED if old else Kind.ADDED}), facets)
    changed = [facet for facet in facets if facet.changed]
    kinds = frozenset(_PLACES.get(facet.name, Kind.OTHERWISE) for facet in changed)
    # The text stands with every change, so that one sees what it is about.
    return Change(code, number, kinds, tuple(f for f in facets if f.changed or f.name == TEXT))


def _numbers(version: Version) -> dict[str, str]:
    return {code: item.number for code, item in version.items.items()}


def _described(version: Version) -> dict[str, dict[str, str]]:
    return dict(_of_checklist(version) if isinstance(version, Checklist) else _of_rules(version))


def _of_checklist(checklist: Checklist) -> Iterator[tuple[str, dict[str, str]]]:
    for chapter in checklist.all_chapters:
        for group in chapter.subcategory.groups:
            place = f"{chapter.category.title} / {chapter.subcategory.title} / {group.title}"
            for item in group.items:
                yield item.code, _facets(item, 位置=place, 罚则=item.penalty or "")


def _of_rules(rules: DemeritRules) -> Iterator[tuple[str, dict[str, str]]]:
    for article in rules.articles:
        for item in article.items:
            yield item.code, _facets(item, 位置=article.title, 分值=f"{item.points} 分")


def _facets(item: Item | DemeritItem, **more: str) -> dict[str, str]:
    verified = "" if item.verified else "（条号待核）"
    cited = f"{item.citation}{verified}" if item.citation else ""
    more |= {
        "适用": "、".join(EVERYBODY.get(kind, kind) for kind in item.applies_to),
        "备注": item.note or "",
    }
    return {name: text for name, text in {TEXT: item.text, CITATION: cited, **more}.items() if text}


def _whole(version: Version) -> dict[str, str]:
    said = {"名称": version.title, "生效日期": version.effective_from.isoformat()}
    if isinstance(version, DemeritRules):
        thresholds = (f"{t.points} 分：{t.consequence}" for t in version.thresholds)
        said |= {
            "记分周期": f"{version.cycle.months} 个月",
            "阈值": "；".join(thresholds),
            "陈述申辩期限": f"{version.objection_days} 天",
            "说明": version.notice,
        }
    return said
