"""The first page of each role, and what every page's frame shows."""

from flask import Flask


def register(app: Flask) -> None:
    """Register the screen and the frame's context."""
    from webapp.home.views import bp, frame

    app.register_blueprint(bp)
    app.context_processor(frame)
