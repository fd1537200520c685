"""我的: one's own data, how pages look (manual 1.6)."""

from flask import Response, abort, flash, render_template, request, url_for
from flask_login import current_user
from sqlalchemy.exc import IntegrityError
from werkzeug.wrappers import Response as AnyResponse

from webapp.access import allow, signed_in
from webapp.accounts.me_forms import ProfileForm
from webapp.accounts.own import change_data
from webapp.accounts.views import bp
from webapp.audit.models import record
from webapp.database import db
from webapp.extensions import asking_user, limiter
from webapp.fragments import go_to, page_or_fragment


@bp.route("/me", methods=["GET", "POST"])
@limiter.limit("30 per minute; 300 per hour", key_func=asking_user, methods=["POST"])
@allow(signed_in)
def me() -> AnyResponse | tuple[str, int]:
    """我的, with 个人信息."""
    form = ProfileForm(current_user)
    if form.validate_on_submit() and _save(form):
        flash("个人信息已保存。", "success")
        return go_to(url_for(".me"))
    page = render_template("accounts/me.html", user=current_user, form=form)
    return page, 422 if form.is_submitted() else 200


@bp.post("/me/numbers")
@allow(signed_in)
def own_number() -> Response:
    """Show one of one's own numbers in full, and record that it was shown."""
    name = request.form.get("number", "")
    if name not in ProfileForm.MASKS:
        abort(400)
    record("numbers-shown", by=current_user, about=current_user, number=name)
    db.session.commit()
    return page_or_fragment(
        "accounts/me.html",
        "accounts/_number.html",
        user=current_user,
        form=ProfileForm(current_user, shown={name}, formdata=None),
        number=name,
    )


def _save(form: ProfileForm) -> bool:
    """Keep the changes; False when a number was taken in this moment, which the form then says."""
    try:
        change_data(form.user, form.changes)
    except IntegrityError:
        db.session.rollback()
        if not form.refuse_taken():
            raise
        return False
    return True
