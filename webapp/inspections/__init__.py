"""Self-inspections: drafts, the operations that fill them, records."""

from flask import Flask


def register(app: Flask) -> None:
    """Register the screens."""
    from webapp.inspections import (  # noqa: F401  importing adds the routes
        blank,
        filling,
        operating,
        records,
        room,
        session,
    )

    app.register_blueprint(room.bp)
