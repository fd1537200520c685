"""What an inspection says, in the checklist's order, for reading: a draft's answers or a frozen record."""

from collections import Counter
from typing import NamedTuple, Self

from webapp.attachments.links import PhotoLink, photo_links
from webapp.attachments.models import Attachment
from webapp.catalog import Chapter, Item
from webapp.inspections.answers import Value
from webapp.inspections.models import Inspection

Answers = dict[str, tuple[str, str]]
Photos = dict[str, list[Attachment]]


class ItemContent(NamedTuple):
    """One item with its answer: ``yes``, ``no``, ``na``, or nothing yet."""

    item: Item
    value: str
    remark: str
    photos: list[PhotoLink]


class GroupContent(NamedTuple):
    """A ■ of the manual with its items."""

    title: str
    items: list[ItemContent]


class Counts(NamedTuple):
    """How many items have which answer."""

    yes: int
    no: int
    na: int
    unanswered: int

    @classmethod
    def of(cls, items: list[ItemContent]) -> Self:
        """Count the answers of some items."""
        found = Counter(item.value for item in items)
        return cls(found[Value.YES], found[Value.NO], found[Value.NA], found[""])

    @property
    def total(self) -> int:
        """All of them."""
        return sum(self)


class ChapterContent(NamedTuple):
    """大类 · 小类 with what it holds; ``counts`` are of the whole chapter, also where only 否 are listed."""

    chapter: Chapter
    groups: list[GroupContent]
    counts: Counts


class Content(NamedTuple):
    """A whole inspection; ``remark`` and ``photos`` are those that belong to no single item."""

    chapters: list[ChapterContent]
    totals: Counts
    remark: str
    photos: list[PhotoLink]
    only: str


def content_of(inspection: Inspection, only: str | None = None) -> Content:
    """Return what an inspection says; a submitted one speaks from its record alone.

    :param only: list just the items with this answer, and the chapters that have any
    """
    said, remark = _said(inspection)
    photos: Photos = {}
    for photo in inspection.photos:
        photos.setdefault(photo.item, []).append(photo.attachment)
    chapters = [_chapter(chapter, said, photos) for chapter in inspection.chapters]
    items = [item for chapter in chapters for group in chapter.groups for item in group.items]
    kept = only if only in set(Value) else ""
    return Content(
        chapters=_only(chapters, kept) if kept else chapters,
        totals=Counts.of(items),
        remark=remark,
        photos=photo_links(photos.get("", ()), "相关材料"),
        only=kept,
    )


def _said(inspection: Inspection) -> tuple[Answers, str]:
    """Answer and remark by item code, and the remark on the whole."""
    if inspection.record is not None:
        answers: dict[str, list[str]] = inspection.record["answers"]
        remark: str = inspection.record["remark"]
        return {code: (value, note) for code, (value, note) in answers.items()}, remark
    found = inspection.answers()
    whole = found.pop("", None)
    said = {code: (answer.value or "", answer.remark) for code, answer in found.items()}
    return said, whole.remark if whole else ""


def _chapter(chapter: Chapter, said: Answers, photos: Photos) -> ChapterContent:
    groups = [
        GroupContent(group.title, [_item(item, said, photos) for item in group.items])
        for group in chapter.subcategory.groups
    ]
    return ChapterContent(chapter, groups, Counts.of([item for group in groups for item in group.items]))


def _item(item: Item, said: Answers, photos: Photos) -> ItemContent:
    value, remark = said.get(item.code, ("", ""))
    shown = photo_links(photos.get(item.code, ()), f"第 {item.number} 项")
    return ItemContent(item, value, remark, shown)


def _only(chapters: list[ChapterContent], value: str) -> list[ChapterContent]:
    kept = []
    for chapter, groups, counts in chapters:
        having = [group._replace(items=[i for i in group.items if i.value == value]) for group in groups]
        having = [group for group in having if group.items]
        if having:
            kept.append(ChapterContent(chapter, having, counts))
    return kept
