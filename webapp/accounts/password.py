"""修改密码 (manual 1.6)."""

from flask import flash, render_template, url_for
from flask_login import current_user
from werkzeug.wrappers import Response as AnyResponse

from webapp.access import allow, signed_in
from webapp.accounts.me_forms import PasswordForm
from webapp.accounts.own import change_password
from webapp.accounts.views import bp
from webapp.extensions import asking_user, limiter
from webapp.fragments import go_to


@bp.route("/me/password", methods=["GET", "POST"])
@limiter.limit("30 per minute; 300 per hour", key_func=asking_user, methods=["POST"])
@allow(signed_in)
def password() -> AnyResponse | tuple[str, int]:
    """修改密码."""
    form = PasswordForm(current_user)
    if form.validate_on_submit():
        change_password(current_user, str(form.new.data))
        flash("密码已修改，其他设备需要用新密码重新登录。", "success")
        return go_to(url_for(".me"))
    return render_template("accounts/password.html", form=form), 422 if form.errors else 200
