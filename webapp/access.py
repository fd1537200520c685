"""Who may ask for what: every route names its rule, and a route without one answers nobody.

Rules are one-line predicates on the user. Rows are narrowed separately, by each model's ``visible_to``.
"""

from collections.abc import Callable
from typing import Any, TypeVar
from urllib.parse import urlsplit

from flask import Flask, Response, abort, current_app, g, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response as AnyResponse

from webapp.accounts.models import Kind, User
from webapp.assets import assets
from webapp.database import SAFE_METHODS, db

# Fields that never come back in a page: secrets, and the token that each page has of its own.
UNKEPT = {"csrf_token", "password", "old", "new", "confirm"}
Rule = Callable[[User], bool]
View = TypeVar("View", bound=Callable[..., Any])


def signed_in(user: User) -> bool:
    """Anybody with an account, also while the institution waits for review."""
    return user.is_active


def applies(user: User) -> bool:
    """The registrant of an institution that is not approved yet."""
    return user.is_administrator and user.institution is not None and not user.institution.is_approved


def works(user: User) -> bool:
    """A member of an approved institution."""
    return user.institution is not None and user.institution.is_approved


def administers(user: User) -> bool:
    """机构管理员."""
    return works(user) and user.is_administrator


def inspects(user: User) -> bool:
    """自查用户."""
    return works(user) and user.is_inspector


def scores(user: User) -> bool:
    """记分用户."""
    return works(user) and user.is_scorer


def reads_inspections(user: User) -> bool:
    """Whoever has inspection records to read inside an institution."""
    return inspects(user) or administers(user)


def reads_demerits(user: User) -> bool:
    """Whoever has demerit records to read inside an institution."""
    return scores(user) or administers(user)


def reviews(user: User) -> bool:
    """监督员."""
    return user.kind == Kind.REVIEWER


def administers_system(user: User) -> bool:
    """系统管理员."""
    return user.kind == Kind.SYSTEM


def audits(user: User) -> bool:
    """审计员."""
    return user.kind == Kind.AUDITOR


def public(view: View) -> View:
    """Mark a view as open to everybody."""
    view.access_rule = None  # type: ignore[attr-defined]
    return view


def allow(rule: Rule) -> Callable[[View], View]:
    """Mark a view as open to signed-in users for whom the rule holds."""

    def mark(view: View) -> View:
        view.access_rule = rule  # type: ignore[attr-defined]
        return view

    return mark


def init_app(app: Flask) -> None:
    """Check every request before its view runs."""
    app.before_request(_refuse_foreign_origin)
    app.before_request(_decide)
    app.after_request(_harden)


def _decide() -> AnyResponse | None:
    view = current_app.view_functions.get(request.endpoint or "")
    if view is None:
        return None  # no such address: the 404 follows
    if request.endpoint == "static":
        return None
    rule: Rule | None = getattr(view, "access_rule", _nobody)
    if rule is not None:
        if not current_user.is_authenticated:
            return _to_sign_in()
        if not rule(current_user):
            abort(403)
    # The writer's lock is taken only from here on, see database._begin_sqlite.
    g.access_decided = True
    if request.method not in SAFE_METHODS:
        db.session.commit()
    return None


def _nobody(user: User) -> bool:
    return False


def _to_sign_in() -> AnyResponse:
    reads = request.method in SAFE_METHODS
    if "HX-Request" in request.headers or "Tus-Resumable" in request.headers:
        # Where something was to be written the page stays with what was typed, see trouble.js.
        return Response(status=401, headers={"HX-Redirect": url_for("accounts.login")} if reads else {})
    if typed := _typed():
        return Response(render_template("accounts/expired.html", typed=typed), 401)
    target = request.full_path.rstrip("?") if request.method == "GET" else None
    return redirect(url_for("accounts.login", next=target))


def _typed() -> list[tuple[str, str]]:
    """What a form without htmx was sent with, to be sent again after the sign-in; passwords are typed anew.

    A form with photos or a workbook can't be kept like that, and without them it would say something else.
    """
    if any(file.filename for file in request.files.values()):
        return []
    fields = request.form.items(multi=True)
    return [(name, value) for name, value in fields if name not in UNKEPT]


def _refuse_foreign_origin() -> None:
    """A second wall beside the CSRF token: browsers say where a request comes from."""
    if request.method in SAFE_METHODS:
        return
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none"):
        abort(403)
    origin = request.headers.get("Origin")
    public_url = urlsplit(current_app.config["PUBLIC_URL"]).netloc
    # "null", from a sandboxed frame, has no host, just as PUBLIC_URL has none when it is not set.
    if origin and urlsplit(origin).netloc not in {request.host, public_url or request.host}:
        abort(403)


def _harden(response: Response) -> Response:
    response.headers.setdefault(
        "Content-Security-Policy",
        f"default-src 'none'; script-src 'self'; style-src {assets().style_sources}; "
        "img-src 'self' data: blob:; connect-src 'self'; manifest-src 'self'; worker-src 'self'; "
        "form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
    )
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    response.headers.setdefault("Referrer-Policy", "same-origin")
    response.headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
    response.headers.setdefault("Permissions-Policy", "camera=(self), geolocation=(), microphone=()")
    if current_app.config["SESSION_COOKIE_SECURE"]:
        response.headers.setdefault("Strict-Transport-Security", "max-age=31536000")
    response.headers.setdefault("Cache-Control", "no-store")
    return response
