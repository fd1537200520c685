"""Backups: the database and the photos in one file, and back."""

from flask import Flask


def init_app(app: Flask) -> None:
    """Register the commands."""
    from webapp.backup.commands import backup, restore

    app.cli.add_command(backup)
    app.cli.add_command(restore)
