"""Screens of signing in and out."""

import re
from datetime import timedelta

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response as AnyResponse

from webapp.access import allow, public, signed_in
from webapp.accounts.forms import SignInForm
from webapp.accounts.sessions import sign_out
from webapp.extensions import limiter
from webapp.sitewide import settings

bp = Blueprint("accounts", __name__)
YEAR = timedelta(days=365)
# One path without a host. Browsers take a backslash for a slash and drop tabs and line ends.
INSIDE = re.compile(r"/(?!/)[^\\\x00-\x1f]*")


@bp.route("/login", methods=["GET", "POST"])
@limiter.limit("120 per minute; 2000 per hour", methods=["POST"])
@public
def login() -> AnyResponse | str | tuple[str, int]:
    """登录."""
    if current_user.is_authenticated:
        return redirect(url_for("home.index"))
    form = SignInForm()
    if form.validate_on_submit():
        return redirect(_safe(request.args.get("next")), 303)
    page = render_template("accounts/login.html", form=form, settings=settings())
    return page, 422 if form.errors else 200


@bp.post("/logout")
@allow(signed_in)
def logout() -> AnyResponse:
    """退出账户."""
    sign_out(current_user)
    flash("已退出登录。", "info")
    return redirect(url_for("accounts.login"), 303)


@bp.post("/me/appearance")
@public
def appearance() -> AnyResponse:
    """Keep the choice of theme and large type in this browser, for years, without an account.

    Scripts may read it: pages that are the same for everybody (``webapp/pwa``) take on the look themselves.
    """
    response = redirect(_safe(request.form.get("next")), 303)
    theme = request.form.get("theme", "")
    if theme in ("light", "dark"):
        response.set_cookie("theme", theme, max_age=YEAR, samesite="Lax")
    else:
        response.delete_cookie("theme")
    if request.form.get("care"):
        response.set_cookie("care", "1", max_age=YEAR, samesite="Lax")
    else:
        response.delete_cookie("care")
    return response


def _safe(target: str | None) -> str:
    """Follow only addresses of this site, see INSIDE."""
    return target if target and INSIDE.fullmatch(target) else url_for("home.index")
