"""The system administrator's desktop: accounts, versions of checklists, settings; no business records."""

from flask import Flask


def register(app: Flask) -> None:
    """Register the screens."""
    from webapp.admin import accounts, checklists, overview, settings, standing  # noqa: F401
    from webapp.admin.room import bp

    app.register_blueprint(bp)
