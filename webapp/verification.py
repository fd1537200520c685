"""``flask verify``: every frozen record against its digest and its place in its chain."""

import sys
from collections.abc import Callable
from time import perf_counter

import click
from flask import Flask
from flask.cli import with_appcontext
from sqlalchemy import func, select

from webapp.audit.models import AuditEntry
from webapp.audit.verification import NOBODY, broken_entries
from webapp.chain import Fault
from webapp.database import db, snapshot
from webapp.demerits.models import Demerit
from webapp.demerits.petitions import Petition
from webapp.demerits.verification import broken_demerits, broken_petitions
from webapp.inspections.models import Inspection
from webapp.inspections.verification import broken_inspections

FROZEN: tuple[type[Inspection | Demerit | Petition], ...] = (Inspection, Demerit, Petition)


def init_app(app: Flask) -> None:
    """Register the command."""
    app.cli.add_command(verify)


def lost_records() -> tuple[int, list[Fault]]:
    """Ask each record of which the audit log tells the digest; return how many there are and the faults.

    The chain of an institution can't tell that its newest records are gone; the log can.
    """
    told, faults = 0, []
    for frozen in FROZEN:
        digest = AuditEntry.detail["digest"].as_string()
        entries = select(AuditEntry).where(
            AuditEntry.subject_kind == frozen.__tablename__, digest.is_not(None)
        )
        told += db.session.scalar(select(func.count()).select_from(entries.subquery())) or 0
        kept = select(frozen.id).where(frozen.uuid == AuditEntry.subject, frozen.digest == digest)
        lost = entries.where(~kept.exists()).order_by(AuditEntry.id)
        for entry in db.session.scalars(lost):
            reason = f"audit entry {entry.place} tells of it with another digest, or it is gone"
            faults.append(Fault(entry.subject_title, 0, entry.subject or NOBODY, reason))
    return told, faults


CHECKS: dict[str, Callable[[], tuple[int, list[Fault]]]] = {
    "inspections": broken_inspections,
    "demerits": broken_demerits,
    "petitions": broken_petitions,
    "audit entries": broken_entries,
    "recorded digests": lost_records,
}


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
        with snapshot():
            checked, faults = check()
        rate = checked / (perf_counter() - began)
        for chain, number, uuid, reason in faults:
            click.echo(f"{chain}: record {number} ({uuid}): {reason}", err=True)
        outcome = f"{len(faults)} broken" if faults else "unbroken"
        click.echo(f"{records}: {checked:,} checked, {outcome} ({rate:,.0f} a second)")
        broken = broken or bool(faults)
    return not broken
