"""Proof that submitted inspections are as they were handed in; see submission.py for the chain."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter
from typing import Any
from uuid import UUID

from sqlalchemy import Row, select

from webapp.catalog import catalog
from webapp.database import db
from webapp.inspections.models import Inspection
from webapp.inspections.submission import digest_of
from webapp.institutions.models import Institution, InstitutionRevision

CHUNK = 200


@dataclass(frozen=True)
class Fault:
    """The first record of an institution that is not as it was handed in, and how that shows."""

    institution: str
    number: int
    uuid: UUID
    reason: str


def broken_records() -> tuple[int, list[Fault]]:
    """Walk each institution's chain; return how many records were read and each institution's first fault."""
    checked, faults = 0, []
    revisions = _intact_revisions()
    for _, chain in groupby(_submitted(), key=attrgetter("institution_id")):
        records = list(chain)
        checked += len(records)
        faults += list(_faults(records, revisions))[:1]
    return checked, faults


def _submitted() -> Iterator[Row[Any]]:
    rows = (
        select(
            Inspection.institution_id,
            Institution.name,
            Inspection.uuid,
            Inspection.chain_number,
            Inspection.record,
            Inspection.digest,
            Inspection.previous_digest,
            Inspection.revision_id,
        )
        .join(Institution)
        .where(Inspection.submitted_at.is_not(None))
        .order_by(Inspection.institution_id, Inspection.chain_number)
    )
    yield from db.session.execute(rows, execution_options={"yield_per": CHUNK})


def _intact_revisions() -> dict[int, str]:
    """Digests of the revisions that still hold the data they were made with."""
    revisions = db.session.scalars(select(InstitutionRevision))
    return {r.id: r.digest for r in revisions if r.digest == InstitutionRevision.digest_of(r.data)}


def _faults(records: list[Row[Any]], revisions: dict[int, str]) -> Iterator[Fault]:
    previous = None
    for number, row in enumerate(records, start=1):
        if reason := _reason(row, number, previous, revisions):
            yield Fault(row.name, row.chain_number, row.uuid, reason)
        previous = row.digest


def _reason(row: Row[Any], number: int, previous: str | None, revisions: dict[int, str]) -> str | None:
    if row.chain_number != number:
        return f"record {number} is missing"
    if row.previous_digest != previous:
        return "it does not follow from the record before it"
    if row.digest != digest_of(row.record, previous):
        return "its content differs from its digest"
    if row.record["inspection"] != str(row.uuid):
        return "it stands under another record's identifier"
    if row.record["institution"]["revision"] != revisions.get(row.revision_id):
        return "the institution's data of its time were changed"
    if row.record["checklist"]["sha256"] != _checklist_digest(row.record["checklist"]):
        return "its checklist was changed"
    return None


def _checklist_digest(named: dict[str, str]) -> str | None:
    try:
        return catalog().checklist(named["slug"], named["version"]).digest
    except KeyError:
        return None
