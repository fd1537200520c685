"""Filling a draft: starting it, one operation at a time, the whole form at once, photos, handing in."""

from collections import Counter
from uuid import UUID

from flask import Response, flash, make_response, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response as AnyResponse

from webapp.access import allow, inspects
from webapp.accounts.models import User
from webapp.attachments.images import PhotoRefused, read_photo
from webapp.attachments.models import Attachment
from webapp.database import db, uuid7
from webapp.fragments import go_to
from webapp.inspections.forms import StartForm, change_from, changes_in, printable
from webapp.inspections.models import Inspection, InspectionKind
from webapp.inspections.operations import (
    Change,
    Operation,
    OperationKind,
    OperationRefused,
    Outcome,
    apply,
)
from webapp.inspections.room import bp
from webapp.inspections.submission import Incomplete, submit

DRAFTS_SHOWN = 10


@bp.route("/inspections/new", methods=["GET", "POST"])
@allow(inspects)
def new() -> AnyResponse | tuple[str, int]:
    """自查填报: go on with a draft, or start one on one's own scope."""
    user: User = current_user
    form = StartForm(user.allowed_scope)
    if form.validate_on_submit():
        kind = InspectionKind(form.kind.data)
        inspection = Inspection.start(user, form.scope.data, kind, UUID(form.uuid.data))
        return go_to(url_for(".show", inspection_uuid=inspection.uuid))
    drafts = Inspection.of(user).where(Inspection.submitted_at.is_(None))
    page = render_template(
        "inspections/new.html",
        form=form,
        drafts=db.session.scalars(drafts.order_by(Inspection.id.desc()).limit(DRAFTS_SHOWN)).all(),
    )
    return page, 422 if form.errors else 200


def fill_page(inspection: Inspection, incomplete: Incomplete | None = None) -> Response:
    """The whole draft as a form, open at the first chapter that is not complete."""
    answers = inspection.answers()
    counts = Counter(answer.chapter for answer in answers.values() if answer.value)
    photos: dict[str, list[Attachment]] = {}
    for photo in inspection.photos:
        photos.setdefault(photo.item, []).append(photo.attachment)
    subcategories = [chapter.subcategory for chapter in inspection.chapters]
    unfinished = (s.code for s in subcategories if counts[s.code] < len(s.items))
    page = render_template(
        "inspections/fill.html",
        inspection=inspection,
        answers=answers,
        counts=counts,
        photos=photos,
        opened=next(unfinished, None),
        incomplete=incomplete,
    )
    return make_response(page, 422 if incomplete else 200)


@bp.put("/inspections/<uuid:inspection_uuid>/operations/<uuid:op>")
@allow(inspects)
def operate(inspection_uuid: UUID, op: UUID) -> Response:
    """Apply one operation and answer with the pieces of the page that it changes."""
    inspection = db.first_or_404(Inspection.draft_of(current_user, inspection_uuid))
    try:
        change = change_from(request, op)
        [operation] = apply(inspection, change, by=current_user)
    except OperationRefused as refused:
        return _refusal(refused)
    return _pieces(inspection, operation)


@bp.post("/inspections/<uuid:inspection_uuid>/photos")
@allow(inspects)
def add_photo(inspection_uuid: UUID) -> Response:
    """Store a photo and tie it to an item; sent again with the same identifiers it is stored once."""
    form, upload = request.form, request.files.get("photo")
    change = Change(
        op=_uuid_or_new(form.get("op")),
        kind=OperationKind.PHOTO,
        item=printable(form.get("item", ""))[:20],
        value=str(_uuid_or_new(form.get("uuid"))),
        device=printable(form.get("device", ""))[:40],
    )
    try:
        # Re-encoding takes long: it is done before the transaction begins.
        photo = read_photo(upload.stream, upload.filename or "") if upload else None
    except PhotoRefused as refused:
        return _refusal(OperationRefused(422, str(refused)))
    inspection = db.first_or_404(Inspection.draft_of(current_user, inspection_uuid))
    if photo is not None and not Attachment.is_kept(UUID(change.value)):
        Attachment.keep(photo, uploader=current_user, uuid=UUID(change.value))
    try:
        [operation] = apply(inspection, change, by=current_user)
    except OperationRefused as refused:
        return _refusal(refused)
    return _pieces(inspection, operation)


@bp.post("/inspections/<uuid:inspection_uuid>")
@allow(inspects)
def save(inspection_uuid: UUID) -> AnyResponse:
    """暂存: keep what the form says, complete or not."""
    inspection = db.first_or_404(Inspection.draft_of(current_user, inspection_uuid))
    try:
        _keep_form(inspection)
    except (OperationRefused, PhotoRefused) as refused:
        flash(str(refused), "error")
        return go_to(url_for(".show", inspection_uuid=inspection_uuid))
    flash(f"已暂存，已答 {inspection.answered} / {inspection.total} 项。", "success")
    return go_to(url_for(".records"))


@bp.get("/inspections/<uuid:inspection_uuid>/submission")
@allow(inspects)
def back_to_draft(inspection_uuid: UUID) -> AnyResponse:
    """A phone that reloads the page of a refused submission by its address lands on the draft."""
    db.first_or_404(Inspection.of(current_user).where(Inspection.uuid == inspection_uuid))
    return go_to(url_for(".show", inspection_uuid=inspection_uuid))


@bp.post("/inspections/<uuid:inspection_uuid>/submission")
@allow(inspects)
def hand_in(inspection_uuid: UUID) -> AnyResponse:
    """确认上报: freeze the record, or list what is missing."""
    inspection = db.first_or_404(Inspection.draft_of(current_user, inspection_uuid))
    if inspection.is_draft:
        try:
            _keep_form(inspection)
            submit(inspection, by=current_user)
            flash("已上报。记录已存档，不能再修改。", "success")
        except Incomplete as incomplete:
            return fill_page(inspection, incomplete)
        except (OperationRefused, PhotoRefused) as refused:
            flash(str(refused), "error")
    return go_to(url_for(".show", inspection_uuid=inspection_uuid))


def _keep_form(inspection: Inspection) -> None:
    """Take over a form that was sent whole, as a browser without JavaScript does."""
    changes = changes_in(request.form, inspection, inspection.answers())
    for name, upload in request.files.items(multi=True):
        if name.startswith("photo-") and upload.filename:
            photo = Attachment.take_in(upload.stream, upload.filename, uploader=current_user)
            changes.append(
                Change(
                    op=uuid7(),
                    kind=OperationKind.PHOTO,
                    item=printable(name.removeprefix("photo-"))[:20],
                    value=str(photo.uuid),
                    device="form",
                )
            )
    apply(inspection, *changes, by=current_user)


def _pieces(inspection: Inspection, operation: Operation) -> Response:
    """What an operation changed on the page; after a conflict the whole item, with both answers."""
    item = inspection.checklist.items.get(operation.item)
    page = render_template(
        "inspections/_changed.html",
        inspection=inspection,
        operation=operation,
        item=item,
        answer=inspection.answer_to(operation.item),
        progress=inspection.progress_of(item.subcategory) if item and inspection.is_draft else None,
        photos=inspection.photos_of(operation.item) if operation.shows_photos else (),
    )
    return make_response(page, 409 if operation.outcome == Outcome.CONFLICT else 200)


def _refusal(refused: OperationRefused) -> Response:
    return make_response(
        render_template("inspections/_refused.html", message=refused.message), refused.status
    )


def _uuid_or_new(text: str | None) -> UUID:
    try:
        return UUID(text or "")
    except ValueError:
        return uuid7()
