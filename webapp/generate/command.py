"""``flask --app wsgi generate``."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import TypeVar

import click
from flask import current_app
from flask.cli import with_appcontext
from sqlalchemy import select

from webapp.accounts.models import User
from webapp.catalog.reference import today
from webapp.database import db
from webapp.generate.bulk import AlreadyThere, Bulk
from webapp.generate.demerits import Demerits
from webapp.generate.draw import Draw
from webapp.generate.inspections import Inspections
from webapp.generate.institutions import Institutions
from webapp.generate.people import People
from webapp.generate.plans import profiles
from webapp.recount import collecting_seldom, count_again

# How many times a progress bar moves.
STEPS = 200
Step = TypeVar("Step")


@click.command()
@click.option("--institutions", type=click.IntRange(1), default=250, show_default=True)
@click.option("--inspections", type=click.IntRange(0), default=10_000, show_default=True)
@click.option("--demerits", type=click.IntRange(0), default=2_000, show_default=True)
@click.option("--seed", type=int, default=1, show_default=True, help="Equal seeds give equal rows.")
@click.option(
    "--until",
    type=click.DateTime(["%Y-%m-%d"]),
    help="The last day that has records; by default yesterday. Equal seeds on equal days give equal rows.",
)
@with_appcontext
@collecting_seldom()
def generate(institutions: int, inspections: int, demerits: int, seed: int, until: datetime | None) -> None:
    """Write made-up institutions and four years of their records, for measuring.

    Frozen records can't be deleted afterwards, so outside the demo the database must be empty.
    """
    if not current_app.config["DEMO"] and db.session.scalar(select(User.id).limit(1)) is not None:
        raise click.ClickException(
            "the database has users already; made-up records have no place beside real ones"
        )
    last = until.date() if until else today() - timedelta(days=1)
    db.session.remove()
    try:
        _write(institutions, inspections, demerits, seed, last)
    except AlreadyThere as taken:
        raise click.ClickException(f"seed {seed} was used in this database; take another --seed") from taken
    click.echo("figures")
    count_again()


def _write(institutions: int, inspections: int, demerits: int, seed: int, last: date) -> None:
    with db.engine.connect() as connection:
        bulk = Bulk(connection)
        people = People(bulk, Draw.stream(seed, "people"))
        plans = profiles(Draw.stream(seed, "plans"))
        registry = Institutions(people, Draw.stream(seed, "institutions"), plans, last)
        places = [
            place for place in _shown(registry.add(institutions), institutions, "institutions") if place
        ]
        inspected = Inspections(people, Draw.stream(seed, "inspections"), plans, last)
        _shown(inspected.add(places, inspections), inspections, "inspections")
        scored = Demerits(people, Draw.stream(seed, "demerits"), last)
        _shown(scored.add(places, demerits), demerits, "demerits")
        bulk.finish()


def _shown(steps: Iterable[Step], number: int, label: str) -> list[Step]:
    """Take all the steps while a progress bar shows how far they are."""
    with click.progressbar(
        steps, number, f"{label:12}", show_pos=True, update_min_steps=max(1, number // STEPS)
    ) as bar:
        return list(bar)
