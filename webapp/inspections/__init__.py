"""Self-inspections: drafts, the operations that fill them, records."""

from flask import Flask


def register(app: Flask) -> None:
    """Register the screens."""
    from webapp.inspections.views import bp

    app.register_blueprint(bp)
