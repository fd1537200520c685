"""The form field of photos."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from flask import request
from werkzeug.datastructures import FileStorage
from wtforms import Field
from wtforms.form import BaseForm
from wtforms.validators import StopValidation

from webapp.attachments.drafts import holder, photos_in_reach
from webapp.attachments.images import PhotoRefused
from webapp.attachments.models import Attachment
from webapp.attachments.storage import StorageUnavailable
from webapp.database import db

MOST = 9
UNAVAILABLE = "照片存储暂时不可用，照片没有保存，请稍后重新添加"
GONE = "有照片已失效，或不是在这里上传的，请重新添加"


class PhotosField(Field):
    """Photos of a form; ``data`` is the list of attachments in the order in which they were sent.

    The form names photos that were uploaded beforehand by their UUIDs. Files that come along with it, as
    they do without scripts, are stored while the field is validated, whatever becomes of the form.
    """

    def __init__(
        self, label: str | None = None, validators: Any = None, *, required: bool = True, **kwargs: Any
    ) -> None:
        """:param required: at least one photo is asked for"""
        super().__init__(label, validators, **kwargs)
        self.flags.required = required
        self._named: list[str] = []
        self._files: list[FileStorage] = []

    @property
    def most(self) -> int:
        """How many photos there may be."""
        return MOST

    def process_data(self, value: Iterable[Attachment] | None) -> None:
        self.data = list(value or ())

    def process_formdata(self, valuelist: list[Any]) -> None:
        self.data = []
        self._named = list(dict.fromkeys(filter(None, valuelist)))
        self._files = [file for file in request.files.getlist(self.name) if file.filename]

    def pre_validate(self, form: BaseForm) -> None:
        problems = [*self._find_named(), *self._take_in_files()]
        if not self.data and not problems and self.flags.required:
            problems.append("请至少添加1张照片")
        if problems:
            raise StopValidation("；".join(problems))

    def _find_named(self) -> Iterable[str]:
        """Fill ``data`` with the photos named, at most as many as there may be; yield what is wrong."""
        wanted = list(dict.fromkeys(uuid for uuid in map(_uuid, self._named) if uuid))
        rows = db.session.scalars(photos_in_reach().where(Attachment.uuid.in_(wanted[: 2 * MOST])))
        found = {photo.uuid: photo for photo in rows}
        self.data = [found[uuid] for uuid in wanted if uuid in found][:MOST]
        if len(self._named) > MOST:
            yield f"最多{MOST}张照片，多出的没有保留"
        elif len(self.data) < len(self._named):
            yield GONE

    def _take_in_files(self) -> Iterable[str]:
        room = MOST - len(self.data)
        # Reading a photo takes long; the database must not be locked meanwhile.
        db.session.commit()
        for file in self._files[:room]:
            try:
                self.data.append(Attachment.take_in(file.stream, file.filename or "", **holder()))
            except PhotoRefused as refusal:
                yield str(refusal)
            except StorageUnavailable:
                yield UNAVAILABLE
            db.session.commit()
        if len(self._files) > room:
            yield f"最多{MOST}张照片，多出的没有保留"


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
