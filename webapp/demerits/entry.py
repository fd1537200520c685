"""记分录入: the search for the person, then the entry (manual 1.4.2)."""

from uuid import UUID

from flask import abort, flash, render_template, request, url_for
from flask_login import current_user
from sqlalchemy.exc import IntegrityError
from werkzeug.wrappers import Response as AnyResponse

from webapp.access import allow, scores
from webapp.catalog import catalog
from webapp.database import db
from webapp.demerits.entry_forms import EntryForm
from webapp.demerits.models import Demerit
from webapp.demerits.person_views import found_person, search_page
from webapp.demerits.points import tally
from webapp.demerits.records import bp, entry_page
from webapp.demerits.submission import submit
from webapp.fragments import go_to


@bp.get("/demerits/new")
@allow(scores)
def new() -> AnyResponse:
    """记分录入: the search or, when a person is chosen, an empty entry."""
    if "person" not in request.args:
        return search_page()
    person = found_person(_uuid(request.args["person"]))
    return entry_page(EntryForm(catalog().current_demerit_rules(), person))


@bp.post("/demerits/new")
@allow(scores)
def add() -> AnyResponse:
    """暂存 or 确认上报 of a new entry; the form sent twice makes one."""
    person = found_person(_uuid(request.args.get("person", "")))
    form = EntryForm(catalog().current_demerit_rules(), person)
    return _store(form) if form.validate() else entry_page(form)


@bp.post("/demerits/<uuid:demerit_uuid>")
@allow(scores)
def save(demerit_uuid: UUID) -> AnyResponse:
    """暂存 or 确认上报 of a draft; what is submitted stays as it is."""
    demerit = _own(demerit_uuid)
    if not demerit.is_draft:
        return go_to(url_for(".show", demerit_uuid=demerit_uuid))
    form = EntryForm(demerit.rules, demerit.person, own=demerit)
    return _store(form) if form.validate() else entry_page(form, demerit)


@bp.post("/demerits/<uuid:demerit_uuid>/deletion")
@allow(scores)
def delete(demerit_uuid: UUID) -> AnyResponse:
    """删除 a draft of one's own."""
    demerit = _own(demerit_uuid)
    if not demerit.is_draft:
        abort(409)
    demerit.discard(by=current_user)
    flash("草稿已删除。", "success")
    return go_to(url_for(".records"))


@bp.post("/demerits/points")
@allow(scores)
def points() -> str:
    """Add up what is ticked: the subtotals and the total, as pieces of the entry page."""
    slug, _, version = request.form.get("rules", "").partition("/")
    try:
        rules = catalog().demerit_rules(slug, version)
    except KeyError:
        abort(422)
    ticked = frozenset(request.form.getlist("items"))
    return render_template("demerits/_points.html", tally=tally(rules, ticked))


def _store(form: EntryForm) -> AnyResponse:
    try:
        demerit = _kept(form)
    except IntegrityError:
        # The same form arrived at the same moment: what the first one made is what is meant.
        db.session.rollback()
        demerit = _own(form.identifier)
    if request.form.get("action") == "submit":
        submit(demerit, by=current_user)
    db.session.commit()
    if demerit.is_draft:
        flash(f"已暂存，{demerit.person.name}共 {demerit.points} 分。", "success")
        return go_to(url_for(".records"))
    flash("已上报。记录已存档，不能再修改。", "success")
    return go_to(url_for(".show", demerit_uuid=demerit.uuid))


def _kept(form: EntryForm) -> Demerit:
    """The entry with what the form says; one that is submitted meanwhile stays as it is."""
    demerit = Demerit.own(current_user, form.identifier)
    if demerit is None:
        demerit = Demerit.begin(current_user, form.person, form.identifier)
    if demerit.is_draft:
        demerit.keep(*form.values)
    return demerit


def _own(uuid: UUID) -> Demerit:
    return Demerit.own(current_user, uuid) or abort(404)


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        abort(404)
