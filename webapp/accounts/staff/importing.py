"""导入: a dry run of a staff workbook, then all of it or nothing."""

from io import BytesIO
from uuid import UUID

from flask import flash, redirect, render_template, request, send_file, url_for
from flask_login import current_user
from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from werkzeug.wrappers import Response as AnyResponse

from webapp.access import administers, allow
from webapp.accounts.staff import reading, writing
from webapp.accounts.staff.imports import StaffImport
from webapp.accounts.staff.room import bp
from webapp.accounts.staff.rows import Problem, check
from webapp.database import SAFE_METHODS, db
from webapp.extensions import limiter

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class UploadForm(FlaskForm):
    """The workbook that was filled in."""

    file = FileField("Excel 文件", [FileRequired("请选择填好的 Excel 文件")], render_kw={"accept": ".xlsx"})


@bp.route("/import", methods=["GET", "POST"])
@limiter.limit("20 per minute; 100 per hour", methods=["POST"])
@allow(administers)
def upload() -> AnyResponse | tuple[str, int]:
    """导入人员: the dry run, which adds nobody."""
    form = UploadForm()
    if not form.validate_on_submit():
        return _page(form)
    try:
        lines = reading.read(form.file.data.read(reading.LARGEST_FILE + 1))
    except reading.Unreadable as refusal:
        return _page(form, refusal.problems)
    problems = check(lines, current_user.institution).problems
    if problems:
        return _page(form, problems, len(lines))
    kept = StaffImport.keep(lines, by=current_user)
    return redirect(url_for(".imported", import_uuid=kept.uuid), 303)


@bp.get("/import/template")
@allow(administers)
def template() -> AnyResponse:
    """下载模板."""
    return _download(writing.template(current_user.institution), "人员导入模板.xlsx")


@bp.get("/import/<uuid:import_uuid>")
@allow(administers)
def imported(import_uuid: UUID) -> str:
    """What the dry run found, to be confirmed; or that it is done, and the codes."""
    return render_template("staff/imported.html", upload=_found(import_uuid))


@bp.post("/import/<uuid:import_uuid>")
@allow(administers)
def confirm(import_uuid: UUID) -> AnyResponse | tuple[str, int]:
    """确认导入: everybody or nobody."""
    waiting = _found(import_uuid)
    if not waiting.is_done:
        lines = len(waiting.lines)
        problems = waiting.confirm(by=current_user).problems
        if problems:
            return _page(UploadForm(formdata=None), problems, lines)
    return redirect(url_for(".imported", import_uuid=import_uuid), 303)


@bp.post("/import/<uuid:import_uuid>/codes")
@allow(administers)
def download_codes(import_uuid: UUID) -> AnyResponse:
    """下载一次性口令, this once."""
    done = _found(import_uuid)
    if not done.people:
        if done.is_done:
            flash("口令已经下载过一次，不能再次下载；需要时请在人员页面重新签发。", "error")
        return redirect(url_for(".imported", import_uuid=import_uuid), 303)
    return _download(writing.codes(done.take_codes(by=current_user)), "一次性口令.xlsx")


def _found(uuid: UUID) -> StaffImport:
    query = StaffImport.visible_to(current_user).where(StaffImport.uuid == uuid)
    if request.method not in SAFE_METHODS:
        query = query.with_for_update()
    found: StaffImport = db.one_or_404(query)
    return found


def _download(content: bytes, name: str) -> AnyResponse:
    file = send_file(BytesIO(content), XLSX, as_attachment=True, download_name=name)
    file.headers["Cache-Control"] = "no-store"
    return file


def _page(form: UploadForm, problems: list[Problem] | None = None, people: int = 0) -> tuple[str, int]:
    page = render_template("staff/import.html", form=form, problems=problems, people=people)
    return page, 422 if problems or form.errors else 200
