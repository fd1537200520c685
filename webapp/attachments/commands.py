"""Commands on photos."""

import click
from flask.cli import AppGroup

from webapp.attachments.models import Attachment, storage
from webapp.attachments.uploads import PhotoUpload

AT_ONCE = 100

group = AppGroup("attachments", help="Photos that were uploaded.")


@group.command("sweep")
def sweep() -> None:
    """Delete photos of forms that were never sent or of nothing any more, and what is left of uploads."""
    if not storage().ready():
        # Rows go before bytes, which nobody would find again.
        raise click.ClickException("the object store or the folder of photos does not answer")
    click.echo(f"{Attachment.sweep_drafts()} photos of abandoned registrations deleted.")
    click.echo(f"{Attachment.sweep_unused()} photos that nothing holds deleted.")
    swept = sum(iter(lambda: PhotoUpload.sweep(AT_ONCE), 0))
    click.echo(f"{swept} expired uploads deleted.")
