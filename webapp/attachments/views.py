"""Addresses at which photos arrive and are looked at."""

import re
from uuid import UUID

from flask import Blueprint, Response, abort, render_template, request, send_file
from flask_login import current_user
from werkzeug.wrappers import Response as AnyResponse

from webapp.access import public
from webapp.attachments.drafts import holder, photos_in_reach
from webapp.attachments.images import PhotoRefused
from webapp.attachments.models import Attachment, storage
from webapp.attachments.storage import StorageUnavailable
from webapp.database import db
from webapp.extensions import limiter

bp = Blueprint("attachments", __name__)
FIELD_NAME = re.compile(r"[a-z_]{1,30}")


@bp.post("/attachments")
@limiter.limit("120 per minute; 600 per hour", exempt_when=lambda: current_user.is_authenticated)
@public
def upload() -> tuple[str, int]:
    """Take in one photo and answer with its tile for the form's field that ``kind`` names."""
    name = request.form.get("kind", "")
    if not FIELD_NAME.fullmatch(name):
        abort(400)
    file = request.files.get("photo")
    try:
        if file is None:
            raise PhotoRefused("没有收到照片，请重新选择一张")
        photo = Attachment.take_in(file.stream, file.filename or "", **holder())
    except PhotoRefused as refusal:
        return render_template("attachments/_refused.html", message=str(refusal)), 422
    db.session.commit()
    return render_template("attachments/_photo.html", name=name, photo=photo), 201


@bp.get("/attachments/<uuid:attachment_uuid>")
@public
def show(attachment_uuid: UUID) -> AnyResponse:
    """The photo itself, for whoever may see it."""
    return _jpeg(_found(attachment_uuid).key)


@bp.get("/attachments/<uuid:attachment_uuid>/thumbnail")
@public
def thumbnail(attachment_uuid: UUID) -> AnyResponse:
    """Its small picture."""
    return _jpeg(_found(attachment_uuid).thumbnail_key)


def _found(uuid: UUID) -> Attachment:
    photo: Attachment = db.first_or_404(photos_in_reach().where(Attachment.uuid == uuid))
    return photo


def _jpeg(key: str) -> Response:
    try:
        stream = storage().open(key)
    except FileNotFoundError:
        abort(404)
    except StorageUnavailable:
        if request.headers.get("Sec-Fetch-Dest") != "image":
            raise
        return _placeholder()
    response = send_file(stream, "image/jpeg", download_name=key.rpartition("/")[2])
    # Certificates and patients' papers: nothing stays in a shared browser after signing out.
    response.headers["Cache-Control"] = "no-store"
    return response


def _placeholder() -> Response:
    """A picture that says in the photo's place why there is none: a browser shows it whatever the status."""
    picture = render_template("attachments/unavailable.svg")
    return Response(picture, 503, {"Cache-Control": "no-store"}, mimetype="image/svg+xml")
