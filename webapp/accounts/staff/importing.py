"""导入: a dry run of a staff workbook, then all of it or nothing; and the new people's codes."""

from uuid import UUID

from flask import flash, redirect, render_template, url_for
from flask_login import current_user
from werkzeug.wrappers import Response as AnyResponse

from webapp.access import administers, allow
from webapp.accounts.staff import writing
from webapp.accounts.staff.imports import StaffImport
from webapp.accounts.staff.room import bp
from webapp.extensions import limiter
from webapp.imports import screens


@bp.route("/import", methods=["GET", "POST"])
@limiter.limit(screens.UPLOADS, methods=["POST"])
@allow(administers)
def upload() -> AnyResponse:
    """导入人员: the dry run, which adds nobody."""
    return screens.dry_run(StaffImport)


@bp.get("/import/template")
@allow(administers)
def template() -> AnyResponse:
    """下载模板."""
    return screens.download(writing.template(current_user.institution), "人员导入模板.xlsx")


@bp.get("/import/<uuid:import_uuid>")
@allow(administers)
def imported(import_uuid: UUID) -> str:
    """What the dry run found, to be confirmed; or that it is done, and the codes."""
    return render_template("staff/imported.html", upload=screens.found(StaffImport, import_uuid))


@bp.post("/import/<uuid:import_uuid>")
@allow(administers)
def confirm(import_uuid: UUID) -> AnyResponse:
    """确认导入: everybody or nobody."""
    return screens.go_ahead(screens.found(StaffImport, import_uuid))


@bp.post("/import/<uuid:import_uuid>/codes")
@allow(administers)
def download_codes(import_uuid: UUID) -> AnyResponse:
    """下载一次性口令, this once."""
    done = screens.found(StaffImport, import_uuid)
    if not done.people:
        if done.is_done:
            flash("口令已经下载过一次，不能再次下载；需要时请在人员页面重新签发。", "error")
        return redirect(url_for(".imported", import_uuid=import_uuid), 303)
    return screens.download(writing.codes(done.take_codes(by=current_user)), "一次性口令.xlsx")
