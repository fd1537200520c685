"""Screens of registering an institution (manual 1.1)."""

from flask import Blueprint, Response, abort, redirect, render_template, request, url_for
from flask_login import current_user
from sqlalchemy.exc import IntegrityError
from werkzeug.wrappers import Response as AnyResponse

from webapp.access import administers, allow, applies, public
from webapp.accounts.models import User
from webapp.accounts.sessions import FailedSignIns, open_session, sign_in
from webapp.attachments.drafts import open_draft
from webapp.attachments.links import photo_links
from webapp.audit.models import record
from webapp.database import db
from webapp.extensions import csrf, limiter
from webapp.fragments import go_to, page_or_fragment
from webapp.institutions import registrations
from webapp.institutions.changes import REVIEWED
from webapp.institutions.forms import InstitutionForm, RegistrationForm
from webapp.institutions.models import DocumentKind, Institution, Status
from webapp.institutions.registrations import AlreadyDecided, CodeTaken, Registration

bp = Blueprint("institutions", __name__)


def has_registered(user: User) -> bool:
    """Whoever registered an institution, or administers it since."""
    return applies(user) or administers(user)


def _reveals_nothing() -> bool:
    """Only these two checks tell a stranger who is registered; the others look at what was typed."""
    return (request.view_args or {}).get("field") not in RegistrationForm.UNIQUE


def _has_registered_one(response: Response) -> bool:
    return response.status_code in (204, 303)


@bp.route("/register", methods=["GET", "POST"])
@csrf.exempt  # the form checks its token itself: one that expired must not cost what was typed
@limiter.limit("120 per minute; 600 per hour", methods=["POST"])  # corrected forms come again and again
@limiter.limit("20 per hour", methods=["POST"], deduct_when=_has_registered_one)
@public
def register() -> AnyResponse:
    """医疗机构注册."""
    if current_user.is_authenticated:
        return go_to(url_for("home.index"))
    open_draft()
    form = RegistrationForm()
    if form.is_submitted() and (_take_in(form) or _was_taken_in(form)):
        return go_to(url_for(".registration"))
    return _form_page("register", form)


@bp.post("/register/checks/<field>")
@limiter.limit("60 per minute; 300 per hour", exempt_when=_reveals_nothing)
@limiter.limit("300 per minute")
@public
def check(field: str) -> tuple[str, int]:
    """One field, checked as it is left; POST, because an ID number must not stand in an address."""
    own = current_user.institution if current_user.is_authenticated else None
    form = RegistrationForm(own=own)
    if field not in form or form[field].type not in ("TextLine", "ChoiceField", "PasswordField"):
        abort(404)
    right = form.check(field)
    reviewed = REVIEWED if own is not None and own.is_approved else ()
    answer = render_template("institutions/_field.html", f=form[field], left=True, reviewed=reviewed)
    return answer, 200 if right else 422


@bp.get("/registration")
@allow(has_registered)
def registration() -> AnyResponse | str:
    """Where one's registration stands."""
    if current_user.institution.is_approved:
        return redirect(url_for("home.index"))
    found: Registration = db.first_or_404(Registration.of(current_user))
    sent = found.institution
    documents = [(kind.label, photo_links(sent.documents_of(kind), kind.label)) for kind in DocumentKind]
    return render_template(
        "institutions/registration.html", registration=found, institution=sent, documents=documents
    )


@bp.route("/registration/edit", methods=["GET", "POST"])
@allow(has_registered)
def correct() -> AnyResponse:
    """修改后重新提交."""
    found: Registration = db.first_or_404(Registration.of(current_user))
    if found.status != Status.RETURNED:
        return go_to(url_for(".registration"))
    form = _form_of(found.institution)
    if form.is_submitted() and _send_again(form, found):
        return go_to(url_for(".registration"))
    return _form_page("correct", form, registration=found)


def _take_in(form: RegistrationForm) -> bool:
    """Register and sign in; False when the form is refused, which then says why."""
    if not form.validate():
        return False
    try:
        applicant = registrations.register(form.institution_data(), form.photos(), form.account())
    except (CodeTaken, IntegrityError):
        db.session.rollback()
        if not form.refuse_taken(*form.UNIQUE):
            raise
        return False
    open_session(applicant)
    record("sign-in", by=applicant)
    db.session.commit()
    return True


def _was_taken_in(form: RegistrationForm) -> bool:
    """The second tap on 完成注册 finds numbers and photos taken by the first; the password proves it."""
    if set(form.errors) - {*DocumentKind} != {*form.UNIQUE} or not all(map(form.is_taken, form.UNIQUE)):
        return False
    mobile = str(form.mobile.data)
    user = db.session.scalar(User.with_mobile(mobile))
    if user is None or user.institution is None or user.institution.credit_code != form.credit_code.data:
        return False
    return not FailedSignIns.are_too_many(mobile) and sign_in(mobile, str(form.password.data)) is not None


def _send_again(form: InstitutionForm, found: Registration) -> bool:
    if not form.validate():
        return False
    try:
        registrations.resubmit(found, form.institution_data(), form.photos())
    except AlreadyDecided:
        db.session.rollback()  # the first of two taps has sent it
    except CodeTaken:
        db.session.rollback()
        if not form.refuse_taken(*form.UNIQUE):
            raise
        return False
    return True


def _form_of(institution: Institution) -> InstitutionForm:
    photos = {kind.value: institution.documents_of(kind) for kind in DocumentKind}
    return InstitutionForm(obj=institution, own=institution, **photos)


def _form_page(screen: str, form: InstitutionForm, **context: object) -> Response:
    status = 422 if form.is_submitted() else 200
    page, fragment = f"institutions/{screen}.html", f"institutions/_{screen}.html"
    return page_or_fragment(page, fragment, status=status, form=form, **context)
