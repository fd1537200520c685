"""记分记录: the list with its query, and one record (manual 1.2.6 and 1.4.3)."""

from datetime import date
from itertools import islice
from uuid import UUID

from flask import Blueprint, make_response, render_template, request
from flask_login import current_user
from sqlalchemy import Select, select, tuple_
from werkzeug.wrappers import Response as AnyResponse

from webapp.access import allow, reads_demerits, scores
from webapp.accounts.models import User
from webapp.attachments.links import photo_links
from webapp.audit.models import record
from webapp.database import db
from webapp.demerits.entry_forms import EntryForm
from webapp.demerits.forms import QueryForm
from webapp.demerits.ledger import standing_of
from webapp.demerits.models import Demerit
from webapp.demerits.persons import MedicalPerson
from webapp.demerits.petitions import may_ask, petitions_against, points_left, taken_off
from webapp.fragments import page_or_fragment

bp = Blueprint("demerits", __name__)
PAGE = 20
# An ID number's part that more people than this have in common is no query.
MOST_PERSONS = 10_000


@bp.route("/demerits", methods=["GET", "POST"])
@allow(reads_demerits)
def records() -> AnyResponse:
    """记分记录: newest first; the query is a POST that writes nothing."""
    form = QueryForm()
    refused = form.is_submitted() and not form.validate()
    after = _position(request.form.get("after", ""))
    found = [] if refused else _page(_narrowed(form), after)
    return page_or_fragment(
        "demerits/records.html",
        "demerits/_rows.html" if after and not refused else "demerits/_records.html",
        status=422 if refused else 200,
        form=form,
        demerits=found[:PAGE],
        off=taken_off(found[:PAGE]),
        more=found[PAGE:] and f"{found[PAGE - 1].recorded_on.isoformat()}_{found[PAGE - 1].id}",
        may_score=scores(current_user),
    )


def _narrowed(form: QueryForm) -> Select[Demerit]:
    query = Demerit.visible_to(current_user)
    if form.start.data:
        query = query.where(Demerit.recorded_on >= form.start.data)
    if form.end.data:
        query = query.where(Demerit.recorded_on <= form.end.data)
    if form.name.data or form.id_number.data:
        query = query.where(Demerit.person_id.in_(_persons(form)))
    return query


def _persons(form: QueryForm) -> "Select[tuple[int]] | list[int]":
    """Who is meant: by name in the database, by a part of the ID number in the program."""
    mine = select(MedicalPerson).where(MedicalPerson.institution_id == current_user.institution_id)
    if form.name.data:
        mine = MedicalPerson.named(mine, form.name.data)
    if form.id_number.data:
        return list(islice(MedicalPerson.numbered(mine, form.id_number.data), MOST_PERSONS))
    return mine.with_only_columns(MedicalPerson.id)


def _page(query: Select[Demerit], after: tuple[date, int] | None) -> list[Demerit]:
    """One page and one more row, which tells whether there is another page."""
    if after is not None:
        query = query.where(tuple_(Demerit.recorded_on, Demerit.id) < after)
    newest = query.order_by(Demerit.recorded_on.desc(), Demerit.id.desc())
    return list(db.session.scalars(newest.limit(PAGE + 1)))


def _position(text: str) -> tuple[date, int] | None:
    day, _, number = text.partition("_")
    try:
        return date.fromisoformat(day), int(number)
    except ValueError:
        return None


@bp.get("/demerits/<uuid:demerit_uuid>")
@allow(reads_demerits)
def show(demerit_uuid: UUID) -> AnyResponse:
    """不良记分录入 while it is one's own draft, 记分记录详情 after."""
    user: User = current_user
    demerit = found_demerit(demerit_uuid)
    if demerit.is_draft and demerit.scorer_id == user.id and scores(user):
        return entry_page(EntryForm(demerit.rules, demerit.person, own=demerit), demerit)
    photos = photo_links(demerit.attachments, "相关材料")
    page = render_template(
        "demerits/detail.html",
        demerit=demerit,
        left=points_left(demerit),
        photos=photos,
        petitions=petitions_against(demerit),
        may_ask=may_ask(demerit),
        standing=standing_of(demerit.person),
    )
    return make_response(page)


@bp.post("/demerits/<uuid:demerit_uuid>/number")
@allow(reads_demerits)
def number(demerit_uuid: UUID) -> str:
    """Show the person's ID number in full, and record that it was shown."""
    demerit = found_demerit(demerit_uuid)
    record("numbers-shown", by=current_user, about=demerit, number="id_number")
    db.session.commit()
    return render_template("persons/_number.html", person=demerit.facts)


def entry_page(form: EntryForm, demerit: Demerit | None = None) -> AnyResponse:
    """不良记分录入, also as the answer to a form that is not complete."""
    return page_or_fragment(
        "demerits/entry.html",
        "demerits/_entry_again.html",
        status=422 if form.errors else 200,
        form=form,
        person=form.person,
        demerit=demerit,
    )


def found_demerit(uuid: UUID) -> Demerit:
    """Return a demerit that the user may read; 404 for any other."""
    found: Demerit = db.first_or_404(Demerit.visible_to(current_user).where(Demerit.uuid == uuid))
    return found
