"""审计日志: the entries with filters, and one of them."""

from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from flask import Response, render_template
from flask_login import current_user
from sqlalchemy import ColumnElement, Select
from wtforms import SelectChoice, StringField, ValidationError  # type: ignore[attr-defined]

from webapp.access import allow, audits
from webapp.audit.models import AuditEntry
from webapp.audit.room import bp
from webapp.audit.verification import check
from webapp.audit.wording import ACTIONS, GROUPS, SUBJECTS, details, fault_said, said
from webapp.database import db
from webapp.fields import TextLine
from webapp.formats import LOCAL, second
from webapp.lists.columns import Column
from webapp.lists.filters import ALL, Choice, DatedFilter
from webapp.lists.pages import trail_of
from webapp.lists.paging import By

LIST = "audit.index"
CHOICES = [SelectChoice("", "全部")] + [
    SelectChoice(action, title, optgroup=group)
    for group, actions in GROUPS.items()
    for action, title in actions.items()
]


def action_title(entry: AuditEntry) -> str:
    """What was done, in words."""
    return ACTIONS.get(entry.action, entry.action)


def about(entry: AuditEntry) -> str:
    """What it was done to, in words; nothing where there is nothing."""
    kind = SUBJECTS.get(entry.subject_kind, entry.subject_kind)
    return " · ".join(part for part in (kind, entry.subject_title) if part)


COLUMNS: tuple[Column, ...] = (
    Column("at", "时间", lambda row: second(row.at), look="nowrap"),
    Column("name", "人员", lambda row: row.name, look="nowrap"),
    Column("office", "身份", lambda row: row.office),
    Column("action", "事项", action_title, look="nowrap"),
    Column("about", "对象", about),
    Column("detail", "内容", lambda row: said(row.detail)),
    Column("address", "来源地址", lambda row: row.address, look="nowrap"),
    Column("place", "编号", lambda row: row.place, look="nowrap"),
)


class EntryFilter(DatedFilter):
    """Entries, the newest first."""

    ENDPOINT, MODEL = LIST, AuditEntry
    ORDER = (By(AuditEntry.at, falling=True), By(AuditEntry.id, falling=True))
    COLUMNS, SORTED = COLUMNS, "按时间由近到远"
    name = TextLine("人员", max_length=50)
    action = Choice("事项", choices=CHOICES, default="")
    kind = Choice("对象类别", choices=ALL | SUBJECTS, default="")
    title = TextLine("对象名称", max_length=200)
    subject = StringField("同一对象")

    def validate_subject(self, field: StringField) -> None:
        """Take an identifier as entries have it."""
        try:
            self.same = UUID(field.data) if field.data else None
        except ValueError as error:
            raise ValidationError("这不是对象的编号，请从记录详情进入") from error

    def matching(self, seen: Select[Any]) -> Select[Any]:
        """Return the entries that the fields ask for, but for the days."""
        if self.name.data:
            seen = seen.where(AuditEntry.name == self.name.data)
        if self.action.data:
            seen = seen.where(AuditEntry.action == self.action.data)
        if self.kind.data:
            seen = seen.where(AuditEntry.subject_kind == self.kind.data)
        if self.title.data:
            seen = seen.where(AuditEntry.subject_title == self.title.data)
        if self.subject.data:
            seen = seen.where(AuditEntry.subject == self.same)
        return seen

    def range(self, *, lower: bool = True, upper: bool = True) -> list[ColumnElement[bool]]:
        """Return the conditions of the days, as moments in Chongqing."""
        since = [AuditEntry.at >= _midnight(self.start.data)] if lower and self.start.data else []
        end: date | None = self.end.data
        until = [AuditEntry.at < _midnight(end + timedelta(days=1))] if upper and end else []
        return since + until

    def name_of(self, row: AuditEntry) -> str:
        """What an entry is called beside others."""
        return f"{second(row.at)} {row.name} {action_title(row)}"


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), LOCAL)


@bp.get("")
@allow(audits)
def index() -> Response:
    """审计日志."""
    return EntryFilter(current_user).listing(AuditEntry.visible_to(current_user))


@bp.get("/<uuid:entry_uuid>")
@allow(audits)
def entry(entry_uuid: UUID) -> str:
    """记录详情, with a fresh check of this entry."""
    seen = AuditEntry.visible_to(current_user)
    found: AuditEntry = db.one_or_404(seen.where(AuditEntry.uuid == entry_uuid))
    beside = EntryFilter.beside(current_user)
    stretch = check(found.chain, after=found.number - 1, limit=1)
    return render_template(
        "audit/entry.html",
        entry=found,
        action=action_title(found),
        kind=SUBJECTS.get(found.subject_kind, found.subject_kind),
        details=list(details(found.detail)),
        flaw=stretch.fault and fault_said(stretch.fault),
        trail=trail_of(beside, seen, found),
    )
