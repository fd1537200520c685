"""Whose conduct is recorded in the demo: doctors, nurses and others of the two institutions."""

from random import Random

from sqlalchemy import select

from webapp.accounts.models import User
from webapp.database import db, uuid7
from webapp.demerits.persons import MedicalPerson
from webapp.demo import cast
from webapp.institutions.models import Institution
from webapp.sample import sample_id_number

rng = Random(20261104)  # noqa: S311 - sample numbers, not secrets


def add_persons() -> None:
    """Let a scorer of each institution add its medical staff."""
    for owner, name, gender, title, practice in cast.PERSONS:
        scorers = select(User).join(Institution).where(Institution.name == owner, User.is_scorer)
        data = {
            "name": name,
            "gender": gender,
            "id_number": sample_id_number(rng, sex=gender),
            "title": title,
            "practice": practice,
            "certificate": f"{rng.randrange(10**14, 10**15)}",
        }
        MedicalPerson.add(data, uuid7(), by=db.session.scalars(scorers.order_by(User.id).limit(1)).one())
