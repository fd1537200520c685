"""Demerit points of medical staff: the persons, entries, and records."""

from flask import Flask


def register(app: Flask) -> None:
    """Register the screens."""
    # Importing these adds their routes.
    from webapp.demerits import entry, person_importing, person_views, petition_views  # noqa: F401
    from webapp.demerits.records import bp

    app.register_blueprint(bp)
    app.register_blueprint(person_views.bp)
