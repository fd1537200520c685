"""``flask verify``: every frozen record against its digest and its place in its chain."""

import sys
from collections.abc import Callable
from time import perf_counter

import click
from flask import Flask
from flask.cli import with_appcontext

from webapp.chain import Fault
from webapp.demerits.verification import broken_demerits, broken_petitions
from webapp.inspections.verification import broken_inspections

CHECKS: dict[str, Callable[[], tuple[int, list[Fault]]]] = {
    "inspections": broken_inspections,
    "demerits": broken_demerits,
    "petitions": broken_petitions,
}


def init_app(app: Flask) -> None:
    """Register the command."""
    app.cli.add_command(verify)


@click.command()
@with_appcontext
def verify() -> None:
    """Recompute every digest and chain; name the first broken record of each."""
    sys.exit(not all_is_sound())


def all_is_sound() -> bool:
    """Check every frozen record, write what is found on the terminal, and return whether all are unbroken."""
    broken = False
    for records, check in CHECKS.items():
        began = perf_counter()
        checked, faults = check()
        rate = checked / (perf_counter() - began)
        for chain, number, uuid, reason in faults:
            click.echo(f"{chain}: record {number} ({uuid}): {reason}", err=True)
        outcome = f"{len(faults)} broken" if faults else "unbroken"
        click.echo(f"{records}: {checked:,} checked, {outcome} ({rate:,.0f} a second)")
        broken = broken or bool(faults)
    return not broken
