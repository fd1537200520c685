"""Commands of ``flask --app wsgi``."""

import secrets
from collections.abc import Callable
from typing import Any

import click
from flask import Flask
from flask.cli import with_appcontext
from sqlalchemy.exc import IntegrityError

from webapp import demo as demo_data
from webapp.accounts.models import Kind, User
from webapp.audit.checklists import record_versions
from webapp.audit.models import record
from webapp.catalog import catalog
from webapp.catalog.commands import checklists
from webapp.catalog.reference import today
from webapp.database import db
from webapp.numbers import (
    id_number_problem,
    mobile_problem,
    normalise_id_number,
    normalise_phone,
    password_problem,
)
from webapp.recount import figures

GENERATED_BYTES = 12
OFFICIALS = [kind.value for kind in Kind if kind != Kind.MEMBER]
Problem = Callable[[str], str | None]


def init_app(app: Flask) -> None:
    """Register the commands."""
    for command in (demo, create_user, figures):
        app.cli.add_command(command)
    checklists.add_command(record_checklists)


@click.command()
@with_appcontext
def demo() -> None:
    """Add the demo's data to an empty database (needs DEMO=1)."""
    if not demo_data.is_wanted():
        click.echo("The database has users already; nothing was added.")
        return
    try:
        demo_data.fill()
    except demo_data.NotADemo as refusal:
        raise click.ClickException(str(refusal)) from refusal
    click.echo(f"Added the demo's data; every account has the password {demo_data.PASSWORD}.")


@click.command("record")
@with_appcontext
def record_checklists() -> None:
    """Write new published versions into the audit log, where another server than ours is started."""
    click.echo(f"recorded: {', '.join(record_versions()) or 'nothing new'}")


def _checked(problem: Problem, normalise: Callable[[str], str]) -> Callable[..., str]:
    def check(_context: click.Context, _option: click.Parameter, value: str) -> str:
        if sentence := problem(value):
            raise click.BadParameter(sentence)
        return normalise(value)

    return check


@click.command()
@click.argument("kind", type=click.Choice(OFFICIALS))
@click.option("--name", prompt=True)
@click.option("--mobile", prompt=True, callback=_checked(mobile_problem, normalise_phone))
@click.option(
    "--id-number",
    prompt="ID number",
    callback=_checked(id_number_problem, normalise_id_number),
    help="Asked for when left out, which keeps it out of the shell's history.",
)
@click.option("--district", help="Code of the district that a reviewer answers for, such as 500106.")
@click.option("--city", is_flag=True, help="The reviewer answers for the whole city.")
@click.option("--generate-password", "generates", is_flag=True, help="Make a password and show it once.")
@with_appcontext
def create_user(generates: bool, **columns: Any) -> None:
    """Add a reviewer, a system administrator or an auditor."""
    district = _district(columns["kind"], columns.pop("district"), columns.pop("city"))
    password = _password([columns["name"], columns["mobile"], columns["id_number"]], generates)
    user = User(**{**columns, "kind": Kind(columns["kind"])}, district=district)
    user.set_password(password)
    db.session.add(user)
    try:
        db.session.flush()
    except IntegrityError as taken:
        db.session.rollback()
        raise click.ClickException("a user with this mobile number exists") from taken
    record("user-created", by=None, about=user, kind=user.kind)
    db.session.commit()
    click.echo(f"Created {user.kind} {user.name}.")
    if generates:
        click.echo(f"Password: {password}")


def _district(kind: str, district: str | None, city: bool) -> str | None:
    """A reviewer's district, None for the whole city, which has to be said: leaving out must not widen."""
    if kind != Kind.REVIEWER:
        if district or city:
            raise click.UsageError("only a reviewer has a district")
        return None
    if bool(district) == city:
        raise click.UsageError("a reviewer needs either --district CODE or --city")
    if district and district not in {region.code for region in catalog().reference.regions_on(today())}:
        raise click.UsageError(f"{district} is no district's code")
    return district


def _password(own: list[str], generates: bool) -> str:
    if generates:
        # A letter and a digit whatever the draw, as the rule for passwords asks.
        return f"{secrets.token_urlsafe(GENERATED_BYTES)}a1"
    password: str = click.prompt("Password", hide_input=True, confirmation_prompt=True)
    if sentence := password_problem(password, own):
        raise click.UsageError(sentence)
    return password
