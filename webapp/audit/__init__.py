"""Who did what, when and from where: append-only, and the auditor's pages to read it."""

from flask import Flask


def register(app: Flask) -> None:
    """Register the screens."""
    from webapp.audit import exports, log, proof  # noqa: F401  importing adds the routes
    from webapp.audit.room import bp

    app.register_blueprint(bp)
