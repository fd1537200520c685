"""Forms of signing in and of one's own account."""

from typing import Any

from flask_wtf import FlaskForm
from wtforms import PasswordField
from wtforms.validators import DataRequired, Length

from webapp.accounts.models import User
from webapp.accounts.sessions import FailedSignIns, sign_in
from webapp.fields import TextLine
from webapp.numbers import normalise_phone


class SignInForm(FlaskForm):
    """Mobile number and password; which of them was wrong is never told."""

    mobile = TextLine(
        "手机号码",
        [DataRequired("请填写手机号码")],
        filters=[lambda text: normalise_phone(text) if text else text],
        max_length=20,
        render_kw={"autocomplete": "username", "inputmode": "tel"},
    )
    password = PasswordField(
        "密码",
        [DataRequired("请填写密码"), Length(max=128, message="密码最多 128 个字符")],
        render_kw={"autocomplete": "current-password"},
    )
    user: User | None = None

    def validate(self, extra_validators: Any = None) -> bool:
        """Check the fields and sign in; the signed-in user is then ``self.user``."""
        if not super().validate(extra_validators):
            return False
        mobile, password = str(self.mobile.data), str(self.password.data)
        if FailedSignIns.refuse(mobile):
            self.form_errors.append("连续输错 5 次，请 15 分钟后再试，或联系管理员。")
            return False
        self.user = sign_in(mobile, password)
        if self.user is None:
            self.form_errors.append("手机号码或密码不正确，请核对后重试。")
        return self.user is not None
