"""What becomes of an account: codes, 停用, 启用, 删除, and handing administration over (manual 1.2.4)."""

from uuid import UUID

from flask import flash, redirect, render_template, url_for
from flask_login import current_user
from werkzeug.wrappers import Response as AnyResponse

from webapp.access import administers, allow
from webapp.accounts import members
from webapp.accounts.staff.forms import HandOverForm
from webapp.accounts.staff.room import bp, found
from webapp.database import db

FIRST_HAND_OVER = "{}是机构管理员，不能删除或停用。请先把管理权移交给其他人员。"


@bp.post("/<uuid:user_uuid>/code")
@allow(administers)
def issue_code(user_uuid: UUID) -> AnyResponse | str:
    """签发一次性口令; shown this once."""
    person = found(user_uuid)
    if not person.is_active or person.is_administrator:
        flash("停用的账号和机构管理员不能签发一次性口令。", "error")
        return redirect(url_for(".edit", user_uuid=user_uuid), 303)
    code = members.issue_code(person, by=current_user)
    return render_template("staff/code.html", person=person, code=code, added=False)


@bp.post("/<uuid:user_uuid>/deletion")
@allow(administers)
def delete(user_uuid: UUID) -> AnyResponse:
    """删除, or 停用 where there are records."""
    person = found(user_uuid)
    name = person.name
    try:
        deleted = members.remove(person, by=current_user)
    except members.Administers:
        flash(FIRST_HAND_OVER.format(name), "error")
        return redirect(url_for(".index"), 303)
    kept = f"{name}已有登录或业务记录，不能删除，账号已停用；记录全部保留。"
    flash(f"{name}已删除。" if deleted else kept, "success" if deleted else "info")
    return redirect(url_for(".index"), 303)


@bp.post("/<uuid:user_uuid>/deactivation")
@allow(administers)
def deactivate(user_uuid: UUID) -> AnyResponse:
    """停用."""
    person = found(user_uuid)
    try:
        members.deactivate(person, by=current_user)
    except members.Administers:
        flash(FIRST_HAND_OVER.format(person.name), "error")
    else:
        flash(f"{person.name}的账号已停用，正在使用的登录已全部退出；记录全部保留。", "success")
    return redirect(url_for(".edit", user_uuid=user_uuid), 303)


@bp.post("/<uuid:user_uuid>/activation")
@allow(administers)
def activate(user_uuid: UUID) -> AnyResponse:
    """启用."""
    person = found(user_uuid)
    members.activate(person, by=current_user)
    flash(f"{person.name}的账号已启用。", "success")
    return redirect(url_for(".edit", user_uuid=user_uuid), 303)


@bp.route("/<uuid:user_uuid>/administration", methods=["GET", "POST"])
@allow(administers)
def hand_over(user_uuid: UUID) -> AnyResponse | tuple[str, int]:
    """移交管理权."""
    person = found(user_uuid)
    form = HandOverForm()
    refused = not members.can_take_over(person, current_user)
    if form.validate_on_submit():
        try:
            members.hand_over(current_user, person)
        except members.CannotTakeOver:
            db.session.rollback()
            refused = True
        else:
            flash(f"管理权已移交给{person.name}。", "success")
            return redirect(url_for("home.index"), 303)
    page = render_template("staff/administration.html", form=form, person=person, refused=refused)
    return page, 422 if form.is_submitted() else 200
