"""撤销申请 and 陈述申辩 of the institution, beside the entry they are about."""

from uuid import UUID

from flask import flash, url_for
from flask_login import current_user
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from werkzeug.wrappers import Response as AnyResponse

from webapp.access import allow, reads_demerits
from webapp.database import db
from webapp.demerits.models import Demerit
from webapp.demerits.petition_forms import PetitionForm
from webapp.demerits.petitions import Petition, PetitionKind, deadline_of, file, problem
from webapp.demerits.records import bp, found_demerit
from webapp.fragments import go_to, page_or_fragment

SENT = "已提交，监督员处理后会收到消息。"


@bp.get("/demerits/<uuid:demerit_uuid>/reversal", defaults={"kind": PetitionKind.REVERSAL})
@bp.get("/demerits/<uuid:demerit_uuid>/objection", defaults={"kind": PetitionKind.OBJECTION})
@allow(reads_demerits)
def petition(demerit_uuid: UUID, kind: PetitionKind) -> AnyResponse:
    """申请撤销 or 陈述申辩: an empty form, or why it can't be now."""
    demerit = found_demerit(demerit_uuid)
    return _page(demerit, kind, PetitionForm(kind), problem(demerit, kind))


@bp.post("/demerits/<uuid:demerit_uuid>/reversal", defaults={"kind": PetitionKind.REVERSAL})
@bp.post("/demerits/<uuid:demerit_uuid>/objection", defaults={"kind": PetitionKind.OBJECTION})
@allow(reads_demerits)
def file_petition(demerit_uuid: UUID, kind: PetitionKind) -> AnyResponse:
    """提交; the form sent twice makes one petition."""
    demerit, form = found_demerit(demerit_uuid), PetitionForm(kind)
    if _is_filed(form.identifier, demerit):
        return go_to(url_for(".show", demerit_uuid=demerit_uuid))
    valid, trouble = form.validate(), problem(demerit, kind)
    if trouble or not valid:
        return _page(demerit, kind, form, trouble, 409 if trouble else 422)
    try:
        file(demerit, kind, form.reason.data or "", form.photos.data, form.identifier, by=current_user)
    except IntegrityError:
        # The same form, or another petition, arrived at the same moment.
        db.session.rollback()
        if not _is_filed(form.identifier, demerit):
            return _page(demerit, kind, form, problem(demerit, kind), 409)
    flash(f"{kind.label}{SENT}", "success")
    return go_to(url_for(".show", demerit_uuid=demerit_uuid))


def _is_filed(uuid: UUID, demerit: Demerit) -> bool:
    filed = select(Petition.id).where(Petition.uuid == uuid, Petition.demerit_id == demerit.id)
    return db.session.scalar(filed) is not None


def _page(
    demerit: Demerit, kind: PetitionKind, form: PetitionForm, trouble: str | None, status: int = 200
) -> AnyResponse:
    return page_or_fragment(
        "demerits/petition.html",
        "demerits/_petition.html",
        status=status,
        demerit=demerit,
        kind=kind,
        form=form,
        trouble=trouble,
        deadline=deadline_of(demerit) if kind == PetitionKind.OBJECTION else None,
    )
