"""Who signs in: users, their roles, their sessions."""

from flask import Flask

from webapp.accounts import sessions


def init_app(app: Flask) -> None:
    """Bind the sessions."""
    sessions.init_app(app)


def register(app: Flask) -> None:
    """Register the screens."""
    from webapp.accounts import devices, first_sign_in, me, password  # noqa: F401  importing adds the routes
    from webapp.accounts.staff import editing, importing, listing, room, standing  # noqa: F401  likewise
    from webapp.accounts.views import bp

    app.register_blueprint(bp)
    app.register_blueprint(room.bp)
