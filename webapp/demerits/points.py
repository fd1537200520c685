"""Points are exact: halves exist, and every database keeps them as whole half points."""

from collections.abc import Collection, Iterable
from decimal import Decimal
from typing import NamedTuple

from sqlalchemy import Integer
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator

from webapp.catalog import Article, DemeritItem, DemeritRules


class Points(TypeDecorator[Decimal]):
    """A column of points, kept as the number of half points; sums of it are exact."""

    impl = Integer
    cache_ok = True

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> int | None:
        return None if value is None else int(value * 2)

    def process_result_value(self, value: int | None, dialect: Dialect) -> Decimal | None:
        return None if value is None else Decimal(value) / 2


class ArticleTally(NamedTuple):
    """第一条…第五条 with what is ticked in it."""

    article: Article
    ticked: tuple[DemeritItem, ...]
    subtotal: Decimal


class Tally(NamedTuple):
    """All articles with their subtotals, and the total."""

    articles: tuple[ArticleTally, ...]
    total: Decimal


def tally(rules: DemeritRules, codes: Collection[str]) -> Tally:
    """Add up the ticked items of a version of the rules; unknown codes count nothing."""
    articles = []
    for article in rules.articles:
        ticked = tuple(item for item in article.items if item.code in codes)
        articles.append(ArticleTally(article, ticked, sum_of(item.points for item in ticked)))
    return Tally(tuple(articles), sum_of(article.subtotal for article in articles))


def sum_of(points: Iterable[Decimal]) -> Decimal:
    """Add up whole and half points, so that the sum is written 2, not 2.0, as the database gives it back."""
    return Decimal(sum(int(value * 2) for value in points)) / 2
