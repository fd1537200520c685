"""What makes the site an app that can be installed, and that opens without a server."""

from flask import Flask

from webapp.pwa.shells import make_build


def register(app: Flask) -> None:
    """Register the addresses that browsers look for, and make what a phone keeps of this build."""
    from webapp.pwa import joining  # noqa: F401  importing adds the routes
    from webapp.pwa.views import bp

    app.register_blueprint(bp)
    app.extensions["pwa"] = build = make_build(app)
    app.extensions["build"] = build.name
