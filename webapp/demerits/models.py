"""不良执业行为记分: drafts while they are entered, frozen records after."""

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING, Any, Self
from uuid import UUID

from sqlalchemy import (
    JSON,
    CheckConstraint,
    Date,
    ForeignKey,
    Index,
    Select,
    String,
    UniqueConstraint,
    and_,
    false,
    or_,
    select,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from webapp.attachments.models import Attachment
from webapp.audit.models import record
from webapp.catalog import DemeritRules, catalog
from webapp.crypto import EncryptedJson
from webapp.database import Base, PublicId, RowId, UtcDateTime, db, now
from webapp.demerits.persons import MedicalPerson
from webapp.demerits.points import Points, Tally, tally
from webapp.formats import local_date
from webapp.institutions.models import Institution, InstitutionRevision, within_reach

if TYPE_CHECKING:
    from webapp.accounts.models import User


class Demerit(PublicId, Base):
    """What one person did wrong on one day and how many points it costs."""

    __tablename__ = "demerits"
    __table_args__ = (
        CheckConstraint("(submitted_at IS NULL) = (record IS NULL)", name="frozen_when_submitted"),
        CheckConstraint("(submitted_at IS NULL) = (digest IS NULL)", name="digest_when_submitted"),
        CheckConstraint("points > 0", name="points"),
        UniqueConstraint("institution_id", "chain_number"),
        Index("ix_demerits_institution_id_recorded_on_id", "institution_id", "recorded_on", "id"),
        Index("ix_demerits_scorer_id_recorded_on_id", "scorer_id", "recorded_on", "id"),
        # All that a ledger adds up, so that it reads no entry.
        Index("ix_demerits_ledger", "person_id", "recorded_on", "id", "points", "submitted_at"),
        Index("ix_demerits_district_recorded_on_id", "district", "recorded_on", "id"),
        Index("ix_demerits_recorded_on_id", "recorded_on", "id"),
        # A paper's QR code asks whether its digest is known.
        Index("ix_demerits_digest", "digest"),
    )

    institution_id: Mapped[int] = mapped_column(ForeignKey("institutions.id"))
    # As they are at submission, copied so that a reviewer's list needs no join.
    district: Mapped[str] = mapped_column(String(6))
    level: Mapped[str] = mapped_column(String(10), server_default="")
    revision_id: Mapped[int] = mapped_column(ForeignKey("institution_revisions.id"))
    scorer_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("medical_persons.id"))
    rules_slug: Mapped[str] = mapped_column(String(50))
    rules_version: Mapped[str] = mapped_column(String(20))
    # Codes of the ticked items, in the order of the rules.
    items: Mapped[list[str]] = mapped_column(JSON)
    points: Mapped[Decimal] = mapped_column(Points)
    conduct_on: Mapped[date] = mapped_column(Date)
    # 记分日期: the day of the entry; of the submission, once there is one.
    recorded_on: Mapped[date] = mapped_column(Date, default=lambda: local_date(now()))
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now, onupdate=now)
    submitted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # The frozen record, which holds the person's data as they were, and its place in the chain.
    record: Mapped[dict[str, Any] | None] = mapped_column(EncryptedJson("demerits.record"))
    digest: Mapped[str | None] = mapped_column(String(64))
    previous_digest: Mapped[str | None] = mapped_column(String(64))
    chain_number: Mapped[int | None] = mapped_column()

    institution: Mapped[Institution] = relationship()
    scorer: Mapped["User"] = relationship()
    person: Mapped[MedicalPerson] = relationship(lazy="joined", innerjoin=True)
    revision: Mapped[InstitutionRevision] = relationship()
    photos: Mapped[list["DemeritPhoto"]] = relationship(
        order_by="DemeritPhoto.id", cascade="all, delete-orphan"
    )

    @classmethod
    def visible_to(cls, user: "User") -> Select[Self]:
        """Select what a user may read.

        A scorer the own ones, an administrator what the institution handed in, a reviewer likewise.
        """
        handed_in = cls.submitted_at.is_not(None)
        if user.kind == "reviewer":
            return select(cls).where(handed_in, within_reach(user, cls.institution_id, cls.district))
        mine = [cls.scorer_id == user.id] if user.is_scorer else []
        shown = or_(handed_in, *mine) if user.is_administrator else or_(false(), *mine)
        return select(cls).where(and_(cls.institution_id == user.institution_id, shown))

    @classmethod
    def of(cls, scorer: "User") -> Select[Self]:
        """Select a scorer's own entries."""
        return select(cls).where(cls.institution_id == scorer.institution_id, cls.scorer_id == scorer.id)

    @classmethod
    def own(cls, scorer: "User", uuid: UUID) -> Self | None:
        """Return a scorer's own entry as it is now, locked for a change where the database locks rows."""
        query = cls.of(scorer).where(cls.uuid == uuid).with_for_update(of=cls)
        return db.session.scalar(query.execution_options(populate_existing=True))

    @classmethod
    def same_conduct(cls, scorer: "User", person: MedicalPerson, conduct_on: date) -> Select[Self]:
        """Select what is there of a person's conduct on a day: own drafts, and what anybody handed in."""
        seen = or_(cls.submitted_at.is_not(None), cls.scorer_id == scorer.id)
        return select(cls).where(cls.person_id == person.id, cls.conduct_on == conduct_on, seen)

    @classmethod
    def begin(cls, scorer: "User", person: MedicalPerson, uuid: UUID) -> Self:
        """Return a new entry under the rules in force, which :meth:`keep` adds to the database.

        :param uuid: the identifier that the form gave it; sending the form twice makes one entry
        """
        institution, rules = scorer.institution, catalog().current_demerit_rules()
        assert institution is not None
        return cls(
            uuid=uuid,
            institution_id=institution.id,
            district=institution.district,
            level=institution.level,
            revision=db.session.scalars(InstitutionRevision.latest_of(institution.id)).one(),
            scorer_id=scorer.id,
            person=person,
            rules_slug=rules.slug,
            rules_version=rules.version,
        )

    def keep(self, conduct_on: date, items: Iterable[str], photos: Iterable[Attachment]) -> None:
        """Take over what the scorer entered, in the running transaction.

        :param items: codes of at least one item of the entry's rules
        :raises ValueError: no item is among them
        """
        codes = frozenset(items)
        self.items = [code for code in self.rules.items if code in codes]
        if not self.items:
            raise ValueError("an entry needs an item")
        self.points = self.tally.total
        self.conduct_on = conduct_on
        kept = {photo.attachment.uuid: photo for photo in self.photos}
        self.photos = [
            kept.get(photo.uuid) or DemeritPhoto(institution_id=self.institution_id, attachment=photo)
            for photo in photos
        ]
        db.session.add(self)
        db.session.flush()

    @cached_property
    def rules(self) -> DemeritRules:
        """The version of the rules that this entry was begun with."""
        return catalog().demerit_rules(self.rules_slug, self.rules_version)

    @property
    def tally(self) -> Tally:
        """The articles with what is ticked in them."""
        return tally(self.rules, self.items)

    @property
    def is_draft(self) -> bool:
        """Whether it can still be changed."""
        return self.submitted_at is None

    @property
    def status_title(self) -> str:
        """The state's word on screen."""
        return "暂存" if self.is_draft else "已上报"

    @property
    def audit_title(self) -> str:
        """What the audit log calls it."""
        return self.facts["name"]

    @property
    def facts(self) -> dict[str, str]:
        """The person's data: of today for a draft, else as they were when it was handed in."""
        if self.record is not None:
            frozen: dict[str, str] = self.record["person"]
            return frozen
        return {name: getattr(self.person, name) for name in MedicalPerson.DATA}

    @property
    def attachments(self) -> list[Attachment]:
        """相关材料."""
        return [photo.attachment for photo in self.photos]

    def discard(self, *, by: "User") -> None:
        """Delete a draft; the database refuses it for a submitted one."""
        record("demerit-deleted", by=by, about=self, points=str(self.points))
        db.session.delete(self)
        db.session.commit()


class DemeritPhoto(RowId, Base):
    """A photo among an entry's 相关材料."""

    __tablename__ = "demerit_photos"
    __table_args__ = (UniqueConstraint("demerit_id", "attachment_id"),)

    demerit_id: Mapped[int] = mapped_column(ForeignKey("demerits.id", ondelete="CASCADE"))
    institution_id: Mapped[int] = mapped_column(ForeignKey("institutions.id"))
    attachment_id: Mapped[int] = mapped_column(ForeignKey("attachments.id"))

    attachment: Mapped[Attachment] = relationship(lazy="joined", innerjoin=True)
