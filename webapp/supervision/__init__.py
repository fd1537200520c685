"""The reviewers' desktop."""

from flask import Flask


def register(app: Flask) -> None:
    """Register the screens."""
    from webapp.supervision import demerits, inspections, persons, petitions, registrations, views  # noqa: F401
    from webapp.supervision.desk import bp

    app.register_blueprint(bp)
