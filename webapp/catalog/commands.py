"""flask checklists …"""

from __future__ import annotations

from pathlib import Path

import click
from flask import current_app
from flask.cli import AppGroup

from .checklist import Checklist
from .demerit_rules import DemeritRules
from .loading import Catalog, load_catalog

checklists = AppGroup("checklists", help="Checklists, demerit rules and reference data.")


@checklists.command()
@click.argument("path", required=False, type=click.Path(exists=True, file_okay=False, path_type=Path))
def check(path: Path | None) -> None:
    """Check every data file; name file, line and reason of each mistake.

    PATH is a folder shaped like checklists/, by default the app's own.
    """
    click.echo(_summary(load_catalog(path or current_app.config["CHECKLISTS"])))


def _summary(catalog: Catalog) -> str:
    versions: list[Checklist | DemeritRules] = [*catalog.checklists.values(), *catalog.rules.values()]
    published = [f"{version.key} ({len(version.items)} items)" for version in versions]
    return f"published: {', '.join(published) or 'none'}; drafts: {', '.join(catalog.drafts) or 'none'}"
