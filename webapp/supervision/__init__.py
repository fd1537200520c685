"""The reviewers' desktop."""

from flask import Flask


def register(app: Flask) -> None:
    """Register the screens."""
    from webapp.supervision import (  # noqa: F401
        demerits,
        exports,
        inspections,
        institutions,
        persons,
        petitions,
        registrations,
        views,
    )
    from webapp.supervision.desk import bp

    app.register_blueprint(bp)
