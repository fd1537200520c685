"""The demo as tests of addresses ask it: every role, and something of every kind."""

from collections.abc import Sequence
from pathlib import Path
from uuid import UUID

from flask.testing import FlaskClient
from sqlalchemy import Select, select
from werkzeug.test import TestResponse

from tests import factories
from tests.databases import database_of
from tests.demo import demo_app
from tests.sessions import sign_in_as
from webapp.accounts.models import User
from webapp.accounts.sessions import SignIn
from webapp.accounts.staff.imports import StaffImport
from webapp.attachments.uploads import PhotoUpload
from webapp.audit.models import AuditEntry
from webapp.database import db, uuid7
from webapp.demerits.models import Demerit
from webapp.demerits.person_imports import PersonImport
from webapp.demerits.persons import MedicalPerson
from webapp.demerits.petitions import Petition
from webapp.imports.uploads import Upload
from webapp.inspections.models import Inspection
from webapp.institutions.changes import propose
from webapp.institutions.departments import Department
from webapp.institutions.registrations import Registration
from webapp.jobs.models import Job
from webapp.lists.keeping import SavedFilter
from webapp.messages.models import Message

# Who asks, with a demo account; the uuids in the table are the hospital's, of the inspector 13800000002.
ROLES = {
    "nobody": None,
    "applicant": "13800000041",
    "administrator": "13800000001",
    "inspector": "13800000002",
    "scorer": "13800000003",
    "reviewer": "13800000011",
    "system": "13800000021",
    "auditor": "13800000022",
}
# The same roles elsewhere: the clinic's, and a reviewer of its district only.
OTHER_REVIEWER = "16012345678"
STRANGERS = {
    "other administrator": "13800000031",
    "other inspector": "13800000032",
    "other scorer": "13800000033",
    "other reviewer": OTHER_REVIEWER,
}


class World:
    """The demo, brought back as it was before each test; ``uuids`` are what the table's names stand for."""

    def __init__(self, instance: Path) -> None:
        self.app = demo_app(instance, WTF_CSRF_ENABLED=False)
        self.database = database_of(instance)
        with self.app.app_context():
            self.uuids = _uuids()
            factories.UserFactory(reviewer=True, district="500103", mobile=OTHER_REVIEWER)
            self._let_go()
        self.database.keep("full")

    def restore(self) -> None:
        self._let_go()
        self.database.bring_back("full")

    def browser(self, role: str) -> FlaskClient:
        """A browser in which the role is signed in."""
        mobile = (ROLES | STRANGERS)[role]
        client = self.app.test_client()
        return sign_in_as(client, db.session.scalars(User.with_mobile(mobile)).one()) if mobile else client

    def ask(self, role: str, method: str, path: str) -> TestResponse:
        """Send a role's empty request."""
        return self.browser(role).open(self.address(path), method=method)

    def address(self, path: str) -> str:
        return path.format(**self.uuids)

    def _let_go(self) -> None:
        db.session.remove()
        db.engine.dispose()


def _uuids() -> dict[str, UUID]:
    inspector = db.session.scalars(User.with_mobile("13800000002")).one()
    mine = db.session.scalars(Inspection.of(inspector).order_by(Inspection.id)).all()
    record = next(inspection for inspection in mine if not inspection.is_draft)
    registration = select(Registration).where(Registration.institution_id == inspector.institution_id)
    registered = db.session.scalars(registration).one()
    reviewer = db.session.scalars(User.with_mobile(ROLES["reviewer"] or "")).one()
    name = [registered.institution.name, "改名后的医院"]
    return {
        "record": record.uuid,
        "draft": next(inspection.uuid for inspection in mine if inspection.is_draft),
        "photo": record.photos[0].attachment.uuid,
        "registration": registered.uuid,
        "change": propose(registered.institution, {"name": name}, by=registered.applicant).uuid,
        "message": db.session.scalars(Message.visible_to(inspector)).first().uuid,
        "department": db.session.scalars(Department.visible_to(inspector)).first().uuid,
        "person": inspector.uuid,
        "official": db.session.scalars(User.with_mobile(ROLES["auditor"] or "")).one().uuid,
        "act": db.session.scalars(select(AuditEntry.uuid).limit(1)).one(),
        "upload": _waiting(StaffImport, registered.applicant).uuid,
        "roster": _waiting(PersonImport, db.session.scalars(User.with_mobile(ROLES["scorer"])).one()).uuid,
        "medic": db.session.scalars(_persons_of(inspector)).first().uuid,
        "demerit": next(d.uuid for d in _demerits_of(inspector) if not d.is_draft),
        "entry": next(d.uuid for d in _demerits_of(inspector) if d.is_draft),
        "petition": db.session.scalars(_waiting_in(reviewer.district)).first(),
        "filter": SavedFilter.keep(reviewer, "supervision.inspections", "二级", "level=二级").uuid,
        "device": _device_of(inspector).uuid,
        # An export that waits for somebody who never comes.
        "job": Job.ask("list", "导出", {}, uuid7(), by=reviewer).uuid,
        "op": uuid7(),
        "transfer": PhotoUpload.begin(uuid7(), 1, "0" * 64, "", by=inspector).uuid,
    }


def _waiting(model: type[Upload], owner: User) -> Upload:
    """An import of one empty row, which its confirmation finds to be wrong."""
    return model.keep([(2, [""] * len(model.SHEET.columns))], by=owner)


def _waiting_in(district: str | None) -> Select[tuple[UUID]]:
    return select(Petition.uuid).where(Petition.decided_at.is_(None), Petition.district == district)


def _persons_of(user: User) -> Select[MedicalPerson]:
    return select(MedicalPerson).where(MedicalPerson.institution_id == user.institution_id)


def _demerits_of(user: User) -> Sequence[Demerit]:
    mine = select(Demerit).where(Demerit.institution_id == user.institution_id)
    return db.session.scalars(mine.order_by(Demerit.id)).all()


def _device_of(user: User) -> SignIn:
    """A browser of this user beside the one that asks."""
    device = SignIn(user_id=user.id, token_digest="0" * 64, address="127.0.0.1", browser="another")
    db.session.add(device)
    db.session.flush()
    return device
