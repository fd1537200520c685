"""The command that does jobs beside servers that don't do them themselves."""

import click
from flask import current_app
from flask.cli import with_appcontext

from webapp.jobs.attendant import Attendant


@click.command()
@with_appcontext
def worker() -> None:
    """Do exports and other jobs until stopped; run as many as there shall be jobs at the same time."""
    Attendant(current_app._get_current_object()).attend()  # type: ignore[attr-defined]
