"""撤销申请 and 陈述申辩: what is asked against a submitted demerit, and what the reviewer decided.

A demerit itself is never changed. A wrong one is withdrawn by a reversal that its institution asks for; the
person's objection is recorded by the institution within the days that the rules of the entry give. What a
reviewer decides takes points off in the ledger, and from then on the petition is frozen too.
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Any, Self
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    Date,
    ForeignKey,
    Index,
    Select,
    String,
    UniqueConstraint,
    false,
    func,
    select,
    text,
)
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship, validates

from webapp.accounts.models import User
from webapp.attachments.links import PhotoLink, photo_links
from webapp.attachments.models import Attachment
from webapp.audit.models import record
from webapp.catalog.reference import today
from webapp.crypto import EncryptedText
from webapp.database import Base, PublicId, RowId, UtcDateTime, db, now
from webapp.demerits.models import Demerit
from webapp.demerits.points import Points, sum_of
from webapp.institutions.models import within_reach
from webapp.messages.models import Message

WHERE_WAITING: dict[str, Any] = dict.fromkeys(
    ("sqlite_where", "postgresql_where"), text("decided_at IS NULL")
)


class PetitionKind(StrEnum):
    """Who contests an entry: the institution that made it, or the person."""

    REVERSAL = "reversal"
    OBJECTION = "objection"

    @property
    def label(self) -> str:
        """The kind's name on screen."""
        return {"reversal": "撤销申请", "objection": "陈述申辩"}[self.value]


class Outcome(StrEnum):
    """What a reviewer decided."""

    UPHELD = "upheld"
    PARTLY = "partly"
    REJECTED = "rejected"


OUTCOMES = {
    PetitionKind.REVERSAL: {Outcome.UPHELD: "同意撤销", Outcome.REJECTED: "不同意撤销"},
    PetitionKind.OBJECTION: {
        Outcome.UPHELD: "申辩成立",
        Outcome.PARTLY: "部分成立",
        Outcome.REJECTED: "申辩不成立",
    },
}


class Petition(PublicId, Base):
    """One request to take points off an entry, and its answer."""

    __tablename__ = "petitions"
    __table_args__ = (
        CheckConstraint("kind IN ('reversal', 'objection')", name="kind"),
        CheckConstraint("outcome IN ('upheld', 'partly', 'rejected')", name="outcome"),
        CheckConstraint("(decided_at IS NULL) = (outcome IS NULL)", name="outcome_when_decided"),
        CheckConstraint("(decided_at IS NULL) = (digest IS NULL)", name="digest_when_decided"),
        CheckConstraint("points_off >= 0", name="points_off"),
        Index("ix_petitions_demerit_id", "demerit_id"),
        # One at a time, so that no points are taken off twice.
        Index("uq_petitions_waiting", "demerit_id", unique=True, **WHERE_WAITING),
        Index("ix_petitions_waiting_district", "district", "id", **WHERE_WAITING),
        Index("ix_petitions_district_id", "district", "id"),
    )

    institution_id: Mapped[int] = mapped_column(ForeignKey("institutions.id"))
    # The entry's, so that a reviewer's list needs no join.
    district: Mapped[str] = mapped_column(String(6))
    demerit_id: Mapped[int] = mapped_column(ForeignKey("demerits.id"))
    kind: Mapped[PetitionKind] = mapped_column()
    reason: Mapped[str] = mapped_column(EncryptedText("petitions.reason"))
    filed_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    filed_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    # The last day on which an objection was possible.
    deadline: Mapped[date | None] = mapped_column(Date)
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    outcome: Mapped[Outcome | None] = mapped_column()
    reply: Mapped[str | None] = mapped_column(EncryptedText("petitions.reply"))
    points_off: Mapped[Decimal] = mapped_column(Points, default=Decimal(0))
    digest: Mapped[str | None] = mapped_column(String(64))

    demerit: Mapped[Demerit] = relationship()
    filed_by: Mapped[User] = relationship(foreign_keys=filed_by_id)
    decided_by: Mapped[User | None] = relationship(foreign_keys=decided_by_id)
    photos: Mapped[list["PetitionPhoto"]] = relationship(order_by="PetitionPhoto.id")

    @validates("points_off")
    def _write_as_kept(self, key: str, points: Decimal) -> Decimal:
        # The digest covers the text: 2, as it comes back from the database, never 2.0.
        return sum_of([points])

    @classmethod
    def visible_to(cls, user: User) -> Select[Self]:
        """Select what waits or waited for a reviewer; members read theirs beside the entry."""
        if user.kind != "reviewer":
            return select(cls).where(false())
        return select(cls).where(within_reach(user, cls.institution_id, cls.district))

    @property
    def is_waiting(self) -> bool:
        """Whether the reviewer has not answered yet."""
        return self.decided_at is None

    @property
    def state_title(self) -> str:
        """待处理, or what was decided."""
        return OUTCOMES[self.kind][self.outcome] if self.outcome else "待处理"

    @property
    def audit_title(self) -> str:
        """What the audit log calls it."""
        return self.demerit.facts["name"]

    @property
    def links(self) -> list[PhotoLink]:
        """The photos, ready to be shown."""
        return photo_links(self.attachments, "证明材料")

    @property
    def attachments(self) -> list[Attachment]:
        """What was handed in as evidence."""
        return [photo.attachment for photo in self.photos]

    def facts(self) -> dict[str, Any]:
        """What the digest of a decided petition covers."""
        assert self.decided_at and self.decided_by and self.outcome
        return {
            "petition": str(self.uuid),
            "kind": self.kind.value,
            "demerit": {"uuid": str(self.demerit.uuid), "digest": self.demerit.digest},
            "reason": self.reason,
            "photos": [photo.sha256 for photo in self.attachments],
            "filed": {"at": self.filed_at.astimezone(UTC).isoformat(), "by": str(self.filed_by.uuid)},
            "outcome": self.outcome.value,
            "points_off": str(self.points_off),
            "reply": self.reply,
            "decided": {"at": self.decided_at.astimezone(UTC).isoformat(), "by": str(self.decided_by.uuid)},
        }


class PetitionPhoto(RowId, Base):
    """A photo that supports a petition."""

    __tablename__ = "petition_photos"
    __table_args__ = (UniqueConstraint("petition_id", "attachment_id"),)

    petition_id: Mapped[int] = mapped_column(ForeignKey("petitions.id"))
    institution_id: Mapped[int] = mapped_column(ForeignKey("institutions.id"))
    attachment_id: Mapped[int] = mapped_column(ForeignKey("attachments.id"))

    attachment: Mapped[Attachment] = relationship(lazy="joined", innerjoin=True)


def deadline_of(demerit: Demerit) -> date:
    """Return the last day on which the person may object to an entry."""
    return demerit.recorded_on + timedelta(days=demerit.rules.objection_days)


def petitions_against(demerit: Demerit) -> Sequence[Petition]:
    """Return what was asked against an entry, the oldest first."""
    return db.session.scalars(
        select(Petition)
        .where(Petition.demerit_id == demerit.id)
        .options(joinedload(Petition.filed_by), joinedload(Petition.decided_by))
        .order_by(Petition.id)
    ).all()


def points_left(demerit: Demerit) -> Decimal:
    """Return what an entry still counts for."""
    return sum_of([demerit.points, -taken_off([demerit])[demerit.id]])


def taken_off(demerits: Iterable[Demerit]) -> dict[int, Decimal]:
    """Return how many points decisions took off each entry, by its key and in one statement for all."""
    off = dict.fromkeys([demerit.id for demerit in demerits], Decimal(0))
    if off:
        taken = select(Petition.demerit_id, func.sum(Petition.points_off))
        taken = taken.where(Petition.demerit_id.in_(off)).group_by(Petition.demerit_id)
        for key, points in db.session.execute(taken):
            off[key] = points
    return off


def may_ask(demerit: Demerit) -> list[PetitionKind]:
    """Return the ways in which an entry can be contested now."""
    return [kind for kind in PetitionKind if problem(demerit, kind) is None]


def problem(demerit: Demerit, kind: PetitionKind, on: date | None = None) -> str | None:
    """Say in one Chinese sentence why an entry can't be contested in this way now, or None."""
    petitions = petitions_against(demerit)
    if demerit.is_draft:
        return "记分还没有上报，可以直接修改或删除草稿。"
    if waiting := next((petition for petition in petitions if petition.is_waiting), None):
        return f"这条记分的{waiting.kind.label}正在等待监督员处理，处理完后才能再提交。"
    if demerit.points == sum(petition.points_off for petition in petitions):
        return "这条记分已经全部撤销，不再计入累计分值。"
    if kind == PetitionKind.OBJECTION:
        if any(petition.kind == kind for petition in petitions):
            return "这条记分的陈述申辩已经处理，不能再次提交。"
        if (on or today()) > deadline_of(demerit):
            return f"陈述申辩的期限是{deadline_of(demerit)}，现在已经超过。"
    return None


def file(
    demerit: Demerit,
    kind: PetitionKind,
    reason: str,
    photos: Iterable[Attachment],
    uuid: UUID,
    *,
    by: User,
    at: datetime | None = None,
) -> Petition:
    """Record a petition and tell the reviewers of the district.

    :param uuid: the identifier that the form gave it; sending the form twice makes one petition
    :param at: when it is filed, by default now; the demo files some of past weeks
    :raises sqlalchemy.exc.IntegrityError: another one waits, or the identifier is taken
    """
    petition = Petition(
        uuid=uuid,
        institution_id=demerit.institution_id,
        district=demerit.district,
        demerit=demerit,
        kind=kind,
        reason=reason,
        filed_at=at or now(),
        filed_by_id=by.id,
        deadline=deadline_of(demerit) if kind == PetitionKind.OBJECTION else None,
    )
    for photo in photos:
        photo.belong_to(demerit.institution_id, demerit.district)
        photo.release()
        petition.photos.append(PetitionPhoto(institution_id=demerit.institution_id, attachment=photo))
    db.session.add(petition)
    db.session.flush()
    record(f"{kind}-filed", by=by, about=petition, demerit=str(demerit.uuid))
    Message.send_to_all(
        db.session.scalars(User.reviewers_of(demerit.district).with_only_columns(User.id)),
        f"收到{kind.label}",
        f"{demerit.institution.name}就{demerit.facts['name']}的 {demerit.points} 分记分提交了{kind.label}。",
        f"/supervision/petitions/{petition.uuid}",
    )
    db.session.commit()
    return petition
