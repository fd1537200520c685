"""What somebody could do to the audit log who owns the database, but not the application's keys."""

from typing import Any

from sqlalchemy import delete, select, update

from tests.databases import drop_trigger
from webapp.audit.models import AuditChain, AuditEntry
from webapp.chain import digest_of
from webapp.database import db


def unguard() -> None:
    """Take the guards away."""
    for table in ("audit_entries", "audit_chains"):
        for verb in ("update", "delete"):
            drop_trigger(f"{table}_no_{verb}", table)


def entry(number: int) -> AuditEntry:
    """The entry with a number, where all entries are in one chain."""
    return db.session.scalars(select(AuditEntry).where(AuditEntry.number == number)).one()


def change(number: int, **columns: Any) -> None:
    """Change an entry as it lies in the database."""
    unguard()
    db.session.execute(update(AuditEntry).where(AuditEntry.number == number).values(**columns))
    _done()


def drop(*numbers: int) -> None:
    """Delete entries."""
    unguard()
    db.session.execute(delete(AuditEntry).where(AuditEntry.number.in_(numbers)))
    _done()


def move_end(number: int) -> None:
    """Make the chain say that it ends with another entry."""
    unguard()
    last = entry(number)
    end = update(AuditChain).where(AuditChain.id == last.chain)
    db.session.execute(end.values(number=number, digest=last.digest))
    _done()


def slip_in(after: int) -> None:
    """Add an entry that continues the chain as it should, past the application."""
    last = entry(after)
    new = AuditEntry.of("sign-in", None, None, {})
    new.chain, new.number, new.previous_digest = last.chain, after + 1, last.digest
    new.digest = digest_of(new.facts(), last.digest)
    db.session.add(new)
    _done()


def _done() -> None:
    db.session.commit()
    db.session.expire_all()
