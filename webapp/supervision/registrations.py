"""注册审核: the list, one registration, the decision on it (manual 2.1)."""

from typing import Any
from uuid import UUID

from flask import Response, abort, flash, render_template, request
from flask_login import current_user
from sqlalchemy import Select
from sqlalchemy.exc import IntegrityError
from werkzeug.wrappers import Response as AnyResponse

from webapp.access import allow, reviews
from webapp.audit.models import record
from webapp.database import db
from webapp.fields import TextLine
from webapp.fragments import go_to, page_or_fragment
from webapp.institutions.changes import Change
from webapp.institutions.duplicates import Duplicates
from webapp.institutions.models import Institution, Status
from webapp.institutions.registrations import AlreadyDecided, CodeTaken, Registration, RegistrationKind
from webapp.lists.columns import Column
from webapp.lists.filters import ALL, Choice
from webapp.lists.pages import trail_of
from webapp.lists.paging import By
from webapp.numbers import mask_id_number, mask_phone
from webapp.supervision.desk import bp, documents_of
from webapp.supervision.filters import Filter, is_called, level_choice
from webapp.supervision.forms import DecisionForm

LIST = "supervision.registrations"
# What lists and pages show masked and a recorded tap in full.
NUMBERS = ("legal_person_id_number", "contact_phone")


COLUMNS = (
    Column("district", "经营地区", lambda row: row.institution.district_name),
    Column("name", "单位名称", lambda row: row.institution.name, look="name"),
    Column("credit_code", "统一社会信用代码", lambda row: row.institution.credit_code, look="nowrap"),
    Column("level", "机构级别", lambda row: row.institution.level, look="nowrap"),
    Column("legal_person", "法人（负责人）", lambda row: row.institution.legal_person),
    Column(
        "id_number",
        "证件号码",
        lambda row: mask_id_number(row.institution.legal_person_id_number),
        full=lambda row: row.institution.legal_person_id_number,
        look="nowrap",
    ),
    Column(
        "phone",
        "联系电话",
        lambda row: mask_phone(row.institution.contact_phone),
        full=lambda row: row.institution.contact_phone,
        look="nowrap",
    ),
    Column(
        "state", "状态", lambda row: " ".join(text for text, _ in _tags(row)), tags=lambda row: _tags(row)
    ),
)


class RegistrationFilter(Filter):
    """Registrations by district, and the newest of each district first (manual 2.1.1)."""

    ENDPOINT, MODEL = LIST, Registration
    ORDER = (By(Registration.district), By(Registration.id, falling=True))
    COLUMNS = COLUMNS
    SORTED = "按经营地区排列"
    level = level_choice()
    status = Choice("状态", choices=ALL | {status.value: status.label for status in Status}, default="")
    kind = Choice("类别", choices=ALL | {kind.value: kind.label for kind in RegistrationKind}, default="")
    q = TextLine("单位名称或信用代码", max_length=100)

    def matching(self, seen: Select[Registration]) -> Select[Registration]:
        """Return the rows that the fields ask for."""
        seen = super().matching(seen)
        if self.status.data:
            seen = seen.where(Registration.status == self.status.data)
        if self.kind.data:
            seen = seen.where(Registration.kind == self.kind.data)
        if self.level.data:
            seen = seen.where(Registration.institution.has(Institution.level == self.level.data))
        if self.q.data:
            seen = seen.where(Registration.institution.has(is_called(self.q.data)))
        return seen

    def name_of(self, row: Registration) -> str:
        """What a row is called beside others."""
        return row.institution.name


@bp.get("/registrations")
@allow(reviews)
def registrations() -> Response:
    """注册审核."""
    return RegistrationFilter(current_user).listing(Registration.visible_to(current_user))


@bp.get("/registrations/<uuid:registration_uuid>")
@allow(reviews)
def registration(registration_uuid: UUID) -> str:
    """审核详情."""
    return _page(_found(registration_uuid), DecisionForm())


@bp.post("/registrations/<uuid:registration_uuid>/decision")
@allow(reviews)
def decide(registration_uuid: UUID) -> AnyResponse | tuple[str, int]:
    """通过 or 退回; whoever comes second is told what the first decided."""
    found = _found(registration_uuid)
    form = DecisionForm()
    if not form.validate_on_submit():
        return _page(found, form), 422
    try:
        if form.approves:
            found.approve(by=current_user)
        else:
            found.return_(form.reason.data or "", by=current_user)
    except AlreadyDecided:
        db.session.rollback()
        return _page(found, form, too_late=True), 409
    except (CodeTaken, IntegrityError):
        db.session.rollback()
        return _page(found, form, code_taken=True), 409
    flash(f"{found.institution.name}：{registration_state(found)}。", "success")
    return go_to(RegistrationFilter.beside(current_user).url_with(at=found.uuid))


@bp.post("/registrations/<uuid:registration_uuid>/numbers")
@allow(reviews)
def numbers(registration_uuid: UUID) -> Response | str:
    """Show one number in full, and record that it was shown."""
    found = _found(registration_uuid)
    name = request.form.get("number", "")
    if name not in NUMBERS:
        abort(400)
    record("numbers-shown", by=current_user, about=found, number=name)
    db.session.commit()
    return page_or_fragment(
        "supervision/registration.html",
        "supervision/_number.html",
        **_context(found, DecisionForm(formdata=None)),
        number=name,
        shown={name},
    )


@bp.app_template_filter()
def registration_state(registration: Registration) -> str:
    """Where a registration stands, in a word; what waits as a change is called so."""
    if registration.withdrawn_at is not None:
        return "已撤回"
    status = Status(registration.status)
    return "变更" if status == Status.PENDING and isinstance(registration, Change) else status.label


def _tags(registration: Registration) -> list[tuple[str, str]]:
    """The state; a change says that it is one even when it waits no longer."""
    decided_change = isinstance(registration, Change) and registration.status != Status.PENDING
    return [*([("变更", "grey")] if decided_change else []), (registration_state(registration), "")]


def _found(uuid: UUID) -> Registration:
    found: Registration = db.one_or_404(
        Registration.visible_to(current_user).where(Registration.uuid == uuid)
    )
    return found


def _page(found: Registration, form: DecisionForm, **trouble: bool) -> str:
    context = _context(found, form)
    return render_template("supervision/registration.html", **context, shown=set(), **trouble)


def _context(found: Registration, form: DecisionForm) -> dict[str, Any]:
    beside = RegistrationFilter.beside(current_user)
    return {
        "registration": found,
        "lines": found.lines() if isinstance(found, Change) else (),
        "institution": found.institution,
        "documents": documents_of(found.institution),
        "form": form,
        "beside": beside.asked,
        "duplicates": Duplicates.of(found, current_user),
        "trail": trail_of(beside, Registration.visible_to(current_user), found),
    }
