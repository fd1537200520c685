"""The screens that every import has: the upload with its report, what was found, the word to go ahead.

A feature's blueprint routes to them under the same names: ``upload``, ``template``, ``imported``,
``confirm``. Its templates ``FEATURE/import.html`` and ``FEATURE/imported.html`` extend those of ``imports/``.
"""

from io import BytesIO
from typing import TypeVar
from uuid import UUID

from flask import request, send_file, url_for
from flask_login import current_user
from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from werkzeug.wrappers import Response as AnyResponse

from webapp.database import SAFE_METHODS, db
from webapp.fragments import go_to, page_or_fragment
from webapp.imports import reading
from webapp.imports.rows import Problem
from webapp.imports.uploads import Upload

# How often one address may upload a workbook; looking through one takes a while.
UPLOADS = "20 per minute; 100 per hour"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
AnyUpload = TypeVar("AnyUpload", bound=Upload)


class UploadForm(FlaskForm):
    """The workbook that was filled in."""

    file = FileField("Excel 文件", [FileRequired("请选择填好的 Excel 文件")], render_kw={"accept": ".xlsx"})


def dry_run(model: type[Upload]) -> AnyResponse:
    """Check an uploaded workbook, which adds nobody: a report, or the way on to the confirmation."""
    form = UploadForm()
    if not form.validate_on_submit():
        return _page(form)
    try:
        lines = reading.read(form.file.data.read(reading.LARGEST_FILE + 1), model.SHEET)
    except reading.Unreadable as refusal:
        return _page(form, refusal.problems)
    problems = model.check(lines, current_user).problems
    if problems:
        return _page(form, problems, len(lines))
    return go_to(url_for(".imported", import_uuid=model.keep(lines, by=current_user).uuid))


def found(model: type[AnyUpload], uuid: UUID) -> AnyUpload:
    """Return the user's own upload; a request that changes something holds the row until it is done."""
    query = model.visible_to(current_user).where(model.uuid == uuid)
    if request.method not in SAFE_METHODS:
        query = query.with_for_update()
    waiting: AnyUpload = db.one_or_404(query)
    return waiting


def go_ahead(waiting: Upload) -> AnyResponse:
    """Take over everybody or nobody; said twice, it is done once."""
    if not waiting.is_done:
        people = len(waiting.lines)
        problems = waiting.confirm(by=current_user)
        if problems:
            return _page(UploadForm(formdata=None), problems, people)
    return go_to(url_for(".imported", import_uuid=waiting.uuid))


def download(content: bytes, name: str) -> AnyResponse:
    """Answer with a workbook that no browser or proxy keeps."""
    file = send_file(BytesIO(content), XLSX, as_attachment=True, download_name=name)
    file.headers["Cache-Control"] = "no-store"
    return file


def _page(form: UploadForm, problems: list[Problem] | None = None, people: int = 0) -> AnyResponse:
    return page_or_fragment(
        f"{request.blueprint}/import.html",
        "imports/_upload.html",
        status=422 if problems or form.errors else 200,
        form=form,
        problems=problems,
        people=people,
    )
