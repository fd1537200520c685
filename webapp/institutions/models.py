"""Institutions as they are now and as they were."""

import hashlib
from datetime import date, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any, ClassVar, Self

from sqlalchemy import (
    JSON,
    CheckConstraint,
    ForeignKey,
    Index,
    Select,
    String,
    UniqueConstraint,
    false,
    select,
    text,
    true,
)
from sqlalchemy.orm import Mapped, mapped_column, query_expression, relationship, validates

from webapp.attachments.models import Attachment
from webapp.catalog import catalog
from webapp.chain import canonical
from webapp.crypto import BlindIndex, EncryptedJson, EncryptedText, blind_index
from webapp.database import Base, PublicId, RowId, UtcDateTime, db, now

if TYPE_CHECKING:
    from webapp.accounts.models import User
    from webapp.institutions.departments import Department


class Status(StrEnum):
    """Where an institution or a registration stands."""

    PENDING = "pending"
    APPROVED = "approved"
    RETURNED = "returned"

    @property
    def label(self) -> str:
        """The state's name on screen."""
        return {"pending": "待审核", "approved": "已通过", "returned": "已退回"}[self.value]


class Institution(PublicId, Base):
    """A medical institution with the data of its registration (manual 1.1)."""

    __tablename__ = "institutions"
    __table_args__ = (
        CheckConstraint("status IN ('pending', 'approved', 'returned')", name="status"),
        Index(
            "uq_institutions_credit_code_in_force",
            "credit_code",
            unique=True,
            sqlite_where=text("status <> 'returned'"),
            postgresql_where=text("status <> 'returned'"),
        ),
        Index("ix_institutions_district_id", "district", "id"),
        # Counted by district and level, and looked up for those registered twice.
        Index("ix_institutions_status_district_level_id", "status", "district", "level", "id"),
        # Both, so that a search for a part of either reads nothing but the index.
        Index("ix_institutions_name_credit_code", "name", "credit_code"),
        Index("ix_institutions_credit_code", "credit_code"),
    )
    # What a revision keeps and a reviewer reads, in the order of the manual's form.
    DATA: ClassVar[tuple[str, ...]] = (
        "name",
        "credit_code",
        "district",
        "address",
        "level",
        "treatment_subjects",
        "nature",
        "legal_person",
        "legal_person_id_number",
        "contact",
        "contact_phone",
        "scope",
    )

    status: Mapped[Status] = mapped_column(default=Status.PENDING)
    name: Mapped[str] = mapped_column(String(100))
    credit_code: Mapped[str] = mapped_column(String(18))
    district: Mapped[str] = mapped_column(String(6))
    address: Mapped[str] = mapped_column(String(200))
    level: Mapped[str] = mapped_column(String(10))
    treatment_subjects: Mapped[list[str]] = mapped_column(JSON)
    nature: Mapped[str] = mapped_column(String(10))
    legal_person: Mapped[str] = mapped_column(String(50))
    legal_person_id_number: Mapped[str] = mapped_column(EncryptedText("institutions.legal_person_id_number"))
    legal_person_id_number_index: Mapped[str] = mapped_column(BlindIndex)
    contact: Mapped[str] = mapped_column(String(50))
    contact_phone: Mapped[str] = mapped_column(EncryptedText("institutions.contact_phone"))
    scope: Mapped[list[str]] = mapped_column(JSON)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)

    documents: Mapped[list["Document"]] = relationship(
        back_populates="institution", cascade="all, delete-orphan", order_by="Document.position"
    )
    departments: Mapped[list["Department"]] = relationship(order_by="Department.code", viewonly=True)
    # Filled by lists that ask for them: how many inspections it handed in, and the month of the last one.
    submitted: Mapped[int | None] = query_expression()
    latest: Mapped[date | None] = query_expression()

    @validates("legal_person_id_number")
    def _keep_index(self, key: str, value: str) -> str:
        self.legal_person_id_number_index = blind_index(value, f"institutions.{key}")
        return value

    @classmethod
    def visible_to(cls, user: "User") -> Select[Self]:
        """Select what one user may see: a member the own institution, a reviewer those of the districts."""
        return select(cls).where(within_reach(user, cls.id, cls.district))

    @property
    def is_approved(self) -> bool:
        """Whether its people may work."""
        return self.status == Status.APPROVED

    @property
    def district_name(self) -> str:
        """The district's name on screen."""
        return catalog().reference.region(self.district).name

    @property
    def treatment_subject_names(self) -> list[str]:
        """诊疗科目 in words."""
        reference = catalog().reference
        return [reference.treatment_subject(code).name for code in self.treatment_subjects]

    @property
    def nature_name(self) -> str:
        """经营性质 in words."""
        return catalog().reference.nature(self.nature).label

    @property
    def scope_titles(self) -> list[str]:
        """大类 that the inspection scope touches, in words."""
        return list(catalog().current_checklist().category_titles(self.scope))

    def documents_of(self, kind: "DocumentKind") -> list[Attachment]:
        """Photos of one kind of 证明材料, in their order."""
        return [document.attachment for document in self.documents if document.kind == kind]

    def as_data(self) -> dict[str, Any]:
        """The registered data as it is now."""
        return {name: getattr(self, name) for name in self.DATA}


class DocumentKind(StrEnum):
    """The two kinds of 证明材料 that the manual asks for."""

    CERTIFICATE = "certificate"
    LICENCE = "licence"

    @property
    def label(self) -> str:
        """The kind's name as in the manual."""
        return {
            "certificate": "医疗机构法人证书/事业法人登记证书/民办非企业单位登记证书",
            "licence": "医疗机构执业许可证",
        }[self.value]


class Document(Base):
    """A photo among an institution's 证明材料."""

    __tablename__ = "institution_documents"

    institution_id: Mapped[int] = mapped_column(
        ForeignKey("institutions.id", ondelete="CASCADE"), primary_key=True
    )
    attachment_id: Mapped[int] = mapped_column(ForeignKey("attachments.id"), primary_key=True)
    kind: Mapped[DocumentKind] = mapped_column()
    position: Mapped[int] = mapped_column(default=0)

    institution: Mapped[Institution] = relationship(back_populates="documents")
    attachment: Mapped[Attachment] = relationship(lazy="joined", innerjoin=True)


class InstitutionRevision(RowId, Base):
    """An institution's data as it stood from one moment on; records point to the one of their time."""

    __tablename__ = "institution_revisions"
    __table_args__ = (UniqueConstraint("institution_id", "number"),)

    institution_id: Mapped[int] = mapped_column(ForeignKey("institutions.id", ondelete="CASCADE"))
    number: Mapped[int] = mapped_column()
    data: Mapped[dict[str, Any]] = mapped_column(EncryptedJson("institution_revisions.data"))
    digest: Mapped[str] = mapped_column(String(64))
    made_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)

    @classmethod
    def of(cls, institution: Institution, number: int) -> Self:
        """Return a revision that holds an institution's present data."""
        data = institution.as_data()
        return cls(institution_id=institution.id, number=number, data=data, digest=cls.digest_of(data))

    @classmethod
    def keep(cls, institution: Institution) -> None:
        """Add an institution's present data as its next revision to the running transaction."""
        latest = db.session.scalar(cls.latest_of(institution.id))
        db.session.add(cls.of(institution, (latest.number if latest else 0) + 1))

    @staticmethod
    def digest_of(data: dict[str, Any]) -> str:
        """Return the SHA-256 of an institution's data as canonical JSON, see webapp.chain."""
        return hashlib.sha256(canonical(data)).hexdigest()

    @classmethod
    def intact_of(cls, institution_id: int) -> dict[int, str]:
        """Return the digests, by key, of the revisions that still hold the data they were made with."""
        columns = select(cls.id, cls.digest, cls.data).where(cls.institution_id == institution_id)
        return {
            key: digest for key, digest, data in db.session.execute(columns) if digest == cls.digest_of(data)
        }

    @classmethod
    def latest_of(cls, institution_id: int) -> Select[Self]:
        """Select the revision in force."""
        return select(cls).where(cls.institution_id == institution_id).order_by(cls.number.desc()).limit(1)


def within_reach(user: "User", institution_id: Any, district: Any) -> Any:
    """Return the condition that rows of an institution and district lie within a user's reach.

    Members reach their institution; reviewers their districts, the city's all; nobody else anything.
    """
    if user.kind == "member":
        return institution_id == user.institution_id
    if user.kind != "reviewer":
        return false()
    districts = user.districts
    return true() if districts is None else district.in_(districts)
