"""The first sign-in: with a one-time code, and setting the password (manual 1.2.4)."""

from typing import Any

from flask import flash, redirect, render_template, url_for
from flask_login import current_user
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response as AnyResponse
from wtforms import PasswordField
from wtforms.validators import EqualTo, Length

from webapp.access import public
from webapp.accounts.codes import FirstSignInCode, begin
from webapp.accounts.models import User
from webapp.accounts.sessions import FailedSignIns, open_session
from webapp.accounts.views import bp
from webapp.database import db
from webapp.extensions import limiter
from webapp.fields import Mobile, NewPassword, Required, TextLine
from webapp.numbers import password_problem
from webapp.sitewide import settings

TOO_MANY = "连续输错 5 次，请 15 分钟后再试，或联系管理员。"
WRONG = "手机号码或一次性口令不正确，或者口令已用过、已过期。请核对，或向管理员索取新的口令。"


class FirstSignInForm(FlaskForm):
    """Mobile number, code and the new password, all at once: no session begins before all are right."""

    mobile = TextLine(
        "手机号码", [Required(), Mobile()], max_length=20, render_kw={"autocomplete": "username"}
    )
    code = TextLine(
        "一次性口令",
        [Required()],
        max_length=40,
        render_kw={"autocomplete": "one-time-code", "autocapitalize": "characters", "spellcheck": "false"},
    )
    password = PasswordField(
        "设置密码", [Required(), NewPassword()], render_kw={"autocomplete": "new-password"}
    )
    confirm = PasswordField(
        "确认密码",
        [
            Required(),
            Length(max=128, message="密码最多 128 个字符"),
            EqualTo("password", "两次输入的密码不一致，请重新输入确认密码"),
        ],
        render_kw={"autocomplete": "new-password"},
    )
    user: User | None = None

    def validate(self, extra_validators: Any = None) -> bool:
        """Check the fields, then the code; its holder is then ``self.user``."""
        if not super().validate(extra_validators):
            return False
        mobile = str(self.mobile.data)
        if FailedSignIns.refuse(mobile):
            self.form_errors.append(TOO_MANY)
            return False
        self.user = FirstSignInCode.holder(mobile, str(self.code.data))
        if self.user is None:
            self.form_errors.append(WRONG)
            return False
        own = (self.user.name, self.user.id_number, self.user.mobile)
        problem = password_problem(str(self.password.data), own)
        if problem:
            self.password.errors = [problem]
        return problem is None


@bp.route("/first-sign-in", methods=["GET", "POST"])
@limiter.limit("30 per minute; 300 per hour", methods=["POST"])
@public
def first_sign_in() -> AnyResponse | tuple[str, int]:
    """首次登录."""
    if current_user.is_authenticated:
        return redirect(url_for("home.index"))
    form = FirstSignInForm()
    if form.validate_on_submit() and form.user is not None:
        begin(form.user, str(form.password.data))
        open_session(form.user)
        db.session.commit()
        flash("密码已设置，以后用手机号码和密码登录。", "success")
        return redirect(url_for("home.index"), 303)
    page = render_template("accounts/first_sign_in.html", form=form, settings=settings())
    return page, 422 if form.errors else 200
