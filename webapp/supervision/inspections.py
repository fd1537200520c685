"""自查记录查询: the list of submitted inspections and one of them (manual 2.2)."""

from uuid import UUID

from flask import Response, request
from flask_login import current_user
from sqlalchemy import Select
from sqlalchemy.orm import joinedload, lazyload, load_only, selectinload

from webapp.access import allow, reviews
from webapp.accounts.models import User
from webapp.catalog import catalog
from webapp.database import db
from webapp.fragments import page_or_fragment
from webapp.inspections.content import content_of
from webapp.inspections.models import Inspection
from webapp.institutions.models import Institution
from webapp.supervision.desk import bp, documents_of, way_back
from webapp.supervision.filters import InspectionFilter

LIST = "supervision.inspections"


@bp.get("/inspections")
@allow(reviews)
def inspections() -> Response:
    """自查记录查询."""
    form = InspectionFilter(current_user)
    valid = form.validate()
    found = form.narrow(Inspection.visible_to(current_user)) if valid else None
    rows, more = form.page_of(db.session.scalars(listed(found)).all() if found is not None else [])
    return page_or_fragment(
        "supervision/inspections.html",
        form.fragment("supervision/_inspections.html", "supervision/_inspection_rows.html"),
        status=200 if valid else 422,
        form=form,
        inspections=rows,
        more=more,
    )


@bp.get("/inspections/<uuid:inspection_uuid>")
@allow(reviews)
def inspection(inspection_uuid: UUID) -> Response:
    """自查详情, with the institution's data as they were then."""
    found = db.one_or_404(Inspection.visible_to(current_user).where(Inspection.uuid == inspection_uuid))
    then, reference = found.revision.data, catalog().reference
    return page_or_fragment(
        "supervision/inspection.html",
        "inspections/_detail.html",
        inspection=found,
        content=content_of(found, only=request.args.get("only")),
        then=then,
        subjects=[reference.treatment_subject(code).name for code in then["treatment_subjects"]],
        documents=documents_of(found.institution),
        back=way_back(LIST, request.referrer),
    )


def listed(seen: Select[Inspection]) -> Select[Inspection]:
    """Load no more than a list shows: a record is long, and a number is work to decrypt."""
    return seen.options(
        load_only(
            Inspection.uuid,
            Inspection.district,
            Inspection.level,
            Inspection.inspected_on,
            Inspection.failed,
            Inspection.scope,
            Inspection.checklist_slug,
            Inspection.checklist_version,
        ),
        joinedload(Inspection.inspector).options(load_only(User.name), lazyload(User.institution)),
        selectinload(Inspection.institution).load_only(Institution.name),
    )
