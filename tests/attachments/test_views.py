"""Photos: POST /attachments, GET /attachments/<uuid> and its thumbnail, and the sweep."""

from io import BytesIO
from uuid import UUID

import pytest
from bs4 import BeautifulSoup
from PIL import Image

from tests import factories
from tests.attachments.samples import HEIC, encoded, exif, flat, frames
from tests.limits import limited
from webapp.attachments.models import Attachment, storage
from webapp.database import db, now

URL = "/attachments"


def upload(client, content=None, name="photo.jpg", **fields):
    stream = factories.jpeg() if content is None else BytesIO(content)
    data = {"kind": "licence", "photo": (stream, name)} | fields
    return client.post(URL, data=data, content_type="multipart/form-data")


def uuid_of(answer):
    return BeautifulSoup(answer.text, "lxml").input["value"]


def statuses(client, uuid):
    return [client.get(f"{URL}/{uuid}{end}").status_code for end in ("", "/thumbnail")]


def test_it_works(client):
    answer = upload(client)
    assert answer.status_code == 201
    tile = BeautifulSoup(answer.text, "lxml")
    assert tile.input["name"] == "licence"
    assert tile.img["src"] == f"{URL}/{uuid_of(answer)}/thumbnail"
    assert statuses(client, uuid_of(answer)) == [200, 200]


def test_a_photo_is_served_as_nothing_else(client):
    answer = client.get(f"{URL}/{uuid_of(upload(client, name='<script>.html'))}")
    assert Image.open(BytesIO(answer.data)).size == (64, 48)
    assert answer.content_type == "image/jpeg"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Disposition"].startswith("inline")
    assert answer.headers["Cache-Control"] == "no-store"


def test_nothing_but_the_picture_is_kept(client):
    answer = client.get(f"{URL}/{uuid_of(upload(client, encoded(flat(), exif=exif())))}")
    assert b"SampleMaker" not in answer.data


@pytest.mark.parametrize("content", [HEIC, encoded(flat(), "PNG"), frames("MPO")], ids=["heic", "png", "mpo"])
def test_it_takes_what_phones_make(client, content):
    assert upload(client, content).status_code == 201


def test_only_its_own_draft_sees_it(client, app, as_user, stranger, reviewer):
    uuid = uuid_of(upload(client))
    others = (app.test_client(), as_user(stranger), as_user(reviewer))
    assert [statuses(other, uuid) for other in others] == [[404, 404]] * 3


def test_a_signed_in_user_is_the_uploader(as_user, administrator):
    phone = as_user(administrator)
    uuid = uuid_of(upload(phone))
    photo = db.session.scalars(db.select(Attachment)).one()
    assert (photo.uploader_id, photo.draft) == (administrator.id, None)
    assert statuses(phone, uuid) == [200, 200]


def test_it_hides_other_institutions(as_user, administrator, stranger, reviewer, client):
    photo = factories.AttachmentFactory(uploader=administrator)
    watchers = (client, as_user(stranger), as_user(reviewer))
    assert [statuses(watcher, photo.uuid) for watcher in watchers] == [[404, 404]] * 3


def test_a_released_photo_is_for_reviewers_of_the_district(as_user, administrator, reviewer, other_reviewer):
    photo = factories.AttachmentFactory(uploader=administrator)
    photo.belong_to(administrator.institution_id, factories.DISTRICT)
    photo.release()
    db.session.commit()
    assert statuses(as_user(reviewer), photo.uuid) == [200, 200]
    assert statuses(as_user(other_reviewer), photo.uuid) == [404, 404]


@pytest.mark.parametrize("uuid", ["01936b2e-0000-7000-8000-000000000000", "x", "..%2f..%2fapp.db", "'; --"])
def test_there_is_no_other_photo(client, uuid):
    assert statuses(client, uuid) == [404, 404]


def test_a_photo_lost_from_the_storage_is_not_found(client):
    uuid = uuid_of(upload(client))
    storage().delete(db.session.scalars(db.select(Attachment)).one().key)
    assert statuses(client, uuid) == [404, 200]


@pytest.mark.parametrize(
    ("content", "words"),
    [(b"", "空文件"), (b"hello", "不是照片"), (b"GIF89a", "GIF"), (b"\xff\xd8\xff", "已损坏")],
)
def test_it_rejects_bad_input(client, content, words):
    answer = upload(client, content, "a.jpg")
    assert answer.status_code == 422
    assert "“a.jpg”" in answer.text and words in answer.text and "请" in answer.text
    assert db.session.scalars(db.select(Attachment)).all() == []


def test_it_asks_for_a_file(client):
    answer = client.post(URL, data={"kind": "licence"})
    assert (answer.status_code, answer.text.strip()) == (422, "没有收到照片，请重新选择一张")


def test_a_file_name_cannot_bring_markup(client):
    assert "<img" not in upload(client, b"hello", "<img src=x onerror=alert(1)>.jpg").text


@pytest.mark.parametrize("kind", ["", "x" * 31, '"><script>', "licence\x00", "Licence"])
def test_a_forged_kind_is_refused(client, kind):
    assert upload(client, kind=kind).status_code == 400


def test_strangers_can_upload_only_so_many(app):
    with limited(app) as browser:
        answers = [upload(browser, b"hello").status_code for _ in range(121)]
    assert answers == [422] * 120 + [429]


def test_abandoned_photos_are_swept(app, client):
    old, young = uuid_of(upload(client)), uuid_of(upload(client))
    stale = db.session.scalars(db.select(Attachment).where(Attachment.uuid == UUID(old))).one()
    stale.created_at = now() - Attachment.DRAFT_LIFETIME
    db.session.commit()
    result = app.test_cli_runner().invoke(args=["attachments", "sweep"])
    assert result.output.startswith("1 photos of abandoned registrations deleted.\n")
    assert not storage().exists(stale.key) and not storage().exists(stale.thumbnail_key)
    assert [statuses(client, uuid) for uuid in (old, young)] == [[404, 404], [200, 200]]


def test_photos_that_were_handed_in_are_never_swept(administrator):
    photo = factories.AttachmentFactory(uploader=administrator)
    photo.created_at = now() - 2 * Attachment.DRAFT_LIFETIME
    db.session.commit()
    assert Attachment.sweep_drafts() == 0
