"""Made-up institutions, people and records in any number, written straight into the tables.

The demo goes through the app's own verbs and is small; this is for measuring. What it writes is as the verbs
would have written it: numbers are valid, records are frozen by the same functions, digests are chained.
It leaves out what would only be repeated: photos, messages, and the single answers behind a frozen record.
"""

from flask import Flask


def init_app(app: Flask) -> None:
    """Register the command."""
    from webapp.generate.command import generate

    app.cli.add_command(generate)
