"""我的登录设备: the browsers one is signed in with, and ending the others."""

from uuid import UUID

from flask import flash, render_template, url_for
from flask_login import current_user
from werkzeug.wrappers import Response as AnyResponse

from webapp.access import allow, signed_in
from webapp.accounts.own import end_other_sign_ins, end_sign_in
from webapp.accounts.sessions import SignIn
from webapp.accounts.views import bp
from webapp.database import db
from webapp.fragments import go_to

SHOWN = 50


@bp.get("/me/devices")
@allow(signed_in)
def devices() -> str:
    """我的登录设备, the last used first; this one stands on top."""
    others = SignIn.others_of(current_user).order_by(SignIn.seen_at.desc(), SignIn.id.desc())
    return render_template(
        "accounts/devices.html",
        this=db.one_or_404(SignIn.this_of(current_user)),
        others=db.session.scalars(others.limit(SHOWN)).all(),
        limit=SHOWN,
    )


@bp.post("/me/devices/sign-out")
@allow(signed_in)
def sign_out_others() -> AnyResponse:
    """退出其他设备."""
    ended = end_other_sign_ins(current_user)
    flash("其他设备已全部退出。" if ended else "没有其他设备在登录。", "success")
    return go_to(url_for(".devices"))


@bp.post("/me/devices/<uuid:sign_in_uuid>/sign-out")
@allow(signed_in)
def sign_out_one(sign_in_uuid: UUID) -> AnyResponse:
    """退出 one other device; the one in hand is left by 退出账户."""
    found = db.one_or_404(SignIn.others_of(current_user).where(SignIn.uuid == sign_in_uuid))
    end_sign_in(found, by=current_user)
    flash(f"已退出 {found.title}。", "success")
    return go_to(url_for(".devices"))
