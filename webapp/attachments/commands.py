"""Commands on photos."""

import click
from flask.cli import AppGroup

from webapp.attachments.models import Attachment

group = AppGroup("attachments", help="Photos that were uploaded.")


@group.command("sweep")
def sweep() -> None:
    """Delete photos of registration forms that were never sent."""
    click.echo(f"{Attachment.sweep_drafts()} photos of abandoned registrations deleted.")
