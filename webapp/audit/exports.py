"""导出 Excel of the audit log."""

from typing import ClassVar

from flask import request
from flask_login import current_user
from werkzeug.wrappers import Response as AnyResponse

from webapp.access import allow, audits
from webapp.audit.log import COLUMNS, EntryFilter
from webapp.audit.models import AuditEntry
from webapp.audit.room import bp
from webapp.extensions import asking_user, limiter
from webapp.lists import export_pages
from webapp.lists.columns import Column
from webapp.lists.exports import OFFERS, Offer, Wanted

NAME = "audit"


class ExportedFilter(EntryFilter):
    """The same entries, with what proves them."""

    COLUMNS: ClassVar[tuple[Column, ...]] = (
        *COLUMNS,
        Column("previous_digest", "上一条校验码", lambda row: row.previous_digest or ""),
        Column("digest", "校验码", lambda row: row.digest),
    )


OFFERS[NAME] = Offer("审计日志", ExportedFilter, AuditEntry.visible_to)


@bp.get("/export")
@allow(audits)
def export() -> AnyResponse:
    """导出 Excel: what will be in it."""
    return export_pages.question(Wanted(NAME, current_user, request.args))


@bp.post("/export/start")
@limiter.limit("30 per hour", key_func=asking_user)
@allow(audits)
def start_export() -> AnyResponse:
    """开始导出."""
    return export_pages.start(Wanted(NAME, current_user, request.form))
