"""The object store is away for a while: nothing is lost, and whoever needs a photo is told."""

from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests import factories
from tests.attachments.s3 import Store
from tests.attachments.uploading import begun, come, kept, noise, send
from tests.institutions.answers import registration
from webapp.accounts.models import User
from webapp.attachments.forms import UNAVAILABLE
from webapp.attachments.models import Attachment
from webapp.attachments.storage import Storage
from webapp.database import db

FIRST = 100_000

pytestmark = pytest.mark.usefixtures("bucket")


@pytest.fixture
def photo(bucket: Storage, inspector: User) -> Attachment:
    """A photo of the inspector's that lies in the bucket."""
    photo: Attachment = factories.AttachmentFactory(uploader=inspector)
    db.session.commit()
    return photo


def test_a_photo_on_its_way_waits_on_the_phone(phone: FlaskClient, store: Store) -> None:
    content = noise()
    url = begun(phone, content)
    assert send(phone, url, content[:FIRST]).status_code == 204
    with store.away():
        answer = send(phone, url, content[FIRST:], FIRST)
        assert (answer.status_code, answer.headers["Retry-After"]) == (503, "2")
        assert "仍保存在手机" in answer.text
        assert come(phone, url) == FIRST and kept() == []
    assert phone.get("/readyz").status_code == 200
    assert send(phone, url, content[FIRST:], FIRST).status_code == 204
    [photo] = kept()
    assert phone.get(f"/attachments/{photo.uuid}").status_code == 200


def test_a_photo_of_a_form_is_not_said_to_be_kept(phone: FlaskClient, store: Store) -> None:
    def upload() -> int:
        data = {"kind": "licence", "photo": (factories.jpeg(), "photo.jpg")}
        return phone.post("/attachments", data=data, content_type="multipart/form-data").status_code

    with store.away():
        assert upload() == 503
    assert kept() == []
    assert phone.get("/readyz").status_code == 200 and upload() == 201


def test_a_form_with_its_files_comes_back_as_it_was_filled(client: FlaskClient, store: Store) -> None:
    answers = registration()
    with store.away():
        page = client.post("/register", data=answers, content_type="multipart/form-data")
    assert page.status_code == 422 and UNAVAILABLE in page.text
    assert str(answers["name"]) in page.text


def test_a_page_shows_why_a_photo_is_missing(phone: FlaskClient, store: Store, photo: Attachment) -> None:
    url = f"/attachments/{photo.uuid}"
    with store.away():
        picture = phone.get(f"{url}/thumbnail", headers={"Sec-Fetch-Dest": "image"})
        page = phone.get(url, headers={"Sec-Fetch-Dest": "document"})
    assert (picture.status_code, picture.mimetype) == (503, "image/svg+xml")
    assert "无法显示" in picture.text and picture.headers["Cache-Control"] == "no-store"
    assert page.status_code == 503 and "照片和文件暂时打不开" in page.text
    assert page.headers["Retry-After"]
    assert phone.get("/readyz").status_code == 200
    assert phone.get(url).mimetype == "image/jpeg"


def test_readiness_tells(phone: FlaskClient, store: Store) -> None:
    with store.away():
        answer = phone.get("/readyz")
    assert (answer.status_code, answer.json) == (503, {"database": True, "storage": False})
    assert phone.get("/readyz").status_code == 200


def test_what_is_swept_meanwhile_is_swept_later(app: Flask, store: Store) -> None:
    run = app.test_cli_runner().invoke
    with store.away():
        away = run(args=["attachments", "sweep"])
    assert away.exit_code == 1 and "object store" in away.output
    assert run(args=["attachments", "sweep"]).exit_code == 0


def test_a_backup_holds_the_photos_of_a_bucket_and_brings_them_back(
    app: Flask, bucket: Storage, store: Store, photo: Attachment, tmp_path: Path
) -> None:
    run, file = app.test_cli_runner().invoke, tmp_path / "backup.tar"
    with store.away():
        away = run(args=["backup", str(file)])
    assert away.exit_code == 1 and "object store" in away.output and list(tmp_path.iterdir()) == []
    assert bucket.ready()
    assert run(args=["backup", str(file)]).exit_code == 0
    for key in (photo.key, photo.thumbnail_key):
        bucket.delete(key)
    restored = run(args=["restore", str(file), "--force"])
    assert restored.exit_code == 0 and "photos: 1 checked, unbroken" in restored.output
    assert bucket.exists(photo.key) and bucket.exists(photo.thumbnail_key)
