"""医疗机构人员查询: the list with its query (manual 1.2.4)."""

from typing import Any
from uuid import UUID

from flask import request, url_for
from flask_login import current_user
from sqlalchemy import Select, select
from sqlalchemy.orm import joinedload
from werkzeug.wrappers import Response as AnyResponse

from webapp.access import administers, allow
from webapp.accounts.models import User
from webapp.accounts.staff.forms import StaffQuery
from webapp.accounts.staff.room import bp
from webapp.database import db
from webapp.fragments import page_or_fragment

PAGE = 20


@bp.get("")
@allow(administers)
def index() -> AnyResponse:
    """Newest first, narrowed by the query, twenty at a time."""
    form = StaffQuery(current_user.institution, request.args)
    valid = form.validate()
    found = db.session.scalars(_narrowed(form).limit(PAGE + 1)).all() if valid else []
    return page_or_fragment(
        "staff/list.html",
        "staff/_rows.html" if "after" in request.args else "staff/_results.html",
        status=200 if valid else 422,
        form=form,
        staff=found[:PAGE],
        more=found[PAGE:] and url_for(".index", **_query_after(form, found[PAGE - 1])),
    )


def _narrowed(form: StaffQuery) -> Select[User]:
    query = User.visible_to(current_user).options(joinedload(User.department)).order_by(User.id.desc())
    if form.department.data:
        departments = current_user.institution.departments
        wanted = next(d.id for d in departments if str(d.uuid) == form.department.data)
        query = query.where(User.department_id == wanted)
    if form.name.data:
        query = query.where(User.name.contains(form.name.data, autoescape=True))
    after = _uuid(request.args.get("after", ""))
    if after is not None:
        place = select(User.id).where(User.uuid == after, User.institution_id == current_user.institution_id)
        query = query.where(User.id < place.scalar_subquery())
    return query


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _query_after(form: StaffQuery, last: User) -> dict[str, Any]:
    return {"department": form.department.data or None, "name": form.name.data or None, "after": last.uuid}
