"""What becomes of an account: codes, 停用, 启用, 解锁."""

from uuid import UUID

from flask import flash, redirect, render_template, url_for
from flask_login import current_user
from werkzeug.wrappers import Response as AnyResponse

from webapp.access import administers_system, allow
from webapp.accounts import officials
from webapp.admin.accounts import found
from webapp.admin.room import bp


def _back(user_uuid: UUID, message: str, kind: str = "success") -> AnyResponse:
    flash(message, kind)
    return redirect(url_for(".account", user_uuid=user_uuid), 303)


@bp.post("/accounts/<uuid:user_uuid>/code")
@allow(administers_system)
def issue_code(user_uuid: UUID) -> AnyResponse | str:
    """签发一次性口令; shown this once."""
    user = found(user_uuid)
    if not user.is_active:
        return _back(user_uuid, "停用的账号不能签发一次性口令，请先启用。", "error")
    try:
        code = officials.issue_code(user, by=current_user)
    except officials.OwnAccount:
        return _back(user_uuid, "自己的密码请在“我的”里用旧密码修改。", "error")
    return render_template("admin/code.html", user=user, code=code, added=False)


@bp.post("/accounts/<uuid:user_uuid>/deactivation")
@allow(administers_system)
def deactivate(user_uuid: UUID) -> AnyResponse:
    """停用."""
    user = found(user_uuid)
    try:
        officials.deactivate(user, by=current_user)
    except officials.OwnAccount:
        return _back(user_uuid, "不能停用自己的账号，请由另一位系统管理员办理。", "error")
    except officials.LastAdministrator:
        return _back(user_uuid, "这是最后一个能登录的系统管理员，不能停用。", "error")
    return _back(user_uuid, f"{user.name}的账号已停用，正在使用的登录已全部退出；记录全部保留。")


@bp.post("/accounts/<uuid:user_uuid>/activation")
@allow(administers_system)
def activate(user_uuid: UUID) -> AnyResponse:
    """启用."""
    user = found(user_uuid)
    officials.activate(user, by=current_user)
    return _back(user_uuid, f"{user.name}的账号已启用。")


@bp.post("/accounts/<uuid:user_uuid>/unlocking")
@allow(administers_system)
def unlock(user_uuid: UUID) -> AnyResponse:
    """解锁 after too many wrong passwords."""
    user = found(user_uuid)
    officials.unlock(user, by=current_user)
    return _back(user_uuid, f"{user.name}现在可以重新登录。")
