"""Proof that the audit log is as it was written: nothing changed, dropped, slipped in or gone."""

from collections.abc import Iterator
from typing import NamedTuple, Self
from uuid import UUID

from sqlalchemy import select

from webapp.audit.models import CHAINS, AuditChain, AuditEntry
from webapp.chain import Fault, Link, break_of
from webapp.database import db

CHUNK = 1000
NOBODY = UUID(int=0)
UNSEALED = "its end was not sealed by this application"
SLIPPED_IN = "what follows its end was slipped in"
GONE = "the entries after it are missing, up to number {}"


class End(NamedTuple):
    """Where a chain says that it ends, and whether that was sealed by this application."""

    number: int
    digest: str | None
    is_sealed: bool

    @classmethod
    def of(cls, chain: int) -> Self:
        """Read it anew. Entries are committed together with it: those up to it can be read from then on."""
        row = db.session.execute(
            select(AuditChain.number, AuditChain.digest, AuditChain.seal).where(AuditChain.id == chain)
        ).first()
        if row is None:
            return cls(0, None, False)
        return cls(row.number, row.digest, row.seal == AuditChain.seal_of(chain, row.number, row.digest))


class Stretch(NamedTuple):
    """A part of a chain that was checked: up to which entry, and the fault that ended it, if any."""

    number: int
    digest: str | None
    fault: Fault | None


def broken_entries() -> tuple[int, list[Fault]]:
    """Walk every chain to its end; return how many entries were read and each chain's first fault."""
    checked, faults = 0, []
    for chain in range(CHAINS):
        end = End.of(chain)
        stretch = check(chain)
        checked += stretch.number
        fault = stretch.fault or fault_at(chain, end, stretch)
        faults += [fault] if fault else []
    return checked, faults


def check(chain: int, after: int = 0, limit: int | None = None) -> Stretch:
    """Recompute the digests of a chain's entries in their order, as far as they hold.

    :param after: the number of an entry that was found right before; 0 begins at the beginning
    :param limit: how many entries at most
    """
    number, digest = after, digest_at(chain, after)
    for link in _links(chain, after, limit):
        if reason := break_of(link, number + 1, digest):
            return Stretch(number, digest, Fault(link.name, link.number or 0, link.uuid, reason))
        number, digest = number + 1, link.digest
    return Stretch(number, digest, None)


def fault_at(chain: int, end: End, last: Stretch) -> Fault | None:
    """Say what is wrong with the end of a chain, or None.

    :param end: as it was before ``last``, the stretch up to the newest entry, was read
    """
    reason = None
    if not end.is_sealed:
        reason = UNSEALED
    elif last.number < end.number:
        reason = GONE.format(end.number)
    # Beyond it there may be what was recorded since, but nothing that the end does not know by now.
    elif digest_at(chain, end.number) != end.digest or End.of(chain).number < last.number:
        reason = SLIPPED_IN
    return Fault(_name(chain), min(end.number, last.number), NOBODY, reason) if reason else None


def ends() -> dict[int, End]:
    """Return where each chain says that it ends."""
    return {chain: End.of(chain) for chain in range(CHAINS)}


def digest_at(chain: int, number: int) -> str | None:
    """Return the digest of an entry by its place, None where there is none."""
    this = AuditEntry.chain == chain, AuditEntry.number == number
    digest: str | None = db.session.scalar(select(AuditEntry.digest).where(*this))
    return digest


def _links(chain: int, after: int, limit: int | None) -> Iterator[Link]:
    entries = (
        select(AuditEntry)
        .where(AuditEntry.chain == chain, AuditEntry.number > after)
        .order_by(AuditEntry.number)
        .limit(limit)
        .execution_options(yield_per=CHUNK, populate_existing=True)
    )
    for entry in db.session.scalars(entries):
        facts, digest, previous = entry.facts(), entry.digest, entry.previous_digest
        yield Link(chain, _name(chain), entry.number, entry.uuid, facts, digest, previous)


def _name(chain: int) -> str:
    return f"audit chain {chain}"
