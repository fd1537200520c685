"""Demerit points of medical staff: so far the page of their records."""

from flask import Flask


def register(app: Flask) -> None:
    """Register the screens."""
    from webapp.demerits.records import bp

    app.register_blueprint(bp)
