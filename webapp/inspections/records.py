"""Records of inspections: the list with its query, and one record (manual 1.2.5 and 1.3.3)."""

from datetime import date
from typing import Any
from uuid import UUID

from flask import abort, flash, request, url_for
from flask_login import current_user
from sqlalchemy import Select, tuple_
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response as AnyResponse

from webapp.access import allow, inspects, reads_inspections
from webapp.accounts.models import User
from webapp.catalog import catalog
from webapp.database import db
from webapp.fragments import go_to, page_or_fragment
from webapp.inspections.content import content_of
from webapp.inspections.discarded import discard
from webapp.inspections.filling import fill_page
from webapp.inspections.forms import QueryForm
from webapp.inspections.listing import listed
from webapp.inspections.models import Inspection
from webapp.inspections.room import bp

PAGE = 20


@bp.get("/inspections")
@allow(reads_inspections)
def records() -> AnyResponse:
    """自查记录: newest first, narrowed by the query, twenty at a time."""
    user: User = current_user
    form = QueryForm(_categories_of(user), request.args)
    valid = form.validate()
    query = _narrowed(listed(Inspection.visible_to(user)), form) if valid else None
    found = _page(query, request.args) if query is not None else []
    more = found[PAGE:] and url_for(".records", **_query_after(found[PAGE - 1]))
    return page_or_fragment(
        "inspections/records.html",
        "inspections/_results.html" if "after" not in request.args else "inspections/_records.html",
        status=200 if valid else 422,
        form=form,
        inspections=found[:PAGE],
        more=more,
        may_start=inspects(user),
    )


def _categories_of(user: User) -> list[Any]:
    """大类 that the institution's scope touches: only these can be asked for."""
    checklist = catalog().current_checklist()
    scope = user.institution.scope if user.institution else []
    return list({chapter.category.code: chapter.category for chapter in checklist.chapters(scope)}.values())


def _narrowed(query: Select[Inspection], form: QueryForm) -> Select[Inspection]:
    if form.start.data:
        query = query.where(Inspection.inspected_on >= form.start.data)
    if form.end.data:
        query = query.where(Inspection.inspected_on <= form.end.data)
    if form.category.data:
        query = query.where(Inspection.touches(form.category.data))
    return query


def _page(query: Select[Inspection], args: MultiDict[str, str]) -> list[Inspection]:
    """One page and one more row, which tells whether there is another page."""
    after = _position(args.get("after", ""))
    if after is not None:
        query = query.where(tuple_(Inspection.inspected_on, Inspection.id) < after)
    newest = query.order_by(Inspection.inspected_on.desc(), Inspection.id.desc())
    return list(db.session.scalars(newest.limit(PAGE + 1)))


def _position(text: str) -> tuple[date, int] | None:
    day, _, number = text.partition("_")
    try:
        return date.fromisoformat(day), int(number)
    except ValueError:
        return None


def _query_after(last: Inspection) -> dict[str, Any]:
    kept: dict[str, Any] = {
        name: value for name, value in request.args.items() if name in ("start", "end", "category")
    }
    return {**kept, "after": f"{last.inspected_on.isoformat()}_{last.id}"}


@bp.get("/inspections/<uuid:inspection_uuid>")
@allow(reads_inspections)
def show(inspection_uuid: UUID) -> AnyResponse:
    """自查填报 while it is one's own draft, 自查记录详情 after."""
    user: User = current_user
    inspection = db.first_or_404(Inspection.visible_to(user).where(Inspection.uuid == inspection_uuid))
    if inspection.is_draft and inspection.inspector_id == user.id and inspects(user):
        return fill_page(inspection)
    return page_or_fragment(
        "inspections/detail.html",
        "inspections/_detail.html",
        inspection=inspection,
        content=content_of(inspection, request.args.get("only")),
    )


@bp.post("/inspections/<uuid:inspection_uuid>/deletion")
@allow(inspects)
def delete(inspection_uuid: UUID) -> AnyResponse:
    """删除 a draft of one's own."""
    inspection = db.first_or_404(Inspection.draft_of(current_user, inspection_uuid))
    if not inspection.is_draft:
        abort(409)
    discard(inspection, by=current_user)
    flash("草稿已删除。", "success")
    return go_to(url_for(".records"))
