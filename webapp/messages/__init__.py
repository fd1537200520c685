"""The inbox of each user and its unread mark."""

from flask import Flask


def register(app: Flask) -> None:
    """Register the screens."""
    from webapp.messages.views import bp

    app.register_blueprint(bp)
