"""Screens of 信息维护: an institution's departments (manual 1.2.3)."""

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_login import current_user
from sqlalchemy.exc import IntegrityError
from werkzeug.wrappers import Response as AnyResponse

from webapp.access import administers, allow
from webapp.database import db
from webapp.fragments import page_or_fragment
from webapp.institutions.department_forms import DepartmentForm, DepartmentQuery
from webapp.institutions.departments import Department, InUse

bp = Blueprint("departments", __name__, url_prefix="/departments")
PAGE = 20


@bp.get("")
@allow(administers)
def index() -> AnyResponse:
    """科室信息维护: by code, narrowed by the query, twenty at a time."""
    form = DepartmentQuery(request.args)
    valid = form.validate()
    name, after = form.name.data or "", request.args.get("after", "")
    query = Department.visible_to(current_user).where(Department.code > after)
    if name:
        query = query.where(Department.name.contains(name, autoescape=True))
    found = db.session.scalars(query.order_by(Department.code).limit(PAGE + 1)).all() if valid else []
    return page_or_fragment(
        "departments/list.html",
        "departments/_rows.html" if after else "departments/_results.html",
        status=200 if valid else 422,
        form=form,
        departments=found[:PAGE],
        more=found[PAGE:] and url_for(".index", name=name or None, after=found[PAGE - 1].code),
    )


@bp.route("/new", methods=["GET", "POST"])
@allow(administers)
def new() -> AnyResponse | tuple[str, int]:
    """添加科室."""
    form = DepartmentForm(current_user)
    if form.validate_on_submit() and _kept(form):
        flash(f"科室“{form.name.data}”已添加。", "success")
        return redirect(url_for(".index"), 303)
    return _page(form)


@bp.route("/<uuid:department_uuid>", methods=["GET", "POST"])
@allow(administers)
def edit(department_uuid: UUID) -> AnyResponse | tuple[str, int]:
    """编辑科室."""
    form = DepartmentForm(current_user, own=_found(department_uuid))
    if form.validate_on_submit() and _kept(form):
        flash(f"科室“{form.name.data}”已保存。", "success")
        return redirect(url_for(".index"), 303)
    return _page(form)


@bp.post("/<uuid:department_uuid>/deletion")
@allow(administers)
def delete(department_uuid: UUID) -> AnyResponse:
    """删除, or say by whom the department is used, on the page where it can be disabled."""
    department = _found(department_uuid)
    try:
        department.remove(by=current_user)
    except InUse as refusal:
        flash(f"{refusal}请在这里把状态改为停用。" if department.is_enabled else str(refusal), "error")
        return redirect(url_for(".edit", department_uuid=department_uuid), 303)
    flash(f"科室“{department.name}”已删除。", "success")
    return redirect(url_for(".index"), 303)


def _found(uuid: UUID) -> Department:
    found: Department = db.one_or_404(Department.visible_to(current_user).where(Department.uuid == uuid))
    return found


def _kept(form: DepartmentForm) -> bool:
    """Save; False when the code was taken at the same moment, which the form then says."""
    try:
        if form.own is None:
            Department.add(form.values, by=current_user)
        else:
            form.own.change(form.values, by=current_user)
    except IntegrityError:
        db.session.rollback()
        if not form.refuse_taken():
            raise
        return False
    return True


def _page(form: DepartmentForm) -> tuple[str, int]:
    return render_template("departments/edit.html", form=form, department=form.own), (
        422 if form.errors else 200
    )
