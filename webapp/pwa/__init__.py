"""What makes the site an app that can be installed, and that opens without a server."""

from flask import Flask

from webapp.pwa.shells import digest_of, render_shells


def register(app: Flask) -> None:
    """Register the addresses that browsers look for, and name the build that they belong to."""
    from webapp.pwa.views import bp

    app.register_blueprint(bp)
    app.extensions["shells"] = shells = render_shells(app)
    app.extensions["build"] = digest_of(app.extensions["assets"], *shells.values())
