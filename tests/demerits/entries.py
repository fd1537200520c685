"""What the form of an entry sends, and what came of it."""

from sqlalchemy import select

from webapp.database import db, uuid7
from webapp.demerits.models import Demerit

HALVES = ["A1-05", "A1-11"]


def entry(**changed: object) -> dict[str, object]:
    """The form, filled in as it should be but for the changes."""
    made = {"uuid": str(uuid7()), "conduct_on": "2026-11-02", "items": ["A1-01"], "action": "draft"}
    return made | changed


def demerits() -> list[Demerit]:
    """Every entry, the oldest first."""
    return list(db.session.scalars(select(Demerit).order_by(Demerit.id)))
