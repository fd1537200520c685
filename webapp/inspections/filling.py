"""Filling a draft by its form: starting it, saving all of it at once, handing in."""

from collections import Counter
from uuid import UUID

from flask import Response, flash, make_response, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response as AnyResponse

from webapp.access import allow, inspects
from webapp.accounts.models import User
from webapp.attachments.images import PhotoRefused
from webapp.attachments.models import Attachment
from webapp.database import db, uuid7
from webapp.fragments import go_to
from webapp.inspections.forms import StartForm, changes_in
from webapp.inspections.intake import apply
from webapp.inspections.models import Inspection, InspectionKind
from webapp.inspections.operations import Change, OperationKind, OperationRefused
from webapp.inspections.room import bp
from webapp.inspections.sent import printable
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
