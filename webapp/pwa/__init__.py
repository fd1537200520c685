"""What makes the site an app that can be installed."""

from flask import Flask


def register(app: Flask) -> None:
    """Register the addresses that browsers look for."""
    from webapp.pwa.views import bp

    app.register_blueprint(bp)
