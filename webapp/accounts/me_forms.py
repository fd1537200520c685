"""Forms of one's own data and password (manual 1.6)."""

from collections.abc import Callable, Collection
from typing import Any, ClassVar

from flask_wtf import FlaskForm
from wtforms import PasswordField
from wtforms.validators import EqualTo, Length

from webapp.accounts.models import User
from webapp.accounts.own import is_taken, password_refusal
from webapp.fields import IdNumber, Mobile, NewPassword, NoControls, Required, TextLine
from webapp.numbers import mask_id_number, mask_phone
from webapp.words import Words

TAKEN = {
    "id_number": "本机构已有人使用这个身份证号，请核对",
    "mobile": "这个手机号已有人使用，请核对，或换一个手机号",
}


class ProfileForm(FlaskForm):
    """个人信息. The numbers go out masked; one that comes back masked is unchanged."""

    MASKS: ClassVar[dict[str, Callable[[str], str]]] = {"id_number": mask_id_number, "mobile": mask_phone}

    # Registration takes a 用户名 that need not be a person's name: it must not stand in the way here.
    name = TextLine("姓名", [Required(), Words()], max_length=50, render_kw={"autocomplete": "name"})
    id_number = TextLine(
        "身份证号", [Required(), IdNumber()], render_kw={"autocomplete": "off", "spellcheck": "false"}
    )
    mobile = TextLine("手机号", [Required(), Mobile()], render_kw={"type": "tel", "autocomplete": "tel"})
    password = PasswordField("当前密码", render_kw={"autocomplete": "current-password"})

    def __init__(self, user: User, shown: Collection[str] = (), **kwargs: Any) -> None:
        """:param shown: names of the numbers to show in full"""
        super().__init__(obj=user, **kwargs)
        self.user = user
        self.shown = set(shown)
        for name, mask in self.MASKS.items() if self.is_submitted() else ():
            own = getattr(user, name)
            if self[name].data == mask(own):
                self[name].data = own
            elif self[name].raw_data:
                self.shown.add(name)

    def value_of(self, name: str) -> str:
        """What a number's field shows: one's own number masked until asked for, and whatever was typed."""
        own: str = getattr(self.user, name)
        data: str = self[name].data or ""
        return self.MASKS[name](own) if data == own and name not in self.shown else data

    @property
    def changes(self) -> dict[str, Any]:
        """The fields that differ from what is stored, with their new values."""
        fields = {name: self[name].data for name in ("name", *self.MASKS)}
        return {name: value for name, value in fields.items() if value != getattr(self.user, name)}

    @property
    def asks_password(self) -> bool:
        """Whether a number would change: that needs the password."""
        return self.is_submitted() and not self.MASKS.keys().isdisjoint(self.changes)

    def validate(self, extra_validators: Any = None) -> bool:
        """Check the fields; then, for a changed number, the password; then whether it is free."""
        if not super().validate(extra_validators):
            return False
        if not self.asks_password:
            return True
        problem = "修改身份证号或手机号，请输入当前密码"
        if self.password.data:
            wrong = "当前密码不正确，请重新输入"
            problem = password_refusal(self.user, self.password.data, wrong) or ""
        self.password.errors = [problem] if problem else []
        return not problem and not self.refuse_taken()

    def refuse_taken(self) -> bool:
        """Say beside a changed number that somebody else has it; tell whether there is one."""
        taken = [name for name in TAKEN if name in self.changes and self._is_taken(name)]
        for name in taken:
            self[name].errors = [*self[name].errors, TAKEN[name]]
        return bool(taken)

    def _is_taken(self, name: str) -> bool:
        return is_taken(self.user, name, self[name].data or "")


class PasswordForm(FlaskForm):
    """修改密码: the old one is checked as at signing in, the new one as at registration."""

    old = PasswordField(
        "旧密码",
        [Required(), Length(max=128, message="密码最多 128 个字符")],
        render_kw={"placeholder": "请输入旧密码", "autocomplete": "current-password"},
    )
    new = PasswordField(
        "新密码",
        [
            Required(),
            NoControls(),
            NewPassword(own=lambda form: (form.user.name, form.user.id_number, form.user.mobile)),
        ],
        render_kw={"placeholder": "请输入新密码", "autocomplete": "new-password"},
    )
    confirm = PasswordField(
        "确认密码",
        [Required(), EqualTo("new", "两次输入的密码不一致，请重新输入确认密码")],
        render_kw={"placeholder": "请输入确认密码", "autocomplete": "new-password"},
    )

    def __init__(self, user: User) -> None:
        super().__init__()
        self.user = user

    def validate(self, extra_validators: Any = None) -> bool:
        """Check the new password first: a guess at the old one is only counted when it would be used."""
        if not super().validate(extra_validators):
            return False
        if self.new.data == self.old.data:
            self.new.errors = ["新密码不能与旧密码相同，请换一个"]
            return False
        problem = password_refusal(self.user, str(self.old.data), "旧密码不正确，请重新输入")
        self.old.errors = [problem] if problem else []
        return not problem
