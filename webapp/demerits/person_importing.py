"""导入: a dry run of a workbook of 医务人员, then all of it or nothing."""

from uuid import UUID

from flask import render_template
from werkzeug.wrappers import Response as AnyResponse

from webapp.access import allow, scores
from webapp.demerits import person_rows
from webapp.demerits.person_imports import PersonImport
from webapp.demerits.person_views import bp
from webapp.extensions import limiter
from webapp.imports import screens


@bp.route("/import", methods=["GET", "POST"])
@limiter.limit(screens.UPLOADS, methods=["POST"])
@allow(scores)
def upload() -> AnyResponse:
    """导入人员: the dry run, which adds nobody."""
    return screens.dry_run(PersonImport)


@bp.get("/import/template")
@allow(scores)
def template() -> AnyResponse:
    """下载模板."""
    return screens.download(person_rows.template(), "医务人员导入模板.xlsx")


@bp.get("/import/<uuid:import_uuid>")
@allow(scores)
def imported(import_uuid: UUID) -> str:
    """What the dry run found, to be confirmed; or that it is done."""
    return render_template("persons/imported.html", upload=screens.found(PersonImport, import_uuid))


@bp.post("/import/<uuid:import_uuid>")
@allow(scores)
def confirm(import_uuid: UUID) -> AnyResponse:
    """确认导入: everybody or nobody."""
    return screens.go_ahead(screens.found(PersonImport, import_uuid))
