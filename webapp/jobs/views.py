"""导出: what one asked for, how far it is, and its file."""

from urllib.parse import quote
from uuid import UUID

from flask import Blueprint, Response, abort, flash, render_template, url_for
from flask_login import current_user
from werkzeug.wrappers import Response as AnyResponse

from webapp.access import allow, signed_in
from webapp.attachments.models import storage
from webapp.database import db
from webapp.fragments import go_to, page_or_fragment
from webapp.frame import works_at_desk
from webapp.jobs.models import Job
from webapp.jobs.sealing import unseal

bp = Blueprint("jobs", __name__)
LISTED = 50
TYPES = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "pdf": "application/pdf",
}


@bp.get("/exports")
@allow(signed_in)
def index() -> str:
    """我的导出, the newest first."""
    mine = Job.visible_to(current_user).order_by(Job.id.desc()).limit(LISTED)
    return render_template("jobs/list.html", jobs=db.session.scalars(mine).all(), shell=shell())


@bp.get("/exports/<uuid:job_uuid>")
@allow(signed_in)
def show(job_uuid: UUID) -> Response:
    """导出进度, then the file."""
    return page_or_fragment("jobs/job.html", "jobs/_job.html", job=_found(job_uuid), shell=shell())


@bp.get("/exports/<uuid:job_uuid>/file")
@allow(signed_in)
def file(job_uuid: UUID) -> Response:
    """下载; the file is opened as it is sent."""
    job = _found(job_uuid)
    if not (job.has_file and job.file_key and job.file_name and job.file_size):
        abort(404)
    try:
        sealed = storage().open(job.storage_key)
    except FileNotFoundError:
        abort(404)
    suffix = job.file_name.rpartition(".")[2]
    response = Response(unseal(sealed, job.file_key), mimetype=TYPES[suffix])
    response.content_length = job.file_size
    name = quote(job.file_name, safe="")
    response.headers["Content-Disposition"] = f"attachment; filename=export.{suffix}; filename*=UTF-8''{name}"
    return response


@bp.post("/exports/<uuid:job_uuid>/cancellation")
@allow(signed_in)
def cancel(job_uuid: UUID) -> AnyResponse:
    """取消 while it is not done."""
    if not _found(job_uuid).cancel(by=current_user):
        flash("已经处理完了，没有取消。", "error")
    return go_to(url_for(".show", job_uuid=job_uuid))


def shell() -> str:
    """The frame around the pages: the desktop, or the phone."""
    return "desk.html" if works_at_desk(current_user) else "phone.html"


def _found(uuid: UUID) -> Job:
    found: Job = db.one_or_404(Job.visible_to(current_user).where(Job.uuid == uuid))
    return found
