"""导出 of a list to Excel: which rows, and the job that writes them into a workbook.

A room offers its lists by name; what the file says is what the list's filter and columns say.
"""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlencode

from sqlalchemy import Select, func, select
from werkzeug.datastructures import MultiDict
from wtforms import Field, SelectField

from webapp.accounts.models import Kind, User
from webapp.catalog import catalog
from webapp.database import db, now, reading
from webapp.formats import day, minute
from webapp.jobs.models import Job
from webapp.jobs.performing import Product, Progress, Refused, performs
from webapp.lists.filters import Filter
from webapp.lists.paging import Place
from webapp.lists.workbook import Head, ListBook
from webapp.numbers import mask_id_number
from webapp.replica import caught_up, from_replica

KIND = "list"
CHUNK = 200


class Offer(NamedTuple):
    """A list that can be taken away: its name on screen, its filter, and what a user sees of it."""

    title: str
    filter: type[Filter]
    seen: Callable[[User], Select[Any]]


OFFERS: dict[str, Offer] = {}


class Wanted:
    """The rows of one list that a user wants to take away."""

    def __init__(self, name: str, user: User, values: MultiDict[str, str], number: str = "") -> None:
        """:param name: as in OFFERS
        :param values: what the list's filter is asked; what else there is goes unheard
        :param number: an ID number or its ends, for a filter that takes one
        """
        self.name, self.offer, self.number = name, OFFERS[name], number
        extra: dict[str, Any] = {"number": number} if number else {}
        self.filter = self.offer.filter(user, values, **extra)
        self.is_valid = self.filter.validate()
        # Those that the user has not hidden: the file shows what the list shows.
        self.columns = self.filter.columns
        self._seen = self.offer.seen(user)

    @property
    def masks_numbers(self) -> bool:
        """Whether the list shows numbers that it masks."""
        return any(column.full for column in self.columns)

    @property
    def conditions(self) -> list[tuple[str, str]]:
        """What the rows are narrowed by, in words."""
        asked = [(field.label.text, _said(field)) for field in self.filter if field.data]
        return asked + ([("身份证", mask_id_number(self.number))] if self.number else [])

    @property
    def back(self) -> str:
        """The address of the list as it was narrowed."""
        asked = urlencode(self.filter.asked)
        return f"{self.filter.url}?{asked}" if asked else self.filter.url

    def as_order(self) -> dict[str, Any]:
        """Return what :func:`take_away` needs to ask for the same again."""
        return {"list": self.name, "asked": self.filter.asked, "number": self.number, "back": self.back}

    def as_detail(self, full: bool, reason: str) -> dict[str, Any]:
        """Return what audit entries say of it; of an ID number only that one was asked for."""
        return {
            "list": self.name,
            "filter": self.filter.asked,
            "by_number": bool(self.number),
            "numbers": "full" if full else "masked",
            "reason": reason,
        }

    def count(self, most: int | None = None) -> int:
        """Count the rows, up to a number if one is given."""
        ids = self.filter.narrow(self._seen).with_only_columns(self.filter.MODEL.id).order_by(None)
        return db.session.scalar(select(func.count()).select_from(ids.limit(most).subquery())) or 0

    def lines(self, *, full: bool, written: str) -> Iterator[list[list[str]]]:
        """Yield what the cells of all rows say in the list's order, some rows at a time.

        Each time is a transaction of its own, and nothing of the rows is kept when it is over.

        :param full: with numbers in full
        :param written: how far a replica must have come to be read
        """
        says = [column.full if full and column.full else column.text for column in self.columns]
        keys = [by.column.key for by in self.filter.ORDER]
        after: Place | None = None

        def read() -> tuple[list[list[str]], Place | None]:
            with reading():
                found = self.filter.narrow(self._seen, after)
                rows = db.session.scalars(self.filter.first(found, CHUNK)).all()
                last = tuple(getattr(rows[-1], key) for key in keys) if len(rows) == CHUNK else None
                return [[say(row) for say in says] for row in rows], last

        while True:
            said, after = from_replica(read, written)
            yield said
            if after is None:
                return


def _said(field: Field) -> str:
    if isinstance(field, SelectField):
        return next(label for value, label, *_ in field.iter_choices() if value == field.data)
    return str(field.data)


@performs(KIND)
def take_away(job: Job, progress: Progress, folder: Path) -> Product:
    """Make the workbook of a list, with what its owner may see of it now."""
    order = job.order
    with reading():
        written = caught_up()
        wanted = Wanted(order["list"], job.owner, MultiDict(order["asked"]), order["number"])
        if not wanted.is_valid:
            raise Refused("查询条件已经不适用，可能是您负责的地区有了变化。请回到列表重新查询后再导出。")
        total = from_replica(wanted.count, written)
    progress.note(total=total)
    title, file = wanted.offer.title, folder / "list.xlsx"
    heads = [Head(column.title, column.kind) for column in wanted.columns]
    with ListBook(file, title, heads) as book:
        for lines in wanted.lines(full=order["full"], written=written):
            book.add(lines)
            progress(book.rows, total)
        book.explain(_explanation(job, wanted, book.rows))
    progress.note(done=book.rows, total=book.rows)
    detail = {**wanted.as_detail(order["full"], order["reason"]), "rows": book.rows}
    action = "numbers-exported" if order["full"] else "export-finished"
    return Product(file, f"{title}_{day(now())}.xlsx", detail, action)


def _explanation(job: Job, wanted: Wanted, rows: int) -> list[tuple[str, str]]:
    full, reason = job.order["full"], job.order["reason"]
    return [
        ("内容", wanted.offer.title),
        *(wanted.conditions or [("查询条件", "全部")]),
        ("条数", f"{rows:,}"),
        *([("证件号码和电话", "完整号码" if full else "已隐藏中间几位")] if wanted.masks_numbers else []),
        *([("用途", reason)] if reason else []),
        ("导出人", f"{job.owner.name}（{_role(job.owner)}）"),
        ("导出时间", minute(now())),
        ("编号", str(job.uuid)),
        ("提示", "文件含有机构和人员信息，请妥善保管，用完后删除。导出已留下记录。"),
    ]


def _role(user: User) -> str:
    titles = "、".join(user.role_titles)
    if user.kind != Kind.REVIEWER:
        return titles
    return f"{catalog().reference.region(user.district).name if user.district else '市级'}{titles}"
