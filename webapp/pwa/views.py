"""What browsers fetch to install the app and to open it offline: manifest, shells, service worker."""

from typing import Any, cast

from flask import Blueprint, Response, current_app, jsonify, request, url_for

from webapp.access import public
from webapp.pwa.shells import Build

bp = Blueprint("pwa", __name__)


@bp.get("/manifest.webmanifest")
@public
def manifest() -> Response:
    """Name, colours, icons and shortcuts of the installed app."""
    response = jsonify(
        id="/",
        name="医疗机构依法执业自查与不良执业记分",
        short_name="执业自查",
        lang="zh-CN",
        start_url="/",
        scope="/",
        display="standalone",
        theme_color="#0b62c4",
        background_color="#f2f4f8",
        icons=[_icon("192"), _icon("512"), _icon("maskable-512", purpose="maskable")],
        shortcuts=[
            {"name": "自查填报", "url": url_for("inspections.new")},
            {"name": "自查记录", "url": url_for("inspections.records")},
        ],
    )
    response.mimetype = "application/manifest+json"
    response.cache_control.public = True
    response.cache_control.max_age = 3600
    return response


@bp.get("/offline")
@bp.get("/offline/new")
@bp.get("/offline/fill")
@bp.get("/outbox")
@public
def shell() -> Response:
    """A page without a person in it, which the phone's scripts fill from the phone's own database."""
    return _of_this_build(_build().shells[request.path], "text/html")


@bp.get("/sw.js")
@public
def service_worker() -> Response:
    """What keeps the shells of this build on the phone."""
    return _of_this_build(_build().worker, "text/javascript")


def _build() -> Build:
    return cast(Build, current_app.extensions["pwa"])


def _of_this_build(content: str, mimetype: str) -> Response:
    response = Response(content, mimetype=mimetype)
    response.cache_control.no_cache = True
    # The service worker keeps a page only beside the files of the same build.
    response.headers["X-Build"] = _build().name
    return response


def _icon(name: str, purpose: str = "any") -> dict[str, Any]:
    side = name.rsplit("-", 1)[-1]
    return {
        "src": url_for("static", filename=f"icons/icon-{name}.png"),
        "sizes": f"{side}x{side}",
        "type": "image/png",
        "purpose": purpose,
    }
