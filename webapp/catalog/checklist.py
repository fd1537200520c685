"""A version of an inspection checklist, with every lookup a page needs made beforehand.

The levels are those of the manual: part (第一部分) → 大类 → 小类 → group (■) → item.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import date
from types import MappingProxyType

import msgspec

from .documents import CategoryEntry, InspectionDocument, ItemEntry, PartEntry, SubcategoryEntry


class Item(ItemEntry, frozen=True, kw_only=True):
    """A requirement in its place: `number` as shown ("1.3": chapter, position), `subcategory` a code."""

    number: str
    subcategory: str

    @property
    def citation(self) -> str:
        """《医疗机构管理条例》第十四条"""
        return f"《{self.law}》{self.article}"


class Group(msgspec.Struct, frozen=True, kw_only=True):
    """A ■ of the manual."""

    title: str
    items: tuple[Item, ...]


class Subcategory(msgspec.Struct, frozen=True, kw_only=True):
    """A 小类; `number` is its position in the whole checklist, `category` the 大类's code."""

    code: str
    title: str
    number: int
    category: str
    groups: tuple[Group, ...]
    items: tuple[Item, ...]


class Category(msgspec.Struct, frozen=True, kw_only=True):
    """A 大类."""

    code: str
    title: str
    subcategories: tuple[Subcategory, ...]


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """第一部分 …"""

    code: str
    title: str
    categories: tuple[Category, ...]


class Chapter(msgspec.Struct, frozen=True, kw_only=True):
    """A 小类 together with what it stands under."""

    part: Part
    category: Category
    subcategory: Subcategory


class Checklist(msgspec.Struct, frozen=True, kw_only=True):
    """One immutable version; `digest` is the SHA-256 of its file as hex. Mappings are in the file's order."""

    slug: str
    version: str
    title: str
    effective_from: date
    digest: str
    parts: tuple[Part, ...]
    categories: Mapping[str, Category]
    subcategories: Mapping[str, Subcategory]
    items: Mapping[str, Item]
    all_chapters: tuple[Chapter, ...]

    @classmethod
    def build(cls, document: InspectionDocument, digest: str) -> Checklist:
        """The checklist of a file that has passed its checks."""
        parts = tuple(_parts(document.parts))
        categories = [category for part in parts for category in part.categories]
        subcategories = [subcategory for category in categories for subcategory in category.subcategories]
        return cls(
            slug=document.slug,
            version=document.version,
            title=document.title,
            effective_from=document.effective_from,
            digest=digest,
            parts=parts,
            categories=MappingProxyType({category.code: category for category in categories}),
            subcategories=MappingProxyType({subcategory.code: subcategory for subcategory in subcategories}),
            items=MappingProxyType({item.code: item for sub in subcategories for item in sub.items}),
            all_chapters=tuple(_chapters(parts)),
        )

    @property
    def key(self) -> str:
        """medical-institution/2026-11"""
        return f"{self.slug}/{self.version}"

    def chapters(self, scope: Collection[str]) -> tuple[Chapter, ...]:
        """The chapters whose 小类 code is in the scope; codes this version does not have are passed over."""
        return tuple(chapter for chapter in self.all_chapters if chapter.subcategory.code in scope)

    def items_in(self, scope: Collection[str]) -> tuple[Item, ...]:
        """The items of those chapters."""
        return tuple(item for chapter in self.chapters(scope) for item in chapter.subcategory.items)

    def category_titles(self, scope: Collection[str]) -> tuple[str, ...]:
        """The 大类 that the scope touches, as lists show them: 机构执业、医疗文书."""
        return tuple(dict.fromkeys(chapter.category.title for chapter in self.chapters(scope)))

    def expand(self, codes: Iterable[str]) -> frozenset[str]:
        """The 小类 codes meant, where the code of a 大类 stands for all of its 小类.

        Raises KeyError for a code that is neither.
        """
        return frozenset(found for code in codes for found in self._expanded(code))

    def _expanded(self, code: str) -> tuple[str, ...]:
        if code in self.categories:
            return tuple(subcategory.code for subcategory in self.categories[code].subcategories)
        return (self.subcategories[code].code,)


def _parts(entries: Iterable[PartEntry]) -> Iterator[Part]:
    number = 0
    for part in entries:
        categories = []
        for category in part.categories:
            categories.append(_category(category, number))
            number += len(category.subcategories)
        yield Part(code=part.code, title=part.title, categories=tuple(categories))


def _category(entry: CategoryEntry, before: int) -> Category:
    subcategories = enumerate(entry.subcategories, start=before + 1)
    return Category(
        code=entry.code,
        title=entry.title,
        subcategories=tuple(
            _subcategory(subcategory, entry.code, number) for number, subcategory in subcategories
        ),
    )


def _subcategory(entry: SubcategoryEntry, category: str, number: int) -> Subcategory:
    groups: list[Group] = []
    items: list[Item] = []
    for group in entry.groups:
        here = tuple(
            Item(**msgspec.structs.asdict(item), number=f"{number}.{position}", subcategory=entry.code)
            for position, item in enumerate(group.items, start=len(items) + 1)
        )
        groups.append(Group(title=group.title, items=here))
        items += here
    return Subcategory(
        code=entry.code,
        title=entry.title,
        number=number,
        category=category,
        groups=tuple(groups),
        items=tuple(items),
    )


def _chapters(parts: Iterable[Part]) -> Iterator[Chapter]:
    for part in parts:
        for category in part.categories:
            for subcategory in category.subcategories:
                yield Chapter(part=part, category=category, subcategory=subcategory)
