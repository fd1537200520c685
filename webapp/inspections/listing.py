"""What lists of inspections load of each: a record is long, and a number is work to decrypt."""

from functools import cache

from sqlalchemy import Select
from sqlalchemy.orm import joinedload, lazyload, load_only
from sqlalchemy.sql.base import ExecutableOption

from webapp.accounts.models import User
from webapp.inspections.models import Inspection
from webapp.institutions.models import Institution


def listed(seen: Select[Inspection]) -> Select[Inspection]:
    """Load no more than lists show, in one statement."""
    return seen.options(*_shown())


# Made once: making them takes as long as the query.
@cache
def _shown() -> tuple[ExecutableOption, ...]:
    return (
        load_only(
            Inspection.uuid,
            Inspection.district,
            Inspection.level,
            Inspection.inspector_id,
            Inspection.kind,
            Inspection.categories,
            Inspection.checklist_slug,
            Inspection.checklist_version,
            Inspection.total,
            Inspection.answered,
            Inspection.failed,
            Inspection.inspected_on,
            Inspection.submitted_at,
        ),
        joinedload(Inspection.inspector).options(load_only(User.name), lazyload(User.institution)),
        joinedload(Inspection.institution).load_only(Institution.name),
    )
