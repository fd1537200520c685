"""Registrations and their review (manual 1.1 and 2.1)."""

from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Self

from sqlalchemy import CheckConstraint, ForeignKey, Index, Select, String, Text, func, or_, select, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from webapp.accounts.models import Kind, User
from webapp.attachments.models import Attachment
from webapp.audit.models import record
from webapp.crypto import EncryptedJson
from webapp.database import Base, PublicId, RowId, UtcDateTime, db, now
from webapp.institutions.models import (
    Document,
    DocumentKind,
    Institution,
    InstitutionRevision,
    Status,
    within_reach,
)
from webapp.messages.models import Message

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


class RegistrationKind(StrEnum):
    """What waits for review."""

    REGISTRATION = "registration"
    CHANGE = "change"

    @property
    def label(self) -> str:
        """The kind's name on screen."""
        return {"registration": "注册", "change": "变更"}[self.value]


class AlreadyDecided(Exception):
    """It waits no longer: another reviewer decided first, or the applicant took it back."""


class CodeTaken(Exception):
    """Another institution has the credit code, or has asked for it."""


def _where(condition: str) -> dict[str, Any]:
    return dict.fromkeys(("sqlite_where", "postgresql_where"), text(condition))


class Registration(PublicId, Base):
    """An application that a reviewer approves or returns."""

    __tablename__ = "registrations"
    __table_args__ = (
        CheckConstraint("status IN ('pending', 'approved', 'returned')", name="status"),
        CheckConstraint("kind IN ('registration', 'change')", name="kind"),
        # As a reviewer's list is sorted; what waits is counted on every page besides.
        Index("ix_registrations_district_id_newest", "district", text("id DESC")),
        Index("ix_registrations_status_district_id_newest", "status", "district", text("id DESC")),
        Index(
            "uq_registrations_change_waiting",
            "institution_id",
            unique=True,
            **_where("kind = 'change' AND status = 'pending'"),
        ),
        Index(
            "uq_registrations_credit_code_waiting", "credit_code", unique=True, **_where("status = 'pending'")
        ),
    )
    __mapper_args__ = {
        "polymorphic_on": "kind",
        "polymorphic_identity": RegistrationKind.REGISTRATION,
    }

    institution_id: Mapped[int] = mapped_column(ForeignKey("institutions.id", ondelete="CASCADE"), index=True)
    # Copied from the institution so that a reviewer's list needs no join to be narrowed.
    district: Mapped[str] = mapped_column(String(6))
    kind: Mapped[RegistrationKind] = mapped_column(default=RegistrationKind.REGISTRATION)
    status: Mapped[Status] = mapped_column(default=Status.PENDING)
    applicant_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    submitted_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    # These three are a change's alone, see changes.py.
    changes: Mapped[dict[str, Any] | None] = mapped_column(EncryptedJson("registrations.changes"))
    credit_code: Mapped[str | None] = mapped_column(String(18))
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    institution: Mapped[Institution] = relationship(lazy="joined", innerjoin=True)
    applicant: Mapped[User] = relationship()
    decisions: Mapped[list["Decision"]] = relationship(
        back_populates="registration", order_by="Decision.id", cascade="all, delete-orphan"
    )

    @classmethod
    def visible_to(cls, user: User) -> Select[Self]:
        """Select the registrations within a user's reach."""
        return select(cls).where(within_reach(user, cls.institution_id, cls.district))

    @classmethod
    def of(cls, applicant: User) -> Select[Self]:
        """Select an applicant's own registration."""
        return select(cls).where(cls.applicant_id == applicant.id, cls.kind == RegistrationKind.REGISTRATION)

    @property
    def audit_title(self) -> str:
        """What the audit log calls it."""
        return self.institution.name

    @property
    def reason(self) -> str:
        """Why it was last returned; empty when it was not."""
        returned = [decision.reason for decision in self.decisions if decision.result == Status.RETURNED]
        return returned[-1] if returned else ""

    def approve(self, *, by: User) -> None:
        """Let the institution work and its registrant administer it.

        :raises AlreadyDecided: the registration no longer waits
        """
        self._decide(Status.APPROVED, by=by)
        self.institution.status = Status.APPROVED
        InstitutionRevision.keep(self.institution)
        Message.send(
            self.applicant, "注册审核通过", f"{self.institution.name}的注册已通过审核，现在可以开始使用。"
        )
        db.session.commit()

    def return_(self, reason: str, *, by: User) -> None:
        """Hand the registration back with a reason; the applicant may correct and send it again.

        :raises AlreadyDecided: the registration no longer waits
        """
        self._decide(Status.RETURNED, by=by, reason=reason)
        self.institution.status = Status.RETURNED
        Message.send(self.applicant, "注册被退回", f"退回原因：{reason}")
        db.session.commit()

    def _decide(self, result: Status, *, by: User, reason: str = "") -> None:
        db.session.refresh(self, with_for_update=True)
        if self.status != Status.PENDING:
            raise AlreadyDecided
        self.status = result
        self.decisions.append(Decision(result=result, reason=reason, by_id=by.id))
        record(f"{self.kind}-{result}", by=by, about=self)


class Decision(RowId, Base):
    """One reviewer's answer to a registration; a registration sent again gathers several."""

    __tablename__ = "registration_decisions"

    registration_id: Mapped[int] = mapped_column(
        ForeignKey("registrations.id", ondelete="CASCADE"), index=True
    )
    result: Mapped[Status] = mapped_column()
    reason: Mapped[str] = mapped_column(Text, default="")
    by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)

    registration: Mapped[Registration] = relationship(back_populates="decisions")
    by: Mapped[User] = relationship(lazy="joined", innerjoin=True)


def is_in_force(credit_code: str, *, besides: Institution | None = None) -> bool:
    """Tell whether a credit code belongs to a registration that was not returned, or is asked for.

    :param besides: the institution that may have it itself
    """
    holders = select(Institution.id).where(
        Institution.credit_code == credit_code, Institution.status != Status.RETURNED
    )
    asking = select(Registration.id).where(
        Registration.credit_code == credit_code, Registration.status == Status.PENDING
    )
    if besides is not None:
        holders = holders.where(Institution.id != besides.id)
        asking = asking.where(Registration.institution_id != besides.id)
    return bool(db.session.scalar(select(or_(holders.exists(), asking.exists()))))


def claim(credit_code: str, *, besides: Institution | None = None) -> None:
    """Keep everybody else from a credit code until the transaction ends.

    Institutions and changes have it in different tables, so that no index sees both. SQLite has one writer
    at a time; PostgreSQL's writers wait here for each other.

    :raises CodeTaken: somebody else has it
    """
    if db.engine.dialect.name == "postgresql":
        db.session.execute(select(func.pg_advisory_xact_lock(func.hashtext(credit_code))))
    if is_in_force(credit_code, besides=besides):
        raise CodeTaken


def register(
    data: dict[str, Any], photos: "Mapping[DocumentKind, Sequence[Attachment]]", account: dict[str, Any]
) -> User:
    """Take in a new institution with its registrant and return the registrant, who waits for review.

    :param data: the fields of :attr:`Institution.DATA`
    :param photos: 证明材料 by kind
    :param account: ``name``, ``id_number``, ``mobile``, ``password``
    :raises CodeTaken: the credit code is taken; nothing is kept
    :raises sqlalchemy.exc.IntegrityError: the mobile number is taken; nothing is kept
    """
    claim(data["credit_code"])
    institution = Institution(**data)
    db.session.add(institution)
    db.session.flush()
    applicant = User(
        kind=Kind.MEMBER,
        is_administrator=True,
        institution_id=institution.id,
        name=account["name"],
        id_number=account["id_number"],
        mobile=account["mobile"],
    )
    applicant.set_password(account["password"])
    db.session.add(applicant)
    db.session.flush()
    applicant.institution = institution
    attach(institution, photos, by=applicant)
    registration = Registration(
        institution_id=institution.id, district=institution.district, applicant_id=applicant.id
    )
    db.session.add(registration)
    db.session.flush()
    record("registration-submitted", by=applicant, about=registration)
    _tell_reviewers(registration)
    db.session.commit()
    return applicant


def resubmit(
    registration: Registration, data: dict[str, Any], photos: "Mapping[DocumentKind, Sequence[Attachment]]"
) -> None:
    """Send a returned registration again with corrected data.

    :raises AlreadyDecided: it is not in the applicant's hands
    :raises CodeTaken: the credit code is taken; nothing is kept
    """
    db.session.refresh(registration, with_for_update=True)
    if registration.status != Status.RETURNED:
        raise AlreadyDecided
    institution = registration.institution
    claim(data["credit_code"], besides=institution)
    for name, value in data.items():
        setattr(institution, name, value)
    registration.status = institution.status = Status.PENDING
    registration.district = institution.district
    registration.submitted_at = now()
    attach(institution, photos, by=registration.applicant)
    db.session.flush()
    record("registration-resubmitted", by=registration.applicant, about=registration)
    _tell_reviewers(registration)
    db.session.commit()


def attach(
    institution: Institution, photos: "Mapping[DocumentKind, Sequence[Attachment]]", *, by: User
) -> None:
    """Make photos an institution's 证明材料, in the place of those it had, within the running transaction."""
    institution.documents = [
        Document(kind=kind, attachment=attachment, position=position)
        for kind, attachments in photos.items()
        for position, attachment in enumerate(attachments)
    ]
    for document in institution.documents:
        document.attachment.belong_to(institution.id, institution.district)
        document.attachment.hand_over(by)
        document.attachment.release()


def _tell_reviewers(registration: Registration) -> None:
    institution = registration.institution
    Message.send_to_all(
        db.session.scalars(User.reviewers_of(registration.district).with_only_columns(User.id)),
        "新的注册申请",
        f"{institution.name}（{institution.district_name}）提交了注册申请。",
        f"/supervision/registrations/{registration.uuid}",
    )
