"""Valid rows in one word, made from generated names and numbers."""

import random
from datetime import date
from io import BytesIO
from typing import Any

import factory
from factory.alchemy import SQLAlchemyModelFactory
from PIL import Image

from webapp.accounts.models import Kind, User, hash_password
from webapp.attachments.models import Attachment
from webapp.catalog import catalog
from webapp.database import db, uuid7
from webapp.demerits.models import Demerit
from webapp.demerits.persons import MedicalPerson
from webapp.inspections.models import Inspection, InspectionKind
from webapp.institutions.models import Document, DocumentKind, Institution, InstitutionRevision, Status
from webapp.institutions.registrations import Registration
from webapp.messages.models import Message
from webapp.sample import sample_credit_code, sample_id_number, sample_mobile

DISTRICT = "500106"
PASSWORD = "Sample2026pass"
rng = random.Random(20261102)


def whole_scope() -> list[str]:
    """Every 小类 of the checklist in force."""
    return list(catalog().current_checklist().subcategories)


def jpeg(width: int = 64, height: int = 48, colour: str = "steelblue") -> BytesIO:
    """A small photo as a phone would send it."""
    stream = BytesIO()
    Image.new("RGB", (width, height), colour).save(stream, "JPEG")
    stream.seek(0)
    return stream


def noisy_jpeg(width: int, height: int) -> bytes:
    """A photo that no encoder makes much smaller: about half a byte for each pixel."""
    stream = BytesIO()
    pixels = random.Random(width * height).randbytes(width * height)
    Image.frombytes("L", (width, height), pixels).save(stream, "JPEG")
    return stream.getvalue()


class Factory(SQLAlchemyModelFactory):
    class Meta:
        abstract = True
        sqlalchemy_session_factory = lambda: db.session  # noqa: E731
        sqlalchemy_session_persistence = "commit"


class InstitutionFactory(Factory):
    class Meta:
        model = Institution

    status = Status.APPROVED
    name = factory.Sequence(lambda n: f"样例第{n}门诊部")
    credit_code = factory.LazyFunction(lambda: sample_credit_code(rng))
    district = DISTRICT
    address = "样例路 1 号"
    level = "二级"
    treatment_subjects = ["03", "04"]
    nature = "非营利"
    legal_person = "样例负责人"
    legal_person_id_number = factory.LazyFunction(lambda: sample_id_number(rng))
    contact = "样例联系人"
    contact_phone = factory.LazyFunction(lambda: sample_mobile(rng))
    scope = factory.LazyFunction(whole_scope)

    @factory.post_generation
    def revision(self: Institution, create: bool, extracted: Any, **kwargs: Any) -> None:
        if self.status == Status.APPROVED:
            db.session.add(InstitutionRevision.of(self, 1))
            db.session.commit()


class UserFactory(Factory):
    class Meta:
        model = User

    class Params:
        administrator = factory.Trait(is_administrator=True)
        inspector = factory.Trait(
            is_inspector=True,
            inspection_scope=factory.LazyAttribute(lambda user: list(user.institution.scope)),
        )
        scorer = factory.Trait(is_scorer=True)
        reviewer = factory.Trait(kind=Kind.REVIEWER, institution=None)
        system = factory.Trait(kind=Kind.SYSTEM, institution=None)
        auditor = factory.Trait(kind=Kind.AUDITOR, institution=None)

    kind = Kind.MEMBER
    institution = factory.SubFactory(InstitutionFactory)
    name = factory.Sequence(lambda n: f"样例{n}号")
    mobile = factory.LazyFunction(lambda: sample_mobile(rng))
    id_number = factory.LazyFunction(lambda: sample_id_number(rng))
    password_hash = factory.LazyFunction(lambda: hash_password(PASSWORD))


class AttachmentFactory(Factory):
    """A stored photo; give it an uploader or a draft."""

    class Meta:
        model = Attachment

    @classmethod
    def _create(cls, model_class: type[Attachment], *args: Any, **kwargs: Any) -> Attachment:
        attachment = model_class.take_in(jpeg(), "photo.jpg", **kwargs)
        db.session.commit()
        return attachment


class RegistrationFactory(Factory):
    """An application that waits, with its registrant and one photo of each kind."""

    class Meta:
        model = Registration

    institution = factory.SubFactory(InstitutionFactory, status=Status.PENDING)
    district = factory.SelfAttribute("institution.district")
    applicant = factory.SubFactory(
        UserFactory, administrator=True, institution=factory.SelfAttribute("..institution")
    )

    @factory.post_generation
    def photos(self: Registration, create: bool, extracted: Any, **kwargs: Any) -> None:
        for kind in DocumentKind:
            attachment = AttachmentFactory(uploader=self.applicant)
            attachment.belong_to(self.institution_id, self.district)
            attachment.release()
            self.institution.documents.append(Document(kind=kind, attachment=attachment))
        db.session.commit()


class InspectionFactory(Factory):
    """A draft on two 小类; give it the inspector, and ``scope`` for others."""

    class Meta:
        model = Inspection

    @classmethod
    def _create(cls, model_class: type[Inspection], *args: Any, **kwargs: Any) -> Inspection:
        inspector = kwargs.pop("inspector")
        scope = kwargs.pop("scope", inspector.allowed_scope[:2])
        return model_class.start(inspector, scope, kwargs.pop("kind", InspectionKind.ROUTINE), **kwargs)


class MedicalPersonFactory(Factory):
    """A doctor; give it the institution."""

    class Meta:
        model = MedicalPerson

    class Params:
        institution = factory.SubFactory(InstitutionFactory)

    institution_id = factory.SelfAttribute("institution.id")
    name = factory.Sequence(lambda n: f"样例医师{n}")
    gender = "女"
    id_number = factory.LazyFunction(lambda: sample_id_number(rng))
    title = "医师"
    practice = "内科专业"
    certificate = factory.LazyFunction(lambda: str(rng.randrange(10**14, 10**15)))


class DemeritFactory(Factory):
    """A draft of one item; give it the scorer, and the person, items and day for others."""

    class Meta:
        model = Demerit

    @classmethod
    def _create(cls, model_class: type[Demerit], *args: Any, **kwargs: Any) -> Demerit:
        scorer = kwargs.pop("scorer")
        person = kwargs.pop("person", None) or MedicalPersonFactory(institution=scorer.institution)
        demerit = model_class.begin(scorer, person, uuid7())
        items = kwargs.pop("items", ["A1-01"])
        demerit.keep(kwargs.pop("conduct_on", date(2026, 11, 2)), items, kwargs.pop("photos", ()))
        db.session.commit()
        return demerit


class MessageFactory(Factory):
    class Meta:
        model = Message

    title = "样例消息"
    body = "样例内容"
