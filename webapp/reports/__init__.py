"""Records on paper: pages to print, PDF files, and the public answer to their QR codes."""

from flask import Flask
from werkzeug.routing import BaseConverter


class DigestConverter(BaseConverter):
    """A SHA-256 in an address."""

    regex = "[0-9a-f]{64}"


def register(app: Flask) -> None:
    """Register the screens."""
    app.url_map.converters["sha256"] = DigestConverter
    from webapp.reports import verify  # noqa: F401  importing adds the route
    from webapp.reports.views import bp

    app.register_blueprint(bp)
