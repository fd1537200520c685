"""What browsers fetch to install the app and to open it offline: manifest, shells, service worker."""

from typing import Any, cast

from flask import Blueprint, Response, current_app, jsonify, request, url_for

from webapp.access import public
from webapp.pwa.shells import Build

bp = Blueprint("pwa", __name__)
# Made by tools/screenshots.py.
SCREENSHOTS = [
    ("home", "780x1688", "narrow", "首页：继续填报，查看最近记录"),
    ("fill", "780x1688", "narrow", "自查填报：逐项选择是、否或合理缺项"),
    ("desk", "1440x900", "wide", "监督员的工作台"),
]


@bp.get("/manifest.webmanifest")
@public
def manifest() -> Response:
    """Name, colours, icons, shortcuts and pictures of the installed app."""
    response = jsonify(
        id="/",
        name="医疗机构依法执业自查与不良执业记分",
        short_name="执业自查",
        description="医疗机构自查依法执业情况、登记医务人员不良执业记分；没有信号时也能填报，有信号后自动上传。",
        lang="zh-CN",
        dir="ltr",
        categories=["medical", "government", "productivity"],
        start_url="/",
        scope="/",
        display="standalone",
        display_override=["standalone", "minimal-ui"],
        theme_color="#0b62c4",
        background_color="#f2f3f7",
        icons=[
            _image("icons/icon-192.png", "192x192", purpose="any"),
            _image("icons/icon-512.png", "512x512", purpose="any"),
            _image("icons/icon-maskable-512.png", "512x512", purpose="maskable"),
        ],
        shortcuts=[
            _shortcut("自查填报", url_for("inspections.new"), "fill"),
            _shortcut("自查记录", url_for("inspections.records"), "records"),
        ],
        screenshots=[_screenshot(*shown) for shown in SCREENSHOTS],
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
    # Browsers look for a new service worker at almost every page; weak, because it may be compressed.
    response.set_etag(_build().name, weak=True)
    response.make_conditional(request)
    return response


def _image(file: str, sizes: str, **more: str) -> dict[str, str]:
    kind = "image/webp" if file.endswith(".webp") else "image/png"
    return {"src": url_for("static", filename=file), "sizes": sizes, "type": kind, **more}


def _shortcut(name: str, url: str, icon: str) -> dict[str, Any]:
    return {"name": name, "url": url, "icons": [_image(f"icons/shortcut-{icon}.png", "192x192")]}


def _screenshot(name: str, sizes: str, form: str, label: str) -> dict[str, str]:
    return _image(f"screenshots/{name}.webp", sizes, form_factor=form, label=label)
