"""系统设置."""

from flask import flash, redirect, render_template, url_for
from flask_login import current_user
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response as AnyResponse
from wtforms import HiddenField, TextAreaField, ValidationError

from webapp.access import administers_system, allow
from webapp.accounts.masked import Difference
from webapp.admin.room import bp
from webapp.fields import Phone, TextLine
from webapp.sitewide import SETTINGS, VALUE_LENGTH, change, fingerprint
from webapp.sitewide import settings as present_settings


class SettingsForm(FlaskForm):
    """Every setting at once; ``seen`` says what the page showed."""

    announcement = TextAreaField(
        SETTINGS["announcement"].title, filters=[lambda text: (text or "").strip().replace("\r\n", "\n")]
    )
    support_phone = TextLine(SETTINGS["support_phone"].title, [Phone()], max_length=20)
    seen = HiddenField()

    def validate_announcement(self, field: TextAreaField) -> None:
        """Keep it short enough to be read."""
        length = len(field.data or "")
        if length > VALUE_LENGTH:
            raise ValidationError(f"最多 {VALUE_LENGTH} 个字，现在是 {length} 个，请缩短")

    @property
    def values(self) -> dict[str, str]:
        """What was typed, by the settings' names."""
        return {name: self[name].data or "" for name in SETTINGS}

    def differences(self, present: dict[str, str]) -> list[Difference]:
        """What is set now and what was typed, where they differ."""
        pairs = ((self[name].label.text, present[name], value) for name, value in self.values.items())
        return [Difference(*pair) for pair in pairs if pair[1] != pair[2]]


@bp.route("/settings", methods=["GET", "POST"])
@allow(administers_system)
def settings() -> AnyResponse | tuple[str, int]:
    """系统设置; whoever saves over what somebody else has saved is told first, and sees both."""
    present = present_settings()
    now_seen = fingerprint(present)
    form = SettingsForm(data={**present, "seen": now_seen})
    if not form.validate_on_submit():
        return _page(form)
    differences = form.differences(present) if form.seen.data != now_seen else []
    if differences:
        form.seen.data = now_seen
        return _page(form, differences)
    changed = change(form.values, by=current_user)
    flash("设置已保存，立即生效。" if changed else "没有改动。", "success" if changed else "info")
    return redirect(url_for(".settings"), 303)


def _page(form: SettingsForm, differences: list[Difference] | None = None) -> tuple[str, int]:
    page = render_template("admin/settings.html", form=form, differences=differences, length=VALUE_LENGTH)
    return page, 409 if differences else 422 if form.errors else 200
