"""What a paper's QR code leads to: whether the record is known, and nothing about whom."""

from datetime import datetime

from flask import Response, make_response, render_template
from sqlalchemy import select

from webapp.access import public
from webapp.database import db
from webapp.demerits.models import Demerit
from webapp.extensions import limiter
from webapp.inspections.models import Inspection
from webapp.reports.views import bp

KINDS: dict[str, type[Inspection] | type[Demerit]] = {
    "医疗机构依法执业自查记录": Inspection,
    "医务人员不良执业行为记分记录": Demerit,
}


@bp.get("/verify/<sha256:digest>")
@limiter.limit("30 per minute; 200 per hour")
@public
def verify(digest: str) -> Response:
    """记录核对."""
    kind, submitted_at = _known(digest)
    page = render_template("reports/verify.html", digest=digest, kind=kind, submitted_at=submitted_at)
    return make_response(page, 200 if kind else 404)


def _known(digest: str) -> tuple[str, datetime | None]:
    """The kind of record that has a digest and when it was handed in; nothing for none."""
    for kind, model in KINDS.items():
        submitted_at = db.session.scalar(select(model.submitted_at).where(model.digest == digest).limit(1))
        if submitted_at is not None:
            return kind, submitted_at
    return "", None
