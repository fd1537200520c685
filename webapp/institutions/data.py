"""An institution's data as its administrators keep it (manual 1.2.2): what stands, what waits, saving."""

import hashlib
import json
from typing import TYPE_CHECKING, Any, NamedTuple, Self

from webapp.audit.models import record
from webapp.database import db
from webapp.institutions.changes import REVIEWED, Change, follow, propose
from webapp.institutions.models import DocumentKind, Institution, InstitutionRevision

if TYPE_CHECKING:
    from webapp.accounts.models import User

# Lists of which the order says nothing.
SETS = ("treatment_subjects", "scope")
AT_ONCE = tuple(name for name in Institution.DATA if name not in REVIEWED)
FIELDS = (*AT_ONCE, *REVIEWED)


class Outdated(Exception):
    """Something was saved or decided since the form was opened."""


class Standing(NamedTuple):
    """An institution's data now, photos by their UUIDs, and its last change, whatever became of it."""

    present: dict[str, Any]
    change: Change | None

    @classmethod
    def of(cls, institution: Institution) -> Self:
        """Read it in a fixed number of statements."""
        present = institution.as_data() | {name: sorted(getattr(institution, name)) for name in SETS}
        for kind in DocumentKind:
            present[kind.value] = [str(photo.uuid) for photo in institution.documents_of(kind)]
        return cls(present, db.session.scalar(Change.latest_of(institution.id)))

    @property
    def waiting(self) -> Change | None:
        """The change that waits, if one does."""
        return self.change if self.change and self.change.is_waiting else None

    @property
    def shown(self) -> dict[str, Any]:
        """What the form begins with: the present data, and the proposed where it waits."""
        return self.present | (self.waiting.proposed if self.waiting else {})

    @property
    def seen(self) -> str:
        """What a form carries to tell later what it was opened with."""
        return ".".join(fingerprint(self.shown[name]) for name in FIELDS)


def fingerprint(value: Any) -> str:
    """Return a short digest of one field's value."""
    return hashlib.sha256(json.dumps(value, ensure_ascii=False).encode()).hexdigest()[:16]


def save(
    institution: Institution, wanted: dict[str, Any], seen: str, *, by: "User"
) -> tuple[list[str], list[str]]:
    """Let the institution's data be as wanted: the reviewed part asks first, the rest holds at once.

    Saving the same again changes nothing. A new proposal takes the place of one that waits; wanting the
    present values takes that back.

    :param wanted: a value for each of :data:`FIELDS`
    :param seen: :attr:`Standing.seen` of the form
    :return: the fields that hold at once, and those that wait from now on
    :raises Outdated: the form was opened before somebody else saved or decided
    :raises CodeTaken: another institution has the credit code or has asked for it
    """
    db.session.refresh(institution, with_for_update=True)
    standing = Standing.of(institution)
    if wanted == standing.shown:
        return [], []
    if seen != standing.seen:
        raise Outdated
    changed = [name for name in AT_ONCE if wanted[name] != standing.present[name]]
    if changed:
        _put(institution, {name: wanted[name] for name in changed}, by=by)
    proposals = _ask(institution, standing, wanted, by=by)
    db.session.commit()
    return changed, proposals


def _put(institution: Institution, values: dict[str, Any], *, by: "User") -> None:
    for name, value in values.items():
        setattr(institution, name, value)
    if "district" in values:
        follow(institution)
    InstitutionRevision.keep(institution)
    record("institution-changed", by=by, about=institution, fields=[*values])
    db.session.flush()  # whoever locks the institution reads it anew


def _ask(institution: Institution, standing: Standing, wanted: dict[str, Any], *, by: "User") -> list[str]:
    """Propose what differs from the present, unless just that waits already; return the fields proposed."""
    present, waiting = standing.present, standing.waiting
    proposals = {name: [present[name], wanted[name]] for name in REVIEWED if wanted[name] != present[name]}
    if (waiting is None and not proposals) or (waiting is not None and proposals == waiting.changes):
        return []
    if waiting is not None:
        waiting.take_back(by=by)
    if proposals:
        propose(institution, proposals, by=by)
    return [*proposals]
