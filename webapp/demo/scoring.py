"""The demo's 不良执业行为记分: whose conduct is recorded, and the records of the last months."""

from datetime import timedelta
from decimal import Decimal
from random import Random

from sqlalchemy import ColumnElement, select

from webapp.accounts.models import User
from webapp.attachments.models import Attachment
from webapp.database import db, uuid7
from webapp.demerits.decisions import decide
from webapp.demerits.models import Demerit
from webapp.demerits.persons import MedicalPerson
from webapp.demerits.petitions import Outcome, PetitionKind, file
from webapp.demerits.submission import submit
from webapp.demo import cast, photos
from webapp.demo.people import date_messages, working_hour
from webapp.formats import local_date
from webapp.institutions.models import Institution
from webapp.sample import sample_id_number

NOTICED_AFTER = timedelta(days=3)
rng = Random(20261104)  # noqa: S311 - sample numbers, not secrets


def add_persons() -> None:
    """Let a scorer of each institution add its medical staff."""
    for owner, name, gender, title, practice in cast.PERSONS:
        data = {
            "name": name,
            "gender": gender,
            "id_number": sample_id_number(rng, sex=gender),
            "title": title,
            "practice": practice,
            "certificate": f"{rng.randrange(10**14, 10**15)}",
        }
        MedicalPerson.add(data, uuid7(), by=_scorer_where(Institution.name == owner))


def add_demerits() -> None:
    """Let the scorers record demerits, each with a photo, and hand in those of the last months."""
    for name, days_ago, items in cast.DEMERITS:
        person = db.session.scalars(select(MedicalPerson).where(MedicalPerson.name == name)).one()
        scorer = _scorer_where(Institution.id == person.institution_id)
        moment = working_hour(days_ago)
        photo = Attachment.take_in(photos.scene("notice"), "photo.jpg", uploader=scorer)
        demerit = Demerit.begin(scorer, person, uuid7())
        demerit.recorded_on = local_date(moment)
        demerit.keep(local_date(moment - NOTICED_AFTER), items, [photo])
        if name not in cast.DRAFTED:
            submit(demerit, by=scorer, at=moment)
            date_messages(moment)


def add_petitions() -> None:
    """Let entries be contested, and the district's reviewer decide on one."""
    for name, days_ago, kind, reason, answer in cast.PETITIONS:
        theirs = select(Demerit).join(MedicalPerson).where(MedicalPerson.name == name)
        demerit = db.session.scalars(theirs.order_by(Demerit.id.desc()).limit(1)).one()
        moment = working_hour(days_ago, 14)
        petition = file(demerit, PetitionKind(kind), reason, (), uuid7(), by=demerit.scorer, at=moment)
        date_messages(moment)
        if answer:
            days_ago, outcome, reply = answer
            moment = working_hour(days_ago, 16)
            reviewer = db.session.scalars(select(User).where(User.district == demerit.district)).one()
            decide(petition, Outcome(outcome), reply, Decimal(0), by=reviewer, at=moment)
            date_messages(moment)


def _scorer_where(condition: ColumnElement[bool]) -> User:
    scorers = select(User).join(Institution).where(condition, User.is_scorer)
    return db.session.scalars(scorers.order_by(User.id).limit(1)).one()
