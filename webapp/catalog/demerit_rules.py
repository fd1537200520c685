"""A version of the demerit rules: articles 第一条…第五条 are the tiers, points are exact (halves exist)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from types import MappingProxyType

import msgspec

from .documents import ArticleEntry, Cycle, DemeritDocument, Evidence, Objection


class DemeritItem(msgspec.Struct, frozen=True, kw_only=True):
    """One behaviour and its points; `tier` is the code of the rules' article it stands in."""

    code: str
    number: str
    text: str
    points: Decimal
    tier: str
    evidence: str
    source: str
    law: str | None
    article: str | None
    verified: bool | None
    applies_to: tuple[str, ...]
    note: str | None

    @property
    def citation(self) -> str | None:
        """《医师法》第五十五条第（一）项, or None where no law is behind the item."""
        return f"《{self.law}》{self.article}" if self.law else None


class Article(msgspec.Struct, frozen=True, kw_only=True):
    """第一条 with its summary (一次记1分) and items."""

    code: str
    title: str
    summary: str
    items: tuple[DemeritItem, ...]


class Threshold(msgspec.Struct, frozen=True, kw_only=True):
    """What follows when a person's points within the cycle reach `points`."""

    points: Decimal
    consequence: str
    evidence: Evidence


class DemeritRules(msgspec.Struct, frozen=True, kw_only=True):
    """One immutable version; `notice` is shown on pages, `digest` is the SHA-256 of its file as hex."""

    slug: str
    version: str
    title: str
    notice: str
    effective_from: date
    digest: str
    cycle: Cycle
    thresholds: tuple[Threshold, ...]
    objection: Objection
    articles: tuple[Article, ...]
    items: Mapping[str, DemeritItem]

    @classmethod
    def build(cls, document: DemeritDocument, digest: str) -> DemeritRules:
        """The rules of a file that has passed its checks."""
        articles = tuple(_article(entry) for entry in document.articles)
        return cls(
            slug=document.slug,
            version=document.version,
            title=document.title,
            notice=document.notice,
            effective_from=document.effective_from,
            digest=digest,
            cycle=document.cycle,
            thresholds=tuple(
                Threshold(
                    points=Decimal(entry.points), consequence=entry.consequence, evidence=entry.evidence
                )
                for entry in document.thresholds
            ),
            objection=document.objection,
            articles=articles,
            items=MappingProxyType({item.code: item for article in articles for item in article.items}),
        )

    @property
    def key(self) -> str:
        """chongqing-reference/2026-11"""
        return f"{self.slug}/{self.version}"

    @property
    def objection_days(self) -> int:
        """How many days a person has to object to an entry."""
        return self.objection.days


def _article(entry: ArticleEntry) -> Article:
    items = tuple(
        DemeritItem(**{**msgspec.structs.asdict(item), "points": Decimal(item.points), "tier": entry.code})
        for item in entry.items
    )
    return Article(code=entry.code, title=entry.title, summary=entry.summary, items=items)
