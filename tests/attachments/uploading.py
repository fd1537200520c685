"""Sending a photo in pieces, step by step, as a client of the tus protocol does."""

import hashlib
import random
from base64 import b64encode
from collections.abc import Callable, Sequence
from contextvars import Context
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from uuid import UUID

import pytest
from flask.testing import FlaskClient
from PIL import Image
from werkzeug.test import TestResponse

from tests.attachments.samples import encoded
from webapp import whole
from webapp.attachments.models import Attachment, storage
from webapp.attachments.uploads import PhotoUpload
from webapp.database import db, now, uuid7

KIND = "application/offset+octet-stream"
TUS = {"Tus-Resumable": "1.0.0"}
rng = random.Random(20261125)


def noise(width: int = 640, height: int = 480) -> bytes:
    """A photo of its own that compresses badly: some 300 kB, more than one portion."""
    return encoded(Image.frombytes("RGB", (width, height), rng.randbytes(3 * width * height)))


def described(uuid: UUID | str, content: bytes, name: str = "照片.jpg", **pairs: str) -> str:
    """What ``Upload-Metadata`` says of a photo."""
    said = {"uuid": str(uuid), "filename": name, "sha256": hashlib.sha256(content).hexdigest()} | pairs
    return ",".join(f"{key} {b64encode(value.encode()).decode()}" for key, value in said.items())


def create(
    client: FlaskClient,
    content: bytes,
    uuid: UUID | None = None,
    headers: dict[str, str] | None = None,
    **said: str,
) -> TestResponse:
    """Begin an upload of the content."""
    description = described(uuid or uuid7(), content, **said)
    wanted = {"Upload-Length": str(len(content)), "Upload-Metadata": description}
    return client.post("/uploads", headers=TUS | wanted | (headers or {}))


def begun(client: FlaskClient, content: bytes, uuid: UUID | None = None, **said: str) -> str:
    """Begin an upload and return its address."""
    answer = create(client, content, uuid, **said)
    assert answer.status_code == 201, answer.text
    return answer.headers["Location"]


def send(
    client: FlaskClient, url: str, piece: bytes, offset: int = 0, announced: int | None = None, **headers: str
) -> TestResponse:
    """Send a piece; where more is announced than comes, the connection was cut."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    length = len(piece) if announced is None else announced
    return client.patch(
        url,
        input_stream=BytesIO(piece),
        content_type=KIND,
        headers=TUS | {"Upload-Offset": str(offset), "Content-Length": str(length)} | named,
    )


class Meanwhile(BytesIO):
    """A body during which something else happens, once, as in another process."""

    def __init__(self, content: bytes, happen: Callable[[], object]) -> None:
        super().__init__(content)
        self.happen: Callable[[], object] | None = happen

    def read(self, size: int | None = -1, /) -> bytes:
        if self.happen:
            happen, self.happen = self.happen, None
            Context().run(happen)
        return super().read(size)


def send_while(
    client: FlaskClient, url: str, piece: bytes, happen: Callable[[], object], offset: int = 0
) -> TestResponse:
    """Send a piece of which nothing is waited for; when the app begins to read it, something else happens."""
    stream = Meanwhile(piece, happen)
    headers = TUS | {"Upload-Offset": str(offset), "Content-Length": str(len(piece))}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(whole, "AHEAD", 0)
        answer = client.patch(url, input_stream=stream, content_type=KIND, headers=headers)
    assert stream.happen is None
    return answer


def come(client: FlaskClient, url: str) -> int:
    """How much the server says has come."""
    answer = client.head(url, headers=TUS)
    assert answer.status_code == 200
    return int(answer.headers["Upload-Offset"])


def checksum(piece: bytes) -> str:
    return f"sha256 {b64encode(hashlib.sha256(piece).digest()).decode()}"


def kept() -> Sequence[Attachment]:
    """The photos that are there."""
    return db.session.scalars(db.select(Attachment)).all()


def uploads() -> Sequence[PhotoUpload]:
    return db.session.scalars(db.select(PhotoUpload)).all()


def in_parts() -> list[Path]:
    """What lies in the storage of photos that are not whole."""
    return list(storage().root.glob("uploads/*/*"))


def expire() -> None:
    """Let every upload be as old as it may become."""
    for upload in uploads():
        upload.expires_at = now() - timedelta(seconds=1)
    db.session.commit()
