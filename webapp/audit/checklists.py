"""From when on which versions of checklists and rules were in use."""

from sqlalchemy import select

from webapp.audit.models import AuditEntry, record
from webapp.catalog import Checklist, DemeritRules, catalog
from webapp.database import db


def record_versions() -> list[str]:
    """Record the published versions that this database has not met before, and return their names."""
    details = db.session.scalars(select(AuditEntry.detail).where(AuditEntry.action == "checklist-loaded"))
    known = {(detail["version"], detail["sha256"]) for detail in details}
    versions: list[Checklist | DemeritRules] = [*catalog().checklists.values(), *catalog().rules.values()]
    new = [version for version in versions if (version.key, version.digest) not in known]
    for version in new:
        record("checklist-loaded", by=None, version=version.key, sha256=version.digest)
    db.session.commit()
    return [version.key for version in new]
