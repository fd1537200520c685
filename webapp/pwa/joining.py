"""/join: what this is, how to get in and how to install it; and the poster that leads there."""

import re

from flask import Response, render_template, request
from flask_login import current_user

from webapp.access import administers, allow, public
from webapp.database import db
from webapp.institutions.models import Institution
from webapp.pwa.links import code_of, public_address, qr_png, with_code
from webapp.pwa.views import bp

WECHAT = re.compile(r"MicroMessenger|MMWEBSDK")
PLATFORMS = {"ios": re.compile(r"iPhone|iPad|iPod"), "android": re.compile(r"Android|Harmony")}


@bp.get("/join")
@public
def join() -> str:
    """The way in, for everybody."""
    return _welcome()


@bp.get("/join/<code>")
@public
def join_institution(code: str) -> str:
    """The way in, as an institution's own poster shows it."""
    return _welcome(code)


@bp.get("/join/poster")
@public
def poster() -> str:
    """The city's poster."""
    return _poster()


@bp.get("/institution/poster")
@allow(administers)
def own_poster() -> str:
    """The poster of one's own institution."""
    return _poster(current_user.institution)


@bp.get("/join/qr.png")
@public
def qr() -> Response:
    """The QR code of the city's poster."""
    return Response(qr_png(public_address(None)), mimetype="image/png")


@bp.get("/join/<code>/qr.png")
@public
def qr_of_institution(code: str) -> Response:
    """The QR code of an institution's poster."""
    db.first_or_404(with_code(code))
    return Response(qr_png(public_address(code)), mimetype="image/png")


def _welcome(code: str | None = None) -> str:
    agent = request.user_agent.string
    return render_template(
        "pwa/join.html",
        code=code,
        institution=db.first_or_404(with_code(code)) if code else None,
        platform=next((name for name, pattern in PLATFORMS.items() if pattern.search(agent)), "desk"),
        wechat=bool(WECHAT.search(agent)),
    )


def _poster(institution: Institution | None = None) -> str:
    code = code_of(institution) if institution else None
    address = public_address(code)
    return render_template("pwa/poster.html", institution=institution, code=code, address=address)
