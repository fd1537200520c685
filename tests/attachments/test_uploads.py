"""Photos in pieces: POST /uploads, HEAD and PATCH /uploads/<uuid>."""

import hashlib

import pytest
from sqlalchemy import text

from tests import factories
from tests.attachments.samples import HEIC, encoded, exif, flat
from tests.attachments.uploading import (
    TUS,
    begun,
    come,
    create,
    expire,
    in_parts,
    kept,
    noise,
    send,
    send_while,
    uploads,
)
from tests.sessions import counted_statements
from webapp.attachments.models import storage
from webapp.attachments.uploads import PhotoUpload
from webapp.database import db, uuid7

PHOTO = factories.jpeg().getvalue()


def test_it_works(phone, inspector):
    uuid = uuid7()
    url = begun(phone, PHOTO, uuid)
    assert url == f"/uploads/{uuid}"
    assert come(phone, url) == 0
    answer = send(phone, url, PHOTO)
    assert (answer.status_code, answer.headers["Upload-Offset"]) == (204, str(len(PHOTO)))
    assert come(phone, url) == len(PHOTO)
    [photo] = kept()
    assert (photo.uuid, photo.uploader_id, photo.institution_id) == (
        uuid,
        inspector.id,
        inspector.institution_id,
    )
    assert photo.source_sha256 == hashlib.sha256(PHOTO).hexdigest()
    assert phone.get(f"/attachments/{uuid}").status_code == 200
    assert in_parts() == []


def test_pieces_come_one_after_the_other(phone):
    photo = noise()
    url = begun(phone, photo)
    for start in range(0, len(photo), 100_000):
        assert come(phone, url) == start
        assert send(phone, url, photo[start : start + 100_000], start).status_code == 204
    assert [one.source_sha256 for one in kept()] == [hashlib.sha256(photo).hexdigest()]
    assert in_parts() == []


@pytest.mark.parametrize("percent", [30, 60, 90])
def test_a_cut_connection_keeps_what_came(phone, percent):
    photo = noise()
    cut = len(photo) * percent // 100
    url = begun(phone, photo)
    send(phone, url, photo[:cut], announced=len(photo))
    assert come(phone, url) == cut
    assert send(phone, url, photo[cut:], cut).status_code == 204
    assert len(kept()) == 1


def test_a_photo_in_very_many_pieces(phone, monkeypatch):
    monkeypatch.setattr("webapp.attachments.uploads.MOST_PARTS", 3)
    url = begun(phone, PHOTO)
    for place in range(0, len(PHOTO), 50):
        assert send(phone, url, PHOTO[place : place + 50], place).status_code == 204
        assert len(in_parts()) <= 3
    assert len(kept()) == 1


def test_nothing_but_the_picture_is_kept(phone):
    photo = encoded(flat(), exif=exif())
    send(phone, begun(phone, photo), photo)
    with storage().open(kept()[0].key) as file:
        assert b"SampleMaker" not in file.read()


def test_it_takes_what_phones_make(phone):
    assert send(phone, begun(phone, HEIC), HEIC).status_code == 204


NAMES = ["检查现场 照片（一）.jpg", "🏥👨‍👩‍👧.heic", "../../x", "长" * 300, "🏥" * 300, "a\x00\n.jpg", ""]


@pytest.mark.parametrize("name", NAMES)
def test_a_file_name_decides_nothing(phone, name):
    uuid = uuid7()
    assert send(phone, begun(phone, PHOTO, uuid, name=name), PHOTO).status_code == 204
    assert kept()[0].key == f"{uuid.hex[-2:]}/{uuid}.jpg"


def test_a_file_name_cannot_be_read_in_the_database(phone):
    begun(phone, PHOTO, name="500106199001011234.jpg")
    [row] = db.session.execute(text("SELECT * FROM photo_uploads"))
    assert not any("NTAwMTA2MTk5" in str(value) or "500106199" in str(value) for value in row)


def test_the_same_photo_again_is_the_same_upload(phone):
    uuid = uuid7()
    assert begun(phone, PHOTO, uuid) == begun(phone, PHOTO, uuid)
    send(phone, f"/uploads/{uuid}", PHOTO[:100])
    assert begun(phone, PHOTO, uuid) == f"/uploads/{uuid}"
    assert come(phone, f"/uploads/{uuid}") == 100
    assert len(uploads()) == 1


def test_a_photo_that_is_there_is_not_sent_again(phone):
    uuid = uuid7()
    send(phone, begun(phone, PHOTO, uuid), PHOTO)
    expire()
    PhotoUpload.sweep(10)
    assert phone.head(f"/uploads/{uuid}", headers=TUS).status_code == 404
    assert come(phone, begun(phone, PHOTO, uuid)) == len(PHOTO)
    assert send(phone, f"/uploads/{uuid}", PHOTO).status_code == 409
    assert send(phone, f"/uploads/{uuid}", b"", len(PHOTO)).status_code == 204
    assert len(kept()) == 1


@pytest.mark.parametrize("sent", [0, 100, len(PHOTO)])
def test_an_identifier_stands_for_one_photo(phone, sent):
    uuid = uuid7()
    send(phone, begun(phone, PHOTO, uuid), PHOTO[:sent])
    assert create(phone, PHOTO[:-1], uuid).status_code == 409
    assert create(phone, HEIC, uuid).status_code == 409


@pytest.mark.parametrize("sent", [0, 100, len(PHOTO)])
def test_it_hides_other_peoples_uploads(phone, as_user, stranger, sent):
    uuid = uuid7()
    url = begun(phone, PHOTO, uuid)
    send(phone, url, PHOTO[:sent])
    other = as_user(stranger)
    assert other.head(url, headers=TUS).status_code == 404
    assert send(other, url, PHOTO[sent:], sent).status_code == 404
    assert other.delete(url, headers=TUS).status_code == 404
    assert create(other, PHOTO, uuid).status_code == 409
    assert come(phone, url) == sent


def test_colleagues_are_strangers_too(phone, as_user, inspector):
    colleague = factories.UserFactory(inspector=True, institution=inspector.institution)
    assert as_user(colleague).head(begun(phone, PHOTO), headers=TUS).status_code == 404


def test_a_photo_says_whose_it_is(phone, inspector, stranger):
    assert create(phone, PHOTO, user=str(stranger.uuid)).status_code == 401
    assert create(phone, PHOTO, user=str(inspector.uuid)).status_code == 201


def test_nobody_is_told_to_sign_in(client):
    assert create(client, PHOTO).status_code == 401
    assert send(client, f"/uploads/{uuid7()}", PHOTO).status_code == 401


def test_others_than_inspectors_are_refused(as_user, administrator, reviewer):
    for user in (administrator, reviewer):
        assert create(as_user(user), PHOTO).status_code == 403


def test_the_database_is_free_while_a_photo_comes(app, phone):
    def write():
        with app.app_context(), db.engine.begin() as other:
            other.execute(text("UPDATE users SET name = name"))

    assert send_while(phone, begun(phone, PHOTO), PHOTO, write).status_code == 204


def test_a_photo_costs_a_fixed_number_of_statements(phone):
    with counted_statements() as statements:
        url = begun(phone, PHOTO)
        beginning = len(statements)
        send(phone, url, PHOTO)
    assert (beginning, len(statements) - beginning) == (7, 4)


def test_the_photo_can_be_tied_to_an_item(phone, inspector):
    uuid = uuid7()
    draft = factories.InspectionFactory(inspector=inspector)
    item = draft.items[0].code
    operation = {"kind": "photo", "item": item, "value": str(uuid), "device": "A", "seq": 1}
    url = f"/inspections/{draft.uuid}/operations/{uuid7()}"
    send(phone, begun(phone, PHOTO, uuid), PHOTO[:-1])
    assert phone.put(url, json=operation).status_code == 422
    send(phone, f"/uploads/{uuid}", PHOTO[-1:], len(PHOTO) - 1)
    assert phone.put(url, json=operation).status_code == 200
    assert [photo.uuid for photo in draft.photos_of(item)] == [uuid]
