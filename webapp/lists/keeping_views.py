"""Keeping a list's filters under a name, and choosing its columns."""

from typing import Any
from urllib.parse import parse_qsl
from uuid import UUID

from flask import Blueprint, Response, abort, current_app, flash, request
from flask_login import current_user
from flask_wtf import FlaskForm
from sqlalchemy import select
from werkzeug.datastructures import MultiDict
from werkzeug.local import LocalProxy
from werkzeug.wrappers import Response as AnyResponse

from webapp.access import Rule, allow, signed_in
from webapp.database import db
from webapp.fields import Required, TextLine
from webapp.fragments import go_to, page_or_fragment
from webapp.lists.filters import Filter
from webapp.lists.keeping import MOST_FILTERS, NAME_LENGTH, HiddenColumns, SavedFilter, TooMany
from webapp.words import Words

bp = Blueprint("lists", __name__, url_prefix="/lists")


class NameForm(FlaskForm):
    """A name for the filters of a list as it stands."""

    # A list may have a filter that is called name.
    name = TextLine("筛选名称", [Required(), Words()], max_length=NAME_LENGTH, id="filter-name")


@bp.app_context_processor
def naming() -> dict[str, Any]:
    """The empty form beside each list."""
    return {"naming": LocalProxy(lambda: NameForm(formdata=None))}


@bp.post("/filters")
@allow(signed_in)
def keep_filter() -> Response | AnyResponse:
    """保存 the filters under a name."""
    asked, form = _asked(), NameForm()
    if not asked.validate() or not asked.asked:
        abort(400)
    if not form.validate():
        return _again(asked, form)
    try:
        kept = SavedFilter.keep(current_user, asked.ENDPOINT, form.name.data or "", asked.query)
    except TooMany:
        form.name.errors = [f"最多保存 {MOST_FILTERS} 个筛选，请先删除不再使用的"]
        return _again(asked, form)
    flash(f"已保存筛选“{kept.name}”。", "success")
    return go_to(_address(asked))


@bp.post("/filters/<uuid:filter_uuid>/deletion")
@allow(signed_in)
def discard_filter(filter_uuid: UUID) -> AnyResponse:
    """删除 a kept filter."""
    mine = select(SavedFilter).where(SavedFilter.user_id == current_user.id, SavedFilter.uuid == filter_uuid)
    kept = db.one_or_404(mine)
    kept.discard()
    flash(f"已删除筛选“{kept.name}”。", "success")
    return go_to(_address(_asked(kept.list)))


@bp.get("/columns")
@allow(signed_in)
def columns() -> Response:
    """显示列: the columns to choose from."""
    return page_or_fragment("lists/columns.html", "lists/_columns.html", form=_asked())


@bp.post("/columns")
@allow(signed_in)
def choose_columns() -> AnyResponse:
    """显示列: the ticked ones; a list without any would say nothing, so the first one stays."""
    asked = _asked()
    wanted = {*request.form.getlist("columns"), asked.COLUMNS[0].key}
    HiddenColumns.keep(current_user, asked.ENDPOINT, {c.key for c in asked.COLUMNS if c.key not in wanted})
    return go_to(_address(asked))


def _asked(endpoint: str = "") -> Filter:
    """Return what the form's list is asked for; 404 for a list that the user may not open."""
    kind = Filter.KNOWN.get(endpoint or request.values.get("list", "")) or abort(404)
    rule: Rule = getattr(current_app.view_functions[kind.ENDPOINT], "access_rule")  # noqa: B009
    if not rule(current_user):
        abort(404)
    return kind(current_user, MultiDict(parse_qsl(request.values.get("query", ""))))


def _address(asked: Filter) -> str:
    """The list as it was; what its fields refuse is left out."""
    return asked.url_with() if asked.validate() else asked.url


def _again(asked: Filter, naming: NameForm) -> Response:
    return page_or_fragment("lists/saving.html", "lists/_saving.html", status=422, form=asked, naming=naming)
