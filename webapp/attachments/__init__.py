"""Photos: taken in, re-encoded, stored, and shown only to who may see them."""

from flask import Flask

from webapp.attachments.storage import storage_from_url


def init_app(app: Flask) -> None:
    """Open the storage that the settings name."""
    app.extensions["storage"] = storage_from_url(app.config["STORAGE_URL"])


def register(app: Flask) -> None:
    """Register the addresses and commands of photos."""
    from webapp.attachments import upload_views, views
    from webapp.attachments.commands import group

    app.register_blueprint(views.bp)
    app.register_blueprint(upload_views.bp)
    app.cli.add_command(group)
