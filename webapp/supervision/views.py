"""The reviewers' work desk: what waits, what is new, and four figures."""

from typing import Any

from flask import render_template
from flask_login import current_user
from sqlalchemy import func

from webapp.access import allow, reviews
from webapp.database import db, now
from webapp.formats import local_date
from webapp.inspections.models import Inspection
from webapp.institutions.models import Institution, Status
from webapp.institutions.registrations import Registration
from webapp.supervision.desk import bp
from webapp.supervision.inspections import listed

NEWEST = 8


@bp.get("/")
@allow(reviews)
def desk() -> str:
    """工作台."""
    waiting = Registration.visible_to(current_user).where(Registration.status == Status.PENDING)
    newest = Inspection.visible_to(current_user).order_by(
        Inspection.inspected_on.desc(), Inspection.id.desc()
    )
    return render_template(
        "supervision/desk.html",
        registrations=db.session.scalars(waiting.order_by(Registration.id).limit(NEWEST)).all(),
        inspections=db.session.scalars(listed(newest.limit(NEWEST))).all(),
        **_figures(),
    )


def _figures() -> dict[str, Any]:
    """What came in this month and with how many 否, and how many institutions work."""
    month = local_date(now()).replace(day=1)
    submitted = Inspection.visible_to(current_user).where(Inspection.inspected_on >= month)
    sums = submitted.with_only_columns(func.count(), func.coalesce(func.sum(Inspection.failed), 0))
    approved = Institution.visible_to(current_user).where(Institution.status == Status.APPROVED)
    count, failed = db.session.execute(sums).one()
    return {
        "month": month,
        "submitted": count,
        "failed": failed,
        "institutions": db.session.scalar(approved.with_only_columns(func.count())),
    }
