"""Proof that submitted demerits are as they were handed in; see submission.py for the chain."""

from collections.abc import Iterator
from itertools import groupby
from operator import attrgetter
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from webapp.catalog import catalog
from webapp.database import db
from webapp.demerits.models import Demerit
from webapp.demerits.petitions import Petition
from webapp.inspections.submission import digest_of
from webapp.inspections.verification import Fault

CHUNK = 200


def broken_demerits() -> tuple[int, list[Fault]]:
    """Walk each institution's chain; return how many were read and each institution's first fault."""
    checked, faults = 0, []
    for _, chain in groupby(_submitted(), key=attrgetter("institution_id")):
        demerits = list(chain)
        checked += len(demerits)
        faults += list(_faults(demerits))[:1]
    return checked, faults


def broken_petitions() -> tuple[int, list[Fault]]:
    """Recompute the digest of every decided petition; return how many were read and the faults."""
    decided = select(Petition).where(Petition.decided_at.is_not(None)).order_by(Petition.id)
    checked, faults = 0, []
    for petition in db.session.scalars(decided, execution_options={"yield_per": CHUNK}):
        checked += 1
        if petition.digest != digest_of(petition.facts(), None):
            name = petition.demerit.institution.name
            reason = "a decided petition differs from its digest"
            faults.append(Fault(name, petition.demerit.chain_number or 0, petition.uuid, reason))
    return checked, faults


def _submitted() -> Iterator[Demerit]:
    rows = (
        select(Demerit)
        .where(Demerit.submitted_at.is_not(None))
        .options(joinedload(Demerit.institution), joinedload(Demerit.revision))
        .order_by(Demerit.institution_id, Demerit.chain_number)
    )
    yield from db.session.scalars(rows, execution_options={"yield_per": CHUNK})


def _faults(demerits: list[Demerit]) -> Iterator[Fault]:
    previous = None
    for number, demerit in enumerate(demerits, start=1):
        if reason := _reason(demerit, number, previous):
            yield Fault(demerit.institution.name, demerit.chain_number or 0, demerit.uuid, reason)
        previous = demerit.digest


def _reason(demerit: Demerit, number: int, previous: str | None) -> str | None:
    record = demerit.record or {}
    if demerit.chain_number != number:
        return f"record {number} is missing"
    if demerit.previous_digest != previous:
        return "it does not follow from the record before it"
    if demerit.digest != digest_of(record, previous):
        return "its content differs from its digest"
    if record["demerit"] != str(demerit.uuid):
        return "it stands under another record's identifier"
    if not _is_shown_as_recorded(demerit, record):
        return "its points differ from its record"
    if record["rules"]["sha256"] != _rules_digest(demerit):
        return "its rules were changed"
    return None


def _is_shown_as_recorded(demerit: Demerit, record: dict[str, Any]) -> bool:
    """Whether the columns that lists and sums read say what the record says."""
    shown = (sorted(demerit.items), str(demerit.points), demerit.conduct_on.isoformat())
    return shown == (sorted(record["items"]), record["points"], record["conduct_on"])


def _rules_digest(demerit: Demerit) -> str | None:
    try:
        return catalog().demerit_rules(demerit.rules_slug, demerit.rules_version).digest
    except KeyError:
        return None
