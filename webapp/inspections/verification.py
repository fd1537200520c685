"""Proof that submitted inspections are as they were handed in; see submission.py for the chain."""

from collections.abc import Iterator
from datetime import datetime
from functools import lru_cache

import msgspec
from sqlalchemy import Text, cast, select

from webapp.catalog import catalog
from webapp.chain import Fault, Link, first_faults
from webapp.database import db
from webapp.formats import local_date
from webapp.inspections.answers import Value
from webapp.inspections.models import Inspection
from webapp.institutions.models import Institution, InstitutionRevision

CHUNK = 500


def broken_inspections() -> tuple[int, list[Fault]]:
    """Walk each institution's chain; return how many records were read and each institution's first fault."""
    # Chain after chain: the revisions of one institution are enough to remember.
    intact = lru_cache(maxsize=1)(InstitutionRevision.intact_of)

    def also(link: Link) -> str | None:
        record, (revision, *shown) = link.record, link.beside
        if record["inspection"] != str(link.uuid):
            return "it stands under another record's identifier"
        if record["institution"]["revision"] != intact(link.chain).get(revision):
            return "the institution's data of its time were changed"
        if record["checklist"]["sha256"] != _checklist_digest(record["checklist"]):
            return "its checklist was changed"
        failed = sum(value == Value.NO for value, _ in record["answers"].values())
        if shown != [record["kind"], failed, local_date(datetime.fromisoformat(record["submitted_at"]))]:
            return "lists show it otherwise than its record"
        return None

    return first_faults(_submitted(), also)


def _submitted() -> Iterator[Link]:
    rows = (
        select(
            Inspection.institution_id,
            Institution.name,
            Inspection.chain_number,
            Inspection.uuid,
            # As text: reading it through the column's type takes twice as long.
            cast(Inspection.record, Text),
            Inspection.digest,
            Inspection.previous_digest,
            Inspection.revision_id,
            Inspection.kind,
            Inspection.failed,
            Inspection.inspected_on,
        )
        .join(Institution)
        .where(Inspection.submitted_at.is_not(None))
        .order_by(Inspection.institution_id, Inspection.chain_number)
        .execution_options(yield_per=CHUNK)
    )
    for chain, name, number, uuid, record, digest, previous, *beside in db.session.execute(rows):
        yield Link(chain, name, number, uuid, msgspec.json.decode(record), digest, previous, beside)


def _checklist_digest(named: dict[str, str]) -> str | None:
    try:
        return catalog().checklist(named["slug"], named["version"]).digest
    except KeyError:
        return None
