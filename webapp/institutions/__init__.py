"""Institutions: registration, data with its revisions, departments."""

from flask import Flask


def register(app: Flask) -> None:
    """Register the screens."""
    from webapp.institutions import data_views, department_views
    from webapp.institutions.views import bp

    app.register_blueprint(bp)
    app.register_blueprint(data_views.bp)
    app.register_blueprint(department_views.bp)
