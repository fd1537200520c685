"""记分录入, first half: find the person, add or correct one (manual 1.4.2)."""

from itertools import islice
from uuid import UUID

from flask import Blueprint, flash, render_template, request, url_for
from flask_login import current_user
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from werkzeug.wrappers import Response as AnyResponse

from webapp.access import allow, reads_demerits, scores
from webapp.audit.models import record
from webapp.database import db, uuid7
from webapp.demerits.ledger import standings
from webapp.demerits.ledger_pages import ledger_of
from webapp.demerits.person_forms import PersonForm, PersonSearch
from webapp.demerits.person_rows import practices
from webapp.demerits.persons import MedicalPerson
from webapp.fragments import go_to, page_or_fragment

bp = Blueprint("persons", __name__, url_prefix="/persons")
PAGE = 20


@bp.route("", methods=["GET", "POST"])
@allow(scores)
def index() -> AnyResponse:
    """记分录入, as /demerits/new shows it too."""
    return search_page()


def search_page() -> AnyResponse:
    """Answer with the query and whom it found; the query is a POST that writes nothing."""
    form = PersonSearch()
    valid = form.validate_on_submit()
    after = _uuid(request.form.get("after", ""))
    found = _found(form, after) if valid else _just_kept()
    return page_or_fragment(
        "persons/search.html",
        "persons/_rows.html" if valid and after else "persons/_search.html",
        status=422 if form.errors else 200,
        form=form,
        searched=valid,
        persons=found[:PAGE],
        standings=standings([person.id_number_index for person in found[:PAGE]]) if found else {},
        more=found[PAGE:] and found[PAGE - 1].uuid,
    )


def _found(form: PersonSearch, after: UUID | None) -> list[MedicalPerson]:
    """Newest first: one page and one more row, which tells whether there is another page."""
    query = MedicalPerson.visible_to(current_user).order_by(MedicalPerson.id.desc())
    if form.name.data:
        query = MedicalPerson.named(query, form.name.data)
    if after:
        mine = MedicalPerson.institution_id == current_user.institution_id
        place = select(MedicalPerson.id).where(MedicalPerson.uuid == after, mine)
        query = query.where(MedicalPerson.id < place.scalar_subquery())
    if form.id_number.data:
        numbered = MedicalPerson.numbered(query, form.id_number.data)
        query = query.where(MedicalPerson.id.in_(list(islice(numbered, PAGE + 1))))
    return list(db.session.scalars(query.limit(PAGE + 1)))


def _just_kept() -> list[MedicalPerson]:
    """The person that was added or changed a moment ago, for whom points are often entered next."""
    uuid = _uuid(request.args.get("kept", "")) if request.method == "GET" else None
    if uuid is None:
        return []
    return list(db.session.scalars(MedicalPerson.visible_to(current_user).where(MedicalPerson.uuid == uuid)))


@bp.route("/new", methods=["GET", "POST"])
@allow(scores)
def new() -> AnyResponse:
    """添加人员; the form sent twice adds one person."""
    form = PersonForm(current_user)
    if request.method == "POST":
        person = form.added_before() or (_added(form) if form.validate() else None)
        if person is not None:
            return _kept(person, "已添加")
    return _page(form)


@bp.route("/<uuid:person_uuid>", methods=["GET", "POST"])
@allow(scores)
def edit(person_uuid: UUID) -> AnyResponse:
    """编辑人员."""
    person = found_person(person_uuid)
    form = PersonForm(current_user, own=person)
    if form.validate_on_submit() and _changed(form, person):
        return _kept(person, "的信息已保存")
    return _page(form)


@bp.get("/<uuid:person_uuid>/ledger")
@allow(reads_demerits)
def ledger(person_uuid: UUID) -> str:
    """记分台账 of a person, with the points from every institution."""
    return render_template("persons/ledger.html", **ledger_of(found_person(person_uuid), current_user))


@bp.post("/<uuid:person_uuid>/number")
@allow(reads_demerits)
def number(person_uuid: UUID) -> str:
    """Show the ID number in full, and record that it was shown."""
    person = found_person(person_uuid)
    record("numbers-shown", by=current_user, about=person, number="id_number")
    db.session.commit()
    return render_template("persons/_number.html", person=person)


def found_person(uuid: UUID) -> MedicalPerson:
    """Return a person of the scorer's institution; 404 for anybody else."""
    found: MedicalPerson = db.one_or_404(
        MedicalPerson.visible_to(current_user).where(MedicalPerson.uuid == uuid)
    )
    return found


def _added(form: PersonForm) -> MedicalPerson | None:
    """None when the number was taken at the same moment, which the form then says."""
    try:
        return MedicalPerson.add(form.values, UUID(form.uuid.data), by=current_user)
    except IntegrityError:
        db.session.rollback()
        if twin := form.added_before():
            return twin
        # Else the identifier is somebody else's, and another one serves as well.
        return None if form.refuse_taken() else MedicalPerson.add(form.values, uuid7(), by=current_user)


def _changed(form: PersonForm, person: MedicalPerson) -> bool:
    try:
        person.change(form.values, by=current_user)
    except IntegrityError:
        db.session.rollback()
        if not form.refuse_taken():
            raise
        return False
    return True


def _kept(person: MedicalPerson, how: str) -> AnyResponse:
    flash(f"{person.name}{how}。", "success")
    return go_to(url_for(".index", kept=person.uuid))


def _page(form: PersonForm) -> AnyResponse:
    return page_or_fragment(
        "persons/edit.html",
        "persons/_edit.html",
        status=422 if form.errors else 200,
        form=form,
        person=form.own,
        practices=practices(),
    )


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
