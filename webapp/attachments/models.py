"""Photos as rows; their bytes lie in the storage."""

from datetime import datetime, timedelta
from typing import IO, TYPE_CHECKING, ClassVar, Self
from uuid import UUID

from flask import current_app
from sqlalchemy import (
    CheckConstraint,
    ColumnElement,
    ForeignKey,
    Select,
    String,
    and_,
    delete,
    exists,
    false,
    not_,
    or_,
    select,
)
from sqlalchemy.orm import Mapped, mapped_column

from webapp.attachments.images import Photo, read_photo
from webapp.attachments.storage import Storage
from webapp.database import Base, PublicId, UtcDateTime, db, now, uuid7

if TYPE_CHECKING:
    from webapp.accounts.models import User


class Attachment(PublicId, Base):
    """A photo that was uploaded, re-encoded and stored with a thumbnail."""

    __tablename__ = "attachments"
    __table_args__ = (
        CheckConstraint("uploader_id IS NOT NULL OR draft IS NOT NULL", name="has_owner"),
        CheckConstraint("NOT released OR district IS NOT NULL", name="released_somewhere"),
    )
    # Photos of a registration form that was never sent are swept away after this time.
    DRAFT_LIFETIME: ClassVar[timedelta] = timedelta(days=2)
    # A phone may lie in a drawer between a photo and the draft that it belongs to.
    UNUSED_LIFETIME: ClassVar[timedelta] = timedelta(days=30)

    institution_id: Mapped[int | None] = mapped_column(ForeignKey("institutions.id"), index=True)
    district: Mapped[str | None] = mapped_column(String(6))
    uploader_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    # Digest of the token of a registration form that nobody has signed in for.
    draft: Mapped[str | None] = mapped_column(String(64), index=True)
    # Whether reviewers of the district may see it: its record was handed in.
    released: Mapped[bool] = mapped_column(default=False)
    sha256: Mapped[str] = mapped_column(String(64))
    # Digest of the file as it was uploaded, by which the phone knows its photo; not kept for old photos.
    source_sha256: Mapped[str | None] = mapped_column(String(64))
    size: Mapped[int] = mapped_column()
    width: Mapped[int] = mapped_column()
    height: Mapped[int] = mapped_column()
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)

    @classmethod
    def visible_to(cls, user: "User | None", draft: str | None = None) -> Select[Self]:
        """Select the photos that somebody may see.

        The uploader and the holder of the registration draft see theirs, an administrator those of the
        institution, a reviewer the released ones of the districts.
        """
        mine = [cls.draft == draft] if draft else []
        if user is not None:
            mine.append(cls.uploader_id == user.id)
            if user.is_administrator:
                mine.append(cls.institution_id == user.institution_id)
            if user.kind == "reviewer":
                districts = user.districts
                reach = [cls.released] if districts is None else [cls.released, cls.district.in_(districts)]
                mine.append(and_(*reach))
        return select(cls).where(or_(false(), *mine))

    @classmethod
    def take_in(
        cls,
        stream: IO[bytes],
        filename: str,
        *,
        uploader: "User | None" = None,
        draft: str | None = None,
        uuid: UUID | None = None,
    ) -> Self:
        """Re-encode and store an uploaded photo, see :meth:`keep`.

        :param filename: only for messages; the content decides
        :raises PhotoRefused: not a photo that is accepted, with a message for the user
        """
        return cls.keep(read_photo(stream, filename), uploader=uploader, draft=draft, uuid=uuid)

    @classmethod
    def keep(
        cls,
        photo: Photo,
        *,
        uploader: "User | None" = None,
        draft: str | None = None,
        uuid: UUID | None = None,
    ) -> Self:
        """Store a re-encoded photo and add its row to the running transaction.

        The bytes are stored first: a row never names a photo that is not there.
        """
        attachment = cls(
            uuid=uuid or uuid7(),
            uploader_id=uploader.id if uploader else None,
            institution_id=uploader.institution_id if uploader else None,
            draft=draft,
            sha256=photo.sha256,
            source_sha256=photo.source_sha256,
            size=len(photo.jpeg),
            width=photo.width,
            height=photo.height,
        )
        storage().put(attachment.key, photo.jpeg)
        storage().put(attachment.thumbnail_key, photo.thumbnail)
        db.session.add(attachment)
        db.session.flush()
        return attachment

    @classmethod
    def is_kept(cls, uuid: UUID) -> bool:
        """Tell whether a photo with this identifier arrived before."""
        return db.session.scalar(select(cls.id).where(cls.uuid == uuid)) is not None

    @classmethod
    def sweep_drafts(cls) -> int:
        """Delete the photos of registration forms that were never sent and return their number.

        The rows go first, in one statement: a form that is sent at this moment either keeps its photos
        or is told that they are gone.
        """
        unsent = cls.draft.is_not(None), cls.institution_id.is_(None)
        return cls._sweep(*unsent, cls.created_at < now() - cls.DRAFT_LIFETIME)

    @classmethod
    def sweep_unused(cls) -> int:
        """Delete photos that nothing holds and return their number; those handed in are held for ever.

        They were uploaded and never used, taken out again, or lost their draft.
        """
        tables = cls.metadata.tables
        held = [
            exists().where(key.parent == cls.id)
            for table in tables.values()
            for key in table.foreign_keys
            if key.column.table is tables[cls.__tablename__]
        ]
        old = cls.created_at < now() - cls.UNUSED_LIFETIME
        return cls._sweep(~cls.released, old, not_(or_(*held)))

    @classmethod
    def _sweep(cls, *which: ColumnElement[bool]) -> int:
        swept = db.session.scalars(delete(cls).where(*which).returning(cls.uuid)).all()
        db.session.commit()
        for uuid in swept:
            cls.discard(uuid)
        return len(swept)

    @staticmethod
    def discard(uuid: UUID) -> None:
        """Delete the bytes of a photo that has no row."""
        for key in Attachment.keys_of(uuid):
            storage().delete(key)

    @staticmethod
    def keys_of(uuid: UUID) -> tuple[str, str]:
        """Return where a photo and its thumbnail lie in the storage."""
        return _key(uuid), _thumbnail_key(uuid)

    @property
    def key(self) -> str:
        """Where the photo lies in the storage."""
        return _key(self.uuid)

    @property
    def thumbnail_key(self) -> str:
        """Where the thumbnail lies in the storage."""
        return _thumbnail_key(self.uuid)

    def belong_to(self, institution_id: int, district: str) -> None:
        """Tie the photo to an institution."""
        self.institution_id = institution_id
        self.district = district

    def hand_over(self, uploader: "User") -> None:
        """Make a draft's photo its registrant's own: the browser's token opens it no longer."""
        if self.draft is not None:
            self.uploader_id = uploader.id
            self.draft = None

    def release(self) -> None:
        """Let the reviewers of the district see it."""
        self.released = True


def _key(uuid: UUID) -> str:
    return f"{uuid.hex[-2:]}/{uuid}.jpg"


def _thumbnail_key(uuid: UUID) -> str:
    return f"{uuid.hex[-2:]}/{uuid}.thumb.jpg"


def storage() -> Storage:
    """The storage of the current app."""
    stored: Storage = current_app.extensions["storage"]
    return stored
