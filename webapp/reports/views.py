"""打印 and 导出 PDF of one inspection or one demerit, for whoever may read it."""

from uuid import UUID

from flask import (
    Blueprint,
    Response,
    abort,
    current_app,
    flash,
    make_response,
    render_template,
    request,
    url_for,
)
from flask_login import current_user
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response as AnyResponse

from webapp.access import allow, reads_demerits, reads_inspections, reviews
from webapp.accounts.models import User
from webapp.database import uuid7
from webapp.extensions import asking_user, limiter
from webapp.fragments import go_to
from webapp.jobs.models import Busy, Job
from webapp.lists.reasons import ReasonField
from webapp.reports.papers import PAPERS, Paper, qr_code
from webapp.reports.pdf import KINDS

bp = Blueprint("reports", __name__)


class FullNumbersForm(FlaskForm):
    """What a PDF with numbers in full is for."""

    reason = ReasonField()

    def validate_reason(self, field: ReasonField) -> None:
        """Ask, as for a list."""
        field.check(needed=True)


def reads_inspection_papers(user: User) -> bool:
    """Whoever has inspections to read, inside an institution or as its reviewer."""
    return reads_inspections(user) or reviews(user)


def reads_demerit_papers(user: User) -> bool:
    """Whoever has demerits to read, inside an institution or as its reviewer."""
    return reads_demerits(user) or reviews(user)


@bp.get("/inspections/<uuid:inspection_uuid>/print")
@allow(reads_inspection_papers)
def inspection(inspection_uuid: UUID) -> Response:
    """打印 a 自查记录."""
    return _page("inspections", inspection_uuid)


@bp.get("/demerits/<uuid:demerit_uuid>/print")
@allow(reads_demerit_papers)
def demerit(demerit_uuid: UUID) -> Response:
    """打印 a 记分记录."""
    return _page("demerits", demerit_uuid)


@bp.post("/inspections/<uuid:inspection_uuid>/pdf")
@limiter.limit("60 per hour", key_func=asking_user)
@allow(reads_inspection_papers)
def inspection_pdf(inspection_uuid: UUID) -> AnyResponse:
    """导出 PDF of a 自查记录."""
    return _start("inspections", inspection_uuid)


@bp.post("/demerits/<uuid:demerit_uuid>/pdf")
@limiter.limit("60 per hour", key_func=asking_user)
@allow(reads_demerit_papers)
def demerit_pdf(demerit_uuid: UUID) -> AnyResponse:
    """导出 PDF of a 记分记录."""
    return _start("demerits", demerit_uuid)


@bp.get("/inspections/<uuid:uuid>/pdf", defaults={"name": "inspections"})
@bp.get("/demerits/<uuid:uuid>/pdf", defaults={"name": "demerits"})
@allow(reviews)
def full_numbers(name: str, uuid: UUID) -> Response:
    """完整号码 PDF: what for; it posts to its own address."""
    return _question(_found(name, uuid), name, FullNumbersForm(formdata=None))


def verify_address(paper: Paper) -> str:
    """Where the paper's QR code leads."""
    home = current_app.config["PUBLIC_URL"] or request.host_url.rstrip("/")
    return f"{home}{url_for('reports.verify', digest=paper.record.digest)}"


def _page(name: str, uuid: UUID) -> Response:
    paper, address = _found(name, uuid), verify_address(_found(name, uuid))
    page = render_template(
        paper.template,
        **paper.context,
        paper=paper,
        on_screen=True,
        verify_address=address,
        qr=qr_code(address),
        back=_details(name, uuid),
        pdf=f"/{name}/{uuid}/pdf",
    )
    return make_response(page)


def _start(name: str, uuid: UUID) -> AnyResponse:
    """Ask for the PDF and lead to its page; asked for twice it is made once.

    Only a reviewer gets numbers in full, and says what for.
    """
    paper, form = _found(name, uuid), FullNumbersForm()
    full = request.form.get("numbers") == "full"
    if full and not reviews(current_user):
        abort(403)
    if full and not form.validate():
        return _question(paper, name, form)
    why = {"numbers": "full", "reason": form.reason.data} if full else {}
    order = {
        "paper": name,
        "record": str(uuid),
        "verify": verify_address(paper),
        "back": _details(name, uuid),
        "print": f"/{name}/{uuid}/print",
        **why,
    }
    title = f"{paper.title} PDF{'（完整号码）' if full else ''}"
    try:
        job = Job.ask(KINDS[name], title, order, uuid7(), by=current_user, record=str(uuid), **why)
    except Busy as busy:
        job = busy.job
        if job.order != order:
            flash("另一份 PDF 还没有生成完，这一份没有开始。请等它完成，或者先取消它。", "error")
    return go_to(url_for("jobs.show", job_uuid=job.uuid))


def _question(paper: Paper, name: str, form: FullNumbersForm) -> Response:
    page = render_template(
        "reports/full.html",
        paper=paper,
        form=form,
        back=_details(name, paper.record.uuid),
        lists=url_for(f"supervision.{name}"),
    )
    return make_response(page, 422 if form.errors else 200)


def _found(name: str, uuid: UUID) -> Paper:
    return PAPERS[name](uuid, current_user) or abort(404)


def _details(name: str, uuid: UUID) -> str:
    return f"{'/supervision' if reviews(current_user) else ''}/{name}/{uuid}"
