"""记分台账 of a person, as reviewers see it."""

from uuid import UUID

from flask import render_template
from flask_login import current_user
from sqlalchemy import Select, select

from webapp.access import allow, reviews
from webapp.accounts.models import User
from webapp.audit.models import record
from webapp.database import db
from webapp.demerits.ledger_pages import ledger_of
from webapp.demerits.persons import MedicalPerson
from webapp.institutions.models import Institution
from webapp.supervision.desk import bp


@bp.get("/persons/<uuid:person_uuid>")
@allow(reviews)
def person(person_uuid: UUID) -> str:
    """记分台账, with the points from every institution."""
    return render_template("supervision/person.html", **ledger_of(_found(person_uuid), current_user))


@bp.post("/persons/<uuid:person_uuid>/number")
@allow(reviews)
def person_number(person_uuid: UUID) -> str:
    """Show the ID number in full, and record that it was shown."""
    found = _found(person_uuid)
    record("numbers-shown", by=current_user, about=found, number="id_number")
    db.session.commit()
    return render_template("persons/_number.html", person=found)


def _found(uuid: UUID) -> MedicalPerson:
    found: MedicalPerson = db.one_or_404(person_within_reach(current_user, uuid))
    return found


def person_within_reach(user: User, uuid: UUID) -> Select[MedicalPerson]:
    """Select a person of an institution that a reviewer may read of."""
    reach = Institution.visible_to(user).with_only_columns(Institution.id)
    return select(MedicalPerson).where(MedicalPerson.uuid == uuid, MedicalPerson.institution_id.in_(reach))
