"""医疗机构人员维护: adding and changing a person (manual 1.2.4)."""

from uuid import UUID

from flask import flash, redirect, render_template, url_for
from flask_login import current_user
from sqlalchemy.exc import IntegrityError
from werkzeug.wrappers import Response as AnyResponse

from webapp.access import administers, allow
from webapp.accounts import members
from webapp.accounts.masked import Difference
from webapp.accounts.models import User
from webapp.accounts.staff.forms import StaffForm
from webapp.accounts.staff.room import bp, found
from webapp.database import db


@bp.route("/new", methods=["GET", "POST"])
@allow(administers)
def new() -> str | tuple[str, int]:
    """添加; the answer shows the one-time code, this once."""
    form = StaffForm(current_user.institution)
    person = _added(form) if form.validate_on_submit() else None
    if person is not None:
        code = members.issue_code(person, by=current_user)
        return render_template("staff/code.html", person=person, code=code, added=True)
    return _page(form)


@bp.route("/<uuid:user_uuid>", methods=["GET", "POST"])
@allow(administers)
def edit(user_uuid: UUID) -> AnyResponse | tuple[str, int]:
    """编辑; whoever saves over what somebody else has saved is told first, and sees both."""
    person = found(user_uuid)
    form = StaffForm(current_user.institution, own=person)
    if not form.validate_on_submit():
        return _page(form)
    differences = form.differences(person) if form.is_stale else []
    if differences:
        form.version.data = str(person.version)
        return _page(form, differences)
    if not _changed(form, person):
        return _page(form)
    flash(f"{person.name}的信息已保存。", "success")
    return redirect(url_for(".index"), 303)


def _added(form: StaffForm) -> User | None:
    """None when a number was taken at the same moment, which the form then says."""
    try:
        return members.add(form.facts, by=current_user)[0]
    except IntegrityError:
        db.session.rollback()
        if not form.refuse_taken():
            raise
        return None


def _changed(form: StaffForm, person: User) -> bool:
    try:
        members.change(person, form.facts, by=current_user)
    except IntegrityError:
        db.session.rollback()
        if not form.refuse_taken():
            raise
        return False
    return True


def _page(form: StaffForm, differences: list[Difference] | None = None) -> tuple[str, int]:
    page = render_template("staff/edit.html", form=form, person=form.own, differences=differences)
    return page, 409 if differences else 422 if form.errors else 200
