"""``/uploads``: photos that arrive in pieces; tus 1.0 with creation, checksum, expiration, termination."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from threading import BoundedSemaphore
from uuid import UUID

import structlog
from flask import Blueprint, Response, abort, request, url_for
from flask_login import current_user
from werkzeug.exceptions import ClientDisconnected
from werkzeug.http import http_date

from webapp.access import allow, inspects
from webapp.attachments import tus
from webapp.attachments.images import MAX_BYTES
from webapp.attachments.storage import StorageUnavailable
from webapp.attachments.uploads import PhotoUpload, UploadRefused
from webapp.database import db
from webapp.extensions import asking_user, limiter

bp = Blueprint("uploads", __name__)
log = structlog.get_logger()
PIECE = 16 * 1024
# Half of the places in which the app works: however many photos come, the others take answers.
MOST_AT_ONCE = 4
# In seconds; what has come over a bad line should not have to come again.
PATIENCE = 1.0
_receiving = BoundedSemaphore(MOST_AT_ONCE)


@bp.after_request
def _speak_tus(response: Response) -> Response:
    response.headers["Tus-Resumable"] = tus.VERSION
    return response


@bp.errorhandler(UploadRefused)
def _refused(refused: UploadRefused) -> Response:
    response = Response(refused.message, refused.status, mimetype="text/plain")
    if refused.status in (429, 503):
        response.headers["Retry-After"] = "2"
    return response


@bp.errorhandler(StorageUnavailable)
def _stored_later(fault: StorageUnavailable) -> Response:
    """The photo stays on the phone, which asks again; nothing was counted that the store does not have."""
    db.session.rollback()
    log.error("storage unavailable", path=request.path, error=str(fault))
    return _refused(UploadRefused(503, "照片存储暂时不可用，照片仍保存在手机中，稍后会自动继续上传。"))


@bp.errorhandler(tus.Malformed)
def _malformed(fault: tus.Malformed) -> Response:
    return Response(f"{fault}\n", 400, mimetype="text/plain")


@bp.route("/uploads", methods=["OPTIONS"])
@allow(inspects)
def capabilities() -> Response:
    """What of the protocol is spoken here."""
    response = _nothing()
    response.headers["Tus-Version"] = tus.VERSION
    response.headers["Tus-Extension"] = tus.EXTENSIONS
    response.headers["Tus-Max-Size"] = str(MAX_BYTES)
    response.headers["Tus-Checksum-Algorithm"] = tus.ALGORITHM
    return response


@bp.post("/uploads", provide_automatic_options=False)
@limiter.limit("300 per minute; 3000 per hour", key_func=asking_user)
@allow(inspects)
def create() -> Response:
    """Begin an upload, or find it begun: ``Upload-Metadata`` says which photo it is, and whose."""
    _check_version()
    description = request.headers.get("Upload-Metadata", "")
    said = tus.metadata(description)
    if said.get("user", str(current_user.uuid)) != str(current_user.uuid):
        abort(401)
    upload = PhotoUpload.begin(
        _uuid(said.get("uuid", "")),
        tus.number(request.headers.get("Upload-Length")),
        tus.hex_digest(said.get("sha256", "")),
        description,
        by=current_user,
    )
    response = _with_expiry(Response(status=201), upload)
    response.headers["Location"] = url_for(".progress", upload_uuid=upload.uuid)
    return response


@bp.route("/uploads/<uuid:upload_uuid>", methods=["HEAD"])
@allow(inspects)
def progress(upload_uuid: UUID) -> Response:
    """How much has come."""
    upload = _found(upload_uuid)
    _check_version()
    response = _with_expiry(Response(), upload)
    response.headers["Upload-Offset"] = str(upload.received)
    response.headers["Upload-Length"] = str(upload.length)
    response.headers["Upload-Metadata"] = upload.description
    return response


@bp.patch("/uploads/<uuid:upload_uuid>")
@limiter.limit("1200 per minute", key_func=asking_user)
@allow(inspects)
def append(upload_uuid: UUID) -> Response:
    """Go on with an upload; what came of a body that was cut off is kept."""
    upload = _found(upload_uuid)
    _check_version()
    if request.mimetype != tus.CONTENT_TYPE:
        abort(415)
    if tus.number(request.headers.get("Upload-Offset")) != upload.received:
        raise UploadRefused(409, "上传位置不一致，将重新核对。")
    if (request.content_length or 0) > upload.length - upload.received:
        raise UploadRefused(413, "收到的内容比照片本身还长。")
    if not upload.is_complete:
        with _slot():
            upload.append(_body(upload.length - upload.received), by=current_user)
    response = _with_expiry(_nothing(), upload)
    response.headers["Upload-Offset"] = str(upload.received)
    return response


@bp.delete("/uploads/<uuid:upload_uuid>")
@allow(inspects)
def terminate(upload_uuid: UUID) -> Response:
    """Forget an upload."""
    upload = _found(upload_uuid)
    _check_version()
    upload.drop()
    return _nothing()


@bp.post("/uploads/<uuid:upload_uuid>")
@allow(inspects)
def override(upload_uuid: UUID) -> Response:
    """PATCH and DELETE for a network that lets only GET and POST through."""
    _found(upload_uuid)
    meant = {"PATCH": append, "DELETE": terminate}.get(request.headers.get("X-HTTP-Method-Override", ""))
    return meant(upload_uuid) if meant else abort(405)


def _check_version() -> None:
    if request.headers.get("Tus-Resumable") != tus.VERSION:
        abort(Response(f"tus {tus.VERSION}\n", 412, {"Tus-Version": tus.VERSION}, mimetype="text/plain"))


def _found(uuid: UUID) -> PhotoUpload:
    upload: PhotoUpload = db.first_or_404(
        PhotoUpload.visible_to(current_user).where(PhotoUpload.uuid == uuid)
    )
    # A body comes slowly, and reading a photo takes long; the database must not be locked meanwhile.
    db.session.commit()
    if upload.is_expired:
        raise UploadRefused(410, "上传已过期，将重新开始。")
    return upload


@contextmanager
def _slot() -> Iterator[None]:
    if not _receiving.acquire(timeout=PATIENCE):
        raise UploadRefused(503, "同时上传的照片太多，稍后会自动继续。")
    try:
        yield
    finally:
        _receiving.release()


def _body(most: int) -> Iterator[bytes]:
    """Yield the body in pieces as they come; with a checksum at once, and only if it is right.

    :raises tus.Malformed: the checksum is none by SHA-256
    :raises UploadRefused: 460 the body does not have the checksum
    """
    expected = tus.checksum(request.headers.get("Upload-Checksum"))
    if expected is None:
        yield from _pieces(most)
        return
    body = b"".join(_pieces(most))
    if hashlib.sha256(body).digest() != expected:
        raise UploadRefused(460, "照片在上传途中受损，将重传这一段。")
    yield body


def _pieces(most: int) -> Iterator[bytes]:
    """Yield at most so many bytes of the body; it ends where the connection does."""
    while most > 0:
        try:
            piece = request.stream.read(min(PIECE, most))
        except (ClientDisconnected, OSError):
            return
        if not piece:
            return
        most -= len(piece)
        yield piece


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as fault:
        raise tus.Malformed("no uuid") from fault


def _nothing() -> Response:
    response = Response(status=204)
    del response.headers["Content-Type"]
    return response


def _with_expiry(response: Response, upload: PhotoUpload) -> Response:
    if not upload.is_complete:
        response.headers["Upload-Expires"] = http_date(upload.expires_at)
    return response
