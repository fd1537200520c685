"""Photos of items: POST /inspections/<uuid>/photos and their removal."""

from io import BytesIO

import pytest

from tests import factories
from webapp.attachments.models import Attachment, storage
from webapp.database import db, uuid7
from webapp.inspections.operations import PHOTO_LIMIT


def send(client, draft, photo=None, **form):
    data = {"item": draft.items[0].code, "op": str(uuid7()), "uuid": str(uuid7()), **form}
    data["photo"] = (photo or factories.jpeg(), form.pop("filename", "照片.jpg"))
    return client.post(f"/inspections/{draft.uuid}/photos", data=data, content_type="multipart/form-data")


def test_it_works(phone, draft):
    answer = send(phone, draft)
    [photo] = draft.photos_of(draft.items[0].code)
    assert answer.status_code == 200 and f"/attachments/{photo.uuid}/thumbnail" in answer.text
    assert storage().exists(photo.key) and storage().exists(photo.thumbnail_key)


def test_sent_again_it_is_stored_once(phone, draft):
    identifiers = {"op": str(uuid7()), "uuid": str(uuid7())}
    first, second = send(phone, draft, **identifiers), send(phone, draft, **identifiers)
    assert (first.status_code, second.status_code) == (200, 200)
    assert len(draft.photos) == db.session.query(Attachment).count() == 1


def test_photos_belong_to_the_whole_too(phone, draft):
    assert send(phone, draft, item="").status_code == 200
    assert len(draft.photos_of("")) == 1


def test_a_photo_can_be_taken_out_again(phone, draft):
    send(phone, draft)
    [photo] = draft.photos_of(draft.items[0].code)
    body = {"kind": "photo-remove", "item": draft.items[0].code, "value": str(photo.uuid)}
    answer = phone.put(f"/inspections/{draft.uuid}/operations/{uuid7()}", json=body)
    assert answer.status_code == 200 and "/thumbnail" not in answer.text
    assert draft.photos == []


@pytest.mark.parametrize(
    "content", [b"", b"no photo", b"%PDF-1.7", b"<svg xmlns='http://www.w3.org/2000/svg'/>"]
)
def test_it_rejects_bad_input(phone, draft, content):
    answer = send(phone, draft, BytesIO(content))
    assert answer.status_code == 422 and "refused" in answer.text
    assert draft.photos == [] and db.session.query(Attachment).count() == 0


def test_it_asks_for_the_photo_that_was_not_sent(phone, draft):
    answer = phone.post(f"/inspections/{draft.uuid}/photos", data={"item": draft.items[0].code})
    assert answer.status_code == 422


@pytest.mark.parametrize("name", ["照片 (1).jpg", "../../x.jpg", "😀.jpg", "长" * 300 + ".jpg", ""])
def test_it_never_trusts_the_file_name(phone, draft, name):
    assert send(phone, draft, filename=name or "x").status_code == 200


def test_it_keeps_to_the_limit(phone, draft):
    for _ in range(PHOTO_LIMIT):
        assert send(phone, draft).status_code == 200
    answer = send(phone, draft)
    assert answer.status_code == 422 and f"最多 {PHOTO_LIMIT} 张" in answer.text


def test_it_does_not_take_over_a_strangers_photo(phone, draft, stranger):
    photo = factories.AttachmentFactory(uploader=stranger)
    assert send(phone, draft, uuid=str(photo.uuid)).status_code == 422
    assert draft.photos == []


def test_it_hides_other_institutions(as_user, stranger, draft):
    assert send(as_user(stranger), draft).status_code == 404
    assert db.session.query(Attachment).count() == 0
