"""Proof that submitted demerits and decided petitions are as they were; see submission.py for the chain."""

from collections.abc import Iterator
from functools import lru_cache

from sqlalchemy import select
from sqlalchemy.orm import joinedload, lazyload, selectinload

from webapp.catalog import catalog
from webapp.chain import Fault, Link, digest_of, first_faults
from webapp.database import db
from webapp.demerits.models import Demerit
from webapp.demerits.petitions import Petition
from webapp.institutions.models import Institution, InstitutionRevision

CHUNK = 500


def broken_demerits() -> tuple[int, list[Fault]]:
    """Walk each institution's chain; return how many were read and each institution's first fault."""
    # Chain after chain: the revisions of one institution are enough to remember.
    intact = lru_cache(maxsize=1)(InstitutionRevision.intact_of)

    def also(link: Link) -> str | None:
        record, (revision, rules, *shown) = link.record, link.beside
        if record["demerit"] != str(link.uuid):
            return "it stands under another record's identifier"
        if shown != [sorted(record["items"]), record["points"], record["conduct_on"]]:
            return "its points differ from its record"
        if record["rules"]["sha256"] != _rules_digest(*rules):
            return "its rules were changed"
        if record["institution"]["revision"] != intact(link.chain).get(revision):
            return "the institution's data of its time were changed"
        return None

    return first_faults(_submitted(), also)


def _submitted() -> Iterator[Link]:
    rows = (
        select(
            *(Demerit.institution_id, Institution.name, Demerit.chain_number, Demerit.uuid),
            *(Demerit.record, Demerit.digest, Demerit.previous_digest, Demerit.revision_id),
            *(Demerit.rules_slug, Demerit.rules_version, Demerit.items, Demerit.points, Demerit.conduct_on),
        )
        .join(Institution)
        .where(Demerit.submitted_at.is_not(None))
        .order_by(Demerit.institution_id, Demerit.chain_number)
        .execution_options(yield_per=CHUNK)
    )
    for chain, name, number, uuid, record, digest, previous, *beside in db.session.execute(rows):
        revision, slug, version, items, points, conduct_on = beside
        shown = (sorted(items), str(points), conduct_on.isoformat())
        yield Link(chain, name, number, uuid, record, digest, previous, (revision, (slug, version), *shown))


def _rules_digest(slug: str, version: str) -> str | None:
    try:
        return catalog().demerit_rules(slug, version).digest
    except KeyError:
        return None


def broken_petitions() -> tuple[int, list[Fault]]:
    """Recompute the digest of every decided petition; return how many were read and the faults."""
    decided = (
        select(Petition)
        .where(Petition.decided_at.is_not(None))
        .options(
            joinedload(Petition.demerit).options(
                lazyload(Demerit.person), joinedload(Demerit.institution).load_only(Institution.name)
            ),
            joinedload(Petition.filed_by),
            joinedload(Petition.decided_by),
            selectinload(Petition.photos),
        )
        .order_by(Petition.id)
        .execution_options(yield_per=CHUNK)
    )
    checked, faults = 0, []
    for petition in db.session.scalars(decided):
        checked += 1
        if petition.digest != digest_of(petition.facts(), None):
            name = petition.demerit.institution.name
            reason = "a decided petition differs from its digest"
            faults.append(Fault(name, petition.demerit.chain_number or 0, petition.uuid, reason))
    return checked, faults
