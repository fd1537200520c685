"""Inspections: drafts while they are filled, frozen records after."""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING, Any, Self
from uuid import UUID

from sqlalchemy import (
    JSON,
    CheckConstraint,
    ColumnElement,
    Date,
    ForeignKey,
    Index,
    Select,
    String,
    UniqueConstraint,
    bindparam,
    false,
    func,
    select,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from webapp.attachments.models import Attachment
from webapp.catalog import Chapter, Checklist, Item, catalog
from webapp.database import Base, PublicId, UtcDateTime, db, now, uuid7
from webapp.formats import local_date
from webapp.inspections.answers import Answer, InspectionPhoto
from webapp.institutions.models import Institution, InstitutionRevision, within_reach

if TYPE_CHECKING:
    from webapp.accounts.models import User

TITLES_IN_LISTS = 4
WHERE_SUBMITTED: dict[str, Any] = dict.fromkeys(
    ("sqlite_where", "postgresql_where"), text("submitted_at IS NOT NULL")
)


# Made once: every answer on every phone asks it.
_ANSWERED = select(func.count(Answer.value)).where(
    Answer.inspection_id == bindparam("inspection"), Answer.chapter == bindparam("chapter")
)


class InspectionKind(StrEnum):
    """The kinds of 自查 (国卫监督发〔2020〕18号; frequency and wording are recalled, not checked)."""

    ROUTINE = "routine"
    SPECIAL = "special"
    FULL = "full"

    @property
    def label(self) -> str:
        """The kind's name on screen."""
        return {"routine": "日常自查", "special": "专项自查", "full": "全面自查"}[self.value]


class Inspection(PublicId, Base):
    """One self-inspection: a draft while it is filled, a frozen record after."""

    __tablename__ = "inspections"
    __table_args__ = (
        CheckConstraint("(submitted_at IS NULL) = (record IS NULL)", name="frozen_when_submitted"),
        CheckConstraint("(submitted_at IS NULL) = (digest IS NULL)", name="digest_when_submitted"),
        CheckConstraint("kind IN ('routine', 'special', 'full')", name="kind"),
        UniqueConstraint("institution_id", "chain_number"),
        Index("ix_inspections_institution_id_inspected_on_id", "institution_id", "inspected_on", "id"),
        Index("ix_inspections_inspector_id_inspected_on_id", "inspector_id", "inspected_on", "id"),
        Index("ix_inspections_submitted_district", "district", "inspected_on", "id", **WHERE_SUBMITTED),
        Index("ix_inspections_submitted", "inspected_on", "id", **WHERE_SUBMITTED),
        # A paper's QR code asks whether its digest is known.
        Index("ix_inspections_digest", "digest"),
    )

    institution_id: Mapped[int] = mapped_column(ForeignKey("institutions.id"))
    # District and level as they are at submission, copied so that a reviewer's list needs no join.
    district: Mapped[str] = mapped_column(String(6))
    level: Mapped[str] = mapped_column(String(10))
    revision_id: Mapped[int] = mapped_column(ForeignKey("institution_revisions.id"))
    inspector_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    kind: Mapped[InspectionKind] = mapped_column(default=InspectionKind.ROUTINE)
    checklist_slug: Mapped[str] = mapped_column(String(50))
    checklist_version: Mapped[str] = mapped_column(String(20))
    scope: Mapped[list[str]] = mapped_column(JSON)
    # The 大类 of the scope, each between spaces, so that one can be asked for.
    categories: Mapped[str] = mapped_column(String(200))
    total: Mapped[int] = mapped_column()
    answered: Mapped[int] = mapped_column(default=0)
    failed: Mapped[int] = mapped_column(default=0)
    inspected_on: Mapped[date] = mapped_column(Date, default=lambda: local_date(now()))
    started_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    submitted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # The frozen record and its place in the institution's chain; see submission.py.
    record: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    digest: Mapped[str | None] = mapped_column(String(64))
    previous_digest: Mapped[str | None] = mapped_column(String(64))
    chain_number: Mapped[int | None] = mapped_column()

    institution: Mapped[Institution] = relationship()
    inspector: Mapped["User"] = relationship(lazy="joined", innerjoin=True)
    revision: Mapped[InstitutionRevision] = relationship()
    photos: Mapped[list["InspectionPhoto"]] = relationship(
        order_by="InspectionPhoto.id", cascade="all, delete-orphan"
    )

    @classmethod
    def visible_to(cls, user: "User") -> Select[Self]:
        """Select what a user may read.

        An inspector the own ones, an administrator the institution's, a reviewer what was handed in.
        """
        if user.kind == "reviewer":
            return cls.submitted().where(within_reach(user, cls.institution_id, cls.district))
        if user.is_administrator:
            return select(cls).where(cls.institution_id == user.institution_id)
        return cls.of(user) if user.is_inspector else select(cls).where(false())

    @classmethod
    def of(cls, inspector: "User") -> Select[Self]:
        """Select an inspector's own inspections."""
        return select(cls).where(
            cls.institution_id == inspector.institution_id, cls.inspector_id == inspector.id
        )

    @classmethod
    def submitted(cls) -> Select[Self]:
        """Select the frozen records."""
        return select(cls).where(cls.submitted_at.is_not(None))

    @classmethod
    def touches(cls, category: str) -> ColumnElement[bool]:
        """Condition: the scope has a 小类 of this 大类."""
        return cls.categories.like(f"% {category} %")

    @classmethod
    def draft_of(cls, inspector: "User", uuid: UUID) -> Select[Self]:
        """Select an inspector's own inspection, locked for a change where the database locks rows."""
        return cls.of(inspector).where(cls.uuid == uuid).with_for_update(of=cls)

    @classmethod
    def start(
        cls, inspector: "User", scope: Sequence[str], kind: InspectionKind, uuid: UUID | None = None
    ) -> Self:
        """Begin a draft on the checklist in force and return it.

        :param scope: 小类 codes within the inspector's allowed scope
        :param uuid: the identifier that the phone already gave it; starting twice gives the same draft
        :raises ValueError: the scope is empty or leaves what the inspector may answer
        :raises sqlalchemy.exc.IntegrityError: the identifier is somebody else's
        """
        if uuid is not None:
            started = db.session.scalar(cls.of(inspector).where(cls.uuid == uuid))
            if started is not None:
                return started
        if not scope or not set(scope) <= set(inspector.allowed_scope):
            raise ValueError("scope must be a part of what the inspector may answer")
        inspection = cls.begin(
            inspector, scope, kind, uuid=uuid or uuid7(), checklist=catalog().current_checklist()
        )
        db.session.commit()
        return inspection

    @classmethod
    def begin(
        cls,
        inspector: "User",
        scope: Sequence[str],
        kind: InspectionKind,
        *,
        uuid: UUID,
        checklist: Checklist,
    ) -> Self:
        """Add a draft on a version of the checklist to the running transaction and return it."""
        institution = inspector.institution
        assert institution is not None
        inspection = cls(
            uuid=uuid,
            institution_id=institution.id,
            district=institution.district,
            level=institution.level,
            revision=db.session.scalar(InstitutionRevision.latest_of(institution.id)),
            inspector=inspector,
            kind=kind,
            **cls.extent(checklist, scope),
        )
        db.session.add(inspection)
        db.session.flush()
        return inspection

    @staticmethod
    def extent(checklist: Checklist, scope: Collection[str]) -> dict[str, Any]:
        """Return the columns that tell what an inspection of some 小类 of a checklist asks."""
        chapters = checklist.chapters(scope)
        return {
            "checklist_slug": checklist.slug,
            "checklist_version": checklist.version,
            "scope": [chapter.subcategory.code for chapter in chapters],
            "categories": f" {' '.join(sorted({chapter.category.code for chapter in chapters}))} ",
            "total": len(checklist.items_in(scope)),
        }

    @property
    def is_draft(self) -> bool:
        """Whether it can still be changed."""
        return self.submitted_at is None

    @property
    def status_title(self) -> str:
        """The state's word on screen."""
        return "暂存" if self.is_draft else "已上报"

    @property
    def kind_title(self) -> str:
        """日常自查, 专项自查 or 全面自查."""
        return self.kind.label

    @property
    def audit_title(self) -> str:
        """What the audit log calls it."""
        return self.institution.name

    @property
    def summary(self) -> str:
        """One line below the title on lists."""
        if self.is_draft:
            return f"{self.inspected_on.isoformat()} · 已答 {self.answered} / {self.total} 项"
        return f"{self.inspected_on.isoformat()} · 共 {self.total} 项 · 否 {self.failed} 项"

    @property
    def unanswered(self) -> int:
        """How many items have no answer yet."""
        return self.total - self.answered

    @cached_property
    def checklist(self) -> Checklist:
        """The version of the checklist that this inspection was begun with."""
        return catalog().checklist(self.checklist_slug, self.checklist_version)

    @property
    def chapters(self) -> tuple[Chapter, ...]:
        """大类 · 小类 in the inspection's scope, in the checklist's order."""
        return self.checklist.chapters(self.scope)

    @property
    def items(self) -> tuple[Item, ...]:
        """Every item in the inspection's scope."""
        return self.checklist.items_in(self.scope)

    @property
    def short_titles(self) -> str:
        """自查项目 as lists show it: many are cut to the first and their number."""
        titles = self._titles
        if len(titles) <= TITLES_IN_LISTS:
            return "、".join(titles)
        return f"{'、'.join(titles[:TITLES_IN_LISTS])}等 {len(titles)} 类"

    @property
    def titles(self) -> str:
        """自查项目 in words: 机构执业、医疗文书."""
        return "、".join(self._titles)

    @property
    def _titles(self) -> list[str]:
        """自查项目 from the shortest column that tells them: lists load no other."""
        codes = self.categories.split()
        return [found.title for code, found in self.checklist.categories.items() if code in codes]

    def answers(self) -> dict[str, "Answer"]:
        """The draft's answers by item code, in one statement."""
        asked = select(Answer).where(Answer.inspection_id == self.id)
        # Operations write past the session, which may hold answers of before.
        found = db.session.scalars(asked.execution_options(populate_existing=True))
        return {answer.item: answer for answer in found}

    def photos_of(self, item: str) -> list[Attachment]:
        """Photos of one item; of the whole inspection for an empty code."""
        return [photo.attachment for photo in self.photos if photo.item == item]

    def progress_of(self, chapter: str) -> tuple[int, int]:
        """How many items of one 小类 are answered, and how many there are."""
        answered = db.session.scalar(_ANSWERED, {"inspection": self.id, "chapter": chapter})
        return answered or 0, len(self.checklist.subcategories[chapter].items)
