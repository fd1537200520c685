"""Photos on their way: sent in pieces, cut off, gone on with, and made photos when nothing is missing.

What has come lies in the storage in parts, and the row counts only parts that lie there safely: one that was
stored when the process died is sent once more. Every change of a row counts its ``revision``, so of two
requests that go on with one upload at the same time the second to finish is told to look again.
"""

import hashlib
from collections.abc import Iterable
from datetime import datetime, timedelta
from errno import EDQUOT, ENOSPC
from io import BytesIO
from typing import TYPE_CHECKING, ClassVar, Self
from uuid import UUID

from sqlalchemy import (
    JSON,
    CheckConstraint,
    ColumnElement,
    ForeignKey,
    Index,
    Select,
    String,
    delete,
    func,
    select,
)
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.orm.exc import StaleDataError

from webapp.attachments import tus
from webapp.attachments.images import MAX_BYTES, PhotoRefused, read_photo
from webapp.attachments.models import Attachment, storage
from webapp.crypto import EncryptedText
from webapp.database import Base, PublicId, UtcDateTime, db, now, uuid7

if TYPE_CHECKING:
    from webapp.accounts.models import User

# What a killed process can make a phone send again, at most.
PORTION = 256 * 1024
# A photo of the largest size has fewer, unless the network breaks off all the time.
MOST_PARTS = 100
SWEPT_ALONG = 10


class UploadRefused(Exception):
    """The upload can't go on; ``message`` says why to the inspector, ``status`` to the phone."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.message = message


class PhotoUpload(PublicId, Base):
    """A photo of which a part has come, or that became an attachment with the same identifier."""

    __tablename__ = "photo_uploads"
    __table_args__ = (
        CheckConstraint("length > 0", name="length"),
        CheckConstraint("received BETWEEN 0 AND length", name="received"),
        Index("ix_photo_uploads_institution_id_uploader_id", "institution_id", "uploader_id"),
    )
    # Over a weekend without signal; counted from the last byte.
    LIFETIME: ClassVar[timedelta] = timedelta(days=3)
    MOST_UNFINISHED: ClassVar[int] = 100
    MOST_UNFINISHED_BYTES: ClassVar[int] = 20 * MAX_BYTES

    institution_id: Mapped[int] = mapped_column(ForeignKey("institutions.id"))
    uploader_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    # As it was sent, to be said again to whoever asks how far it got; a file's name may name a person.
    description: Mapped[str] = mapped_column(EncryptedText("photo_uploads.description"))
    sha256: Mapped[str] = mapped_column(String(64))
    length: Mapped[int] = mapped_column()
    received: Mapped[int] = mapped_column()
    parts: Mapped[list[str]] = mapped_column(JSON)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    revision: Mapped[int] = mapped_column()
    __mapper_args__ = {"version_id_col": revision}

    @classmethod
    def visible_to(cls, user: "User") -> Select[Self]:
        """Select a user's own uploads; nobody else has anything to do with them."""
        return select(cls).where(cls.institution_id == user.institution_id, cls.uploader_id == user.id)

    @classmethod
    def begin(cls, uuid: UUID, length: int, sha256: str, description: str, *, by: "User") -> Self:
        """Return the upload with this identifier, begun if it is new, complete if the photo has come before.

        :raises UploadRefused: 409 the identifier stands for something else; 413 the photo is too large;
            422 it is empty; 429 too much of the user's is unfinished
        """
        if length == 0:
            raise UploadRefused(422, "照片是空文件，请重新拍照或另选一张。")
        if length > MAX_BYTES:
            raise UploadRefused(413, "照片超过 20 MB，请用较低的分辨率重拍，或缩小后再上传。")
        cls.sweep(SWEPT_ALONG)
        cls._forget(cls.uuid == uuid, cls.expires_at < now())
        upload = cls._known(uuid) or cls._begin(uuid, length, sha256, description, by)
        if (upload.uploader_id, upload.sha256, upload.length) != (by.id, sha256, length):
            raise UploadRefused(409, "照片的编号已被使用，请重新添加这张照片。")
        return upload

    @classmethod
    def sweep(cls, most: int) -> int:
        """Forget uploads that expired, with their bytes, and return their number.

        :param most: how many at once
        """
        oldest = select(cls.id).where(cls.expires_at < now()).order_by(cls.expires_at).limit(most)
        return cls._forget(cls.id.in_(oldest))

    @property
    def is_complete(self) -> bool:
        """Whether the photo is there."""
        return self.received == self.length

    @property
    def is_expired(self) -> bool:
        """Whether it is too late to go on; a photo that is there stays there."""
        return not self.is_complete and self.expires_at < now()

    def append(self, pieces: Iterable[bytes], *, by: "User") -> None:
        """Keep what comes, a portion at a time, and the photo when nothing is missing.

        No transaction may be open: the pieces come as slowly as the network brings them.

        :raises UploadRefused: 409 another request went on with it; 422 it is no photo, and is forgotten;
            460 it is not what its digest says, and begins anew; 507 there is no room for it
        """
        uuid = self.uuid
        try:
            rest = self._keep_portions(pieces)
            if self.received + len(rest) == self.length:
                self._complete(rest, by)
            elif rest:
                self._keep(rest)
        except (StaleDataError, IntegrityError, FileNotFoundError) as race:
            db.session.rollback()
            if PhotoUpload._known(uuid) is None:
                # Given up by the other one, who did not see what this one was storing.
                PhotoUpload._discard(uuid)
            raise UploadRefused(409, "这张照片正在由另一个页面上传。") from race
        except OSError as fault:
            if fault.errno not in (ENOSPC, EDQUOT):
                raise
            raise UploadRefused(507, "服务器存储空间已满，照片仍保存在手机中，稍后会继续上传。") from fault

    def drop(self) -> None:
        """Forget the upload; a photo that it became stays."""
        PhotoUpload._forget(PhotoUpload.id == self.id)

    @classmethod
    def _known(cls, uuid: UUID) -> Self | None:
        return db.session.scalar(select(cls).where(cls.uuid == uuid))

    @classmethod
    def _begin(cls, uuid: UUID, length: int, sha256: str, description: str, by: "User") -> Self:
        arrived = db.session.scalar(select(Attachment).where(Attachment.uuid == uuid))
        if arrived is None:
            cls._check_room(length, by)
        elif (arrived.uploader_id, arrived.source_sha256) != (by.id, sha256):
            raise UploadRefused(409, "照片的编号已被使用，请重新添加这张照片。")
        upload = cls(
            uuid=uuid,
            institution_id=by.institution_id,
            uploader_id=by.id,
            description=description,
            sha256=sha256,
            length=length,
            received=0 if arrived is None else length,
            parts=[],
            expires_at=now() + cls.LIFETIME,
        )
        db.session.add(upload)
        try:
            db.session.commit()
        except IntegrityError:
            # Sent twice at once, and the other one was faster.
            db.session.rollback()
            return db.session.scalars(select(cls).where(cls.uuid == uuid)).one()
        return upload

    @classmethod
    def _check_room(cls, length: int, by: "User") -> None:
        unfinished = cls.visible_to(by).where(cls.received < cls.length).subquery()
        total = func.coalesce(func.sum(unfinished.c.length), 0)
        number, size = db.session.execute(select(func.count(), total).select_from(unfinished)).one()
        if number >= cls.MOST_UNFINISHED or size + length > cls.MOST_UNFINISHED_BYTES:
            raise UploadRefused(429, "还没有传完的照片太多，请等它们上传完成。")

    @classmethod
    def _forget(cls, *which: ColumnElement[bool]) -> int:
        """Delete rows and bytes, and commit after the bytes: a process that dies leaves a row to sweep."""
        forgotten = db.session.scalars(delete(cls).where(*which).returning(cls.uuid)).all()
        for uuid in forgotten:
            cls._discard(uuid)
        db.session.commit()
        return len(forgotten)

    @staticmethod
    def _discard(uuid: UUID) -> None:
        """Delete the parts, and a photo that was stored and never got its row."""
        storage().clear(_folder(uuid))
        if not Attachment.is_kept(uuid):
            Attachment.discard(uuid)

    def _keep_portions(self, pieces: Iterable[bytes]) -> bytes:
        """Keep all but the last portion, which is returned: it may be the one that completes the photo."""
        portion = bytearray()
        for piece in pieces:
            portion += piece
            if len(portion) >= PORTION and self.received + len(portion) < self.length:
                self._keep(bytes(portion))
                portion.clear()
        return bytes(portion)

    def _keep(self, data: bytes) -> None:
        """Store a part under a name of its own, which nobody overwrites, then count it."""
        part = f"{_folder(self.uuid)}/{uuid7()}"
        joined = self.parts if len(self.parts) >= MOST_PARTS else []
        storage().put(part, b"".join([*map(_content, joined), data]))
        self.parts = [part] if joined else [*self.parts, part]
        self.received += len(data)
        self.expires_at = now() + self.LIFETIME
        try:
            db.session.commit()
        except StaleDataError:
            storage().delete(part)
            raise
        for old in joined:
            storage().delete(old)

    def _complete(self, rest: bytes, by: "User") -> None:
        content = self._stored() + rest
        if hashlib.sha256(content).hexdigest() != self.sha256:
            self._begin_anew()
            raise UploadRefused(460, "照片在上传途中损坏，将重新上传。")
        try:
            photo = read_photo(BytesIO(content), tus.metadata(self.description).get("filename"))
        except PhotoRefused as refusal:
            self.drop()
            raise UploadRefused(422, str(refusal)) from refusal
        self.parts = []
        self.received = self.length
        self.expires_at = now() + self.LIFETIME
        Attachment.keep(photo, uploader=by, uuid=self.uuid)
        db.session.commit()
        storage().clear(_folder(self.uuid))

    def _stored(self) -> bytes:
        """The bytes that were counted; a database restored from a backup may count what is not there."""
        try:
            return b"".join(map(_content, self.parts))
        except FileNotFoundError:
            self._begin_anew()
            raise

    def _begin_anew(self) -> None:
        self.parts = []
        self.received = 0
        db.session.flush()
        storage().clear(_folder(self.uuid))
        db.session.commit()


def _folder(uuid: UUID) -> str:
    return f"uploads/{uuid}"


def _content(key: str) -> bytes:
    with storage().open(key) as file:
        return file.read()
