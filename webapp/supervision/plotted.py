"""The plots of the work desk, made of the figures that are kept beside the records."""

from collections import defaultdict
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from sqlalchemy import case, func, select

from webapp.catalog import DemeritRules, Item, catalog
from webapp.database import db
from webapp.demerits.figures import DemeritFigures, DemeritItemFigures
from webapp.demerits.points import sum_of
from webapp.inspections.figures import CategoryFigures, InspectionFigures, ItemFigures
from webapp.inspections.models import InspectionKind
from webapp.institutions.models import Institution, Status
from webapp.supervision.desk import district_name
from webapp.supervision.periods import Period
from webapp.supervision.plots import Cell, Line, Plot, PlotFilter
from webapp.supervision.waiting import handed_in

MOST_FAILED = 10
ZERO = Decimal(0)


def submissions(form: PlotFilter) -> Plot:
    """上报的自查 by month and kind."""
    table = InspectionFigures
    sums = select(table.month, table.kind, func.sum(table.submitted)).where(form.within(table))
    found = {
        (month, kind): count for month, kind, count in db.session.execute(sums.group_by("month", "kind"))
    }
    lines = []
    for month in form.span.months:
        days = Period("", month, month).days
        counts = [found.get((month, kind), 0) for kind in InspectionKind]
        cells = [
            Cell.of(count, form.list_of("inspections", **days, kind=kind))
            for kind, count in zip(InspectionKind, counts, strict=True)
        ]
        total = Cell.of(sum(counts), form.list_of("inspections", **days))
        lines.append(Line(f"{month:%Y-%m}", [*cells, total]))
    kinds = [kind.label for kind in InspectionKind]
    return Plot("columns", ["月份", *kinds, "合计"], lines, len(kinds), unit="次")


def completion(form: PlotFilter) -> Plot:
    """Which part of the institutions handed in anything, by district or level; the least first."""
    key = Institution.level if form.by_level else Institution.district
    approved = Institution.visible_to(form.user).where(Institution.status == Status.APPROVED)
    if form.district.data:
        approved = approved.where(Institution.district == form.district.data)
    if form.level.data:
        approved = approved.where(Institution.level == form.level.data)
    done = func.sum(case((handed_in(form.span), 1), else_=0))
    counts = approved.with_only_columns(key, func.count(), done).group_by(key)
    rows = [(name, total, int(some)) for name, total, some in db.session.execute(counts)]
    rows.sort(key=lambda row: (row[2] / row[1], row[0]))
    lines = [_completed(form, *row) for row in rows]
    head = "机构级别" if form.by_level else "区县"
    return Plot("bars", [head, "完成率", "已上报", "未上报"], lines, 1, unit="%")


def _completed(form: PlotFilter, name: str, total: int, done: int) -> Line:
    own = {"level": name} if form.by_level else {"district": name}
    every, some, none = (
        form.list_of("institutions", period=form.period.data, **own, state=state)
        for state in ("", "done", "missing")
    )
    title = name if form.by_level else district_name(name)
    return Line(title, [_share(done, total, every), Cell.of(done, some), Cell.of(total - done, none)])


def failures(form: PlotFilter) -> Plot:
    """The items most often answered 否, with their law."""
    table = ItemFigures
    # By month first: the key's own order then groups the many rows, and only a few are left to sort.
    monthly = (
        select(table.checklist, table.item, func.sum(table.failed).label("failed"))
        .where(form.within(table))
        .group_by(table.month, table.checklist, table.item)
        .subquery()
    )
    count = func.sum(monthly.c.failed)
    most = (
        select(monthly.c.checklist, monthly.c.item, count)
        .group_by(monthly.c.checklist, monthly.c.item)
        .order_by(count.desc(), monthly.c.checklist, monthly.c.item)
        .limit(MOST_FAILED)
    )
    lines = []
    for slug, code, failed in db.session.execute(most):
        item = item_called(slug, code)
        href = form.list_of("inspections", **form.span.days, item=code)
        lines.append(Line(f"{item.number} {item.text}", [Cell.of(failed, href)], item.citation))
    return Plot("bars", ["自查条目", "答“否”次数"], lines, 1, unit="次")


def item_called(slug: str, code: str) -> Item:
    """Return an item of a checklist in its newest wording. Raises KeyError."""
    versions = sorted(catalog().checklists.values(), key=lambda version: version.effective_from, reverse=True)
    return next(v.items[code] for v in versions if v.slug == slug and code in v.items)


def demerits(form: PlotFilter) -> Plot:
    """Points by month and article of the rules, withdrawn entries left out."""
    rules = catalog().current_demerit_rules()
    table = DemeritItemFigures
    sums = select(table.month, table.item, func.sum(table.points)).where(form.within(table))
    found: defaultdict[tuple[date, str], Decimal] = defaultdict(Decimal)
    for month, item, points in db.session.execute(sums.group_by(table.month, table.item)):
        found[month, _article_of(item, rules)] += points
    lines = []
    for month in form.span.months:
        days = Period("", month, month).days
        counts = {article.code: found[month, article.code] for article in rules.articles}
        cells = [
            Cell.of(count, form.list_of("demerits", **days, article=code)) for code, count in counts.items()
        ]
        total = Cell.of(sum_of(counts.values()), form.list_of("demerits", **days))
        lines.append(Line(f"{month:%Y-%m}", [*cells, total]))
    heads = ["月份", *(article.title for article in rules.articles), "合计"]
    remark = _taken_off(form, sum_of(found.values()))
    return Plot("columns", heads, lines, len(rules.articles), remark, "分")


def _article_of(item: str, rules: DemeritRules) -> str:
    for version in (rules, *catalog().rules.values()):
        if item in version.items:
            return version.items[item].tier
    raise KeyError(item)


def _taken_off(form: PlotFilter, standing: Decimal) -> str:
    """What the reviewers' decisions took off, in words.

    :param standing: the points of the entries that were not wholly withdrawn
    """
    table = DemeritFigures
    sums = select(func.sum(table.withdrawn), func.sum(table.points), func.sum(table.points_off))
    withdrawn, points, off = db.session.execute(sums.where(form.within(table))).one()
    part = sum_of([standing, -(points or ZERO), off or ZERO])
    told = [f"已撤销的 {withdrawn} 条不计入"] if withdrawn else []
    told += [f"部分成立减去的 {part} 分没有分到条款"] if part else []
    return "；".join(told)


def skipped(form: PlotFilter) -> Plot:
    """The share of 合理缺项 in each 大类, the largest first."""
    table = CategoryFigures
    sums = select(table.category, func.sum(table.skipped), func.sum(table.items)).where(form.within(table))
    counts = [(code, some, items) for code, some, items in db.session.execute(sums.group_by(table.category))]
    counts.sort(key=lambda row: (-row[1] / row[2], row[0]))
    lines = [
        Line(_title_of(code), [_share(some, items, _category(form, code)), Cell.of(some), Cell.of(items)])
        for code, some, items in counts
    ]
    return Plot("bars", ["大类", "占比", "合理缺项", "全部条目"], lines, 1, unit="%")


def _category(form: PlotFilter, code: str) -> str:
    """The list of inspections that touch a 大类."""
    return form.list_of("inspections", **form.span.days, category=code)


def _title_of(category: str) -> str:
    versions = catalog().checklists.values()
    return next(v.categories[category].title for v in versions if category in v.categories)


def _share(part: int, whole: int, href: str) -> Cell:
    share = 100 * part / whole
    return Cell(round(share, 1), f"{share:.1f}%", href)


class Kind(NamedTuple):
    """What a plot is called, what makes it, and what is said when there is nothing to be seen."""

    title: str
    make: Callable[[PlotFilter], Plot]
    empty: str


KINDS = {
    "submissions": Kind("每月上报的自查", submissions, "这段时间没有上报的自查"),
    "completion": Kind("自查完成率", completion, "没有已通过审核的机构"),
    "failures": Kind("答“否”最多的条目", failures, "这段时间没有答“否”的条目"),
    "demerits": Kind("每月不良记分", demerits, "这段时间没有上报的不良记分"),
    "skipped": Kind("合理缺项占比", skipped, "这段时间没有上报的自查"),
}
