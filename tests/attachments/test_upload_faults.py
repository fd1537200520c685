"""Disks fill up, parts are lost, and two requests go on with one upload: nothing is lost, nothing doubled."""

import errno
import os
from io import BytesIO

import pytest

from tests import factories
from tests.attachments.uploading import TUS, begun, come, in_parts, kept, noise, send, send_while, uploads
from webapp.attachments.models import Attachment, storage
from webapp.attachments.storage import LocalStorage
from webapp.database import db, uuid7

PHOTO = factories.jpeg().getvalue()
LARGE = noise(1200, 900)


class SmallDisk(LocalStorage):
    """A storage with room for so many objects."""

    def __init__(self, beside: LocalStorage, room: int) -> None:
        super().__init__(beside.root)
        self.room = room

    def put(self, key: str, data: bytes) -> None:
        if self.room == 0:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        self.room -= 1
        super().put(key, data)


@pytest.fixture
def disk(app, monkeypatch):
    """Makes the disk small."""
    beside = app.extensions["storage"]
    return lambda room: monkeypatch.setitem(app.extensions, "storage", SmallDisk(beside, room))


def files():
    return sorted(path for path in storage().root.rglob("*") if path.is_file())


def test_a_full_disk_keeps_what_it_has(phone, disk):
    before = files()
    url = begun(phone, LARGE)
    disk(2)
    answer = send(phone, url, LARGE)
    assert answer.status_code == 507 and "手机" in answer.text
    arrived = come(phone, url)
    assert 0 < arrived < len(LARGE)
    assert sum(path.stat().st_size for path in in_parts()) == arrived
    assert len(files()) == len(before) + 2
    disk(100)
    assert send(phone, url, LARGE[arrived:], arrived).status_code == 204
    assert len(kept()) == 1 and in_parts() == []


@pytest.mark.parametrize("room", [0, 1])
def test_a_disk_too_full_for_the_photo_itself(phone, disk, room):
    """No room for it, or only for the photo and not for its thumbnail."""
    url = begun(phone, PHOTO)
    disk(room)
    assert send(phone, url, PHOTO).status_code == 507
    assert kept() == [] and come(phone, url) == 0
    disk(100)
    assert send(phone, url, PHOTO).status_code == 204
    assert len(kept()) == 1


def test_a_photo_given_up_leaves_nothing_on_a_full_disk(phone, disk):
    before = files()
    url = begun(phone, PHOTO)
    disk(1)
    send(phone, url, PHOTO)
    assert phone.delete(url, headers=TUS).status_code == 204
    assert files() == before


def test_a_broken_disk_is_a_fault(phone, app, monkeypatch):
    class Broken(SmallDisk):
        def put(self, key: str, data: bytes) -> None:
            raise OSError(errno.EIO, os.strerror(errno.EIO))

    url = begun(phone, PHOTO)
    monkeypatch.setitem(app.extensions, "storage", Broken(app.extensions["storage"], 0))
    assert send(phone, url, PHOTO).status_code == 500
    assert come(phone, url) == 0


def test_of_two_at_once_one_wins(phone):
    url = begun(phone, PHOTO)
    second = send_while(phone, url, PHOTO, lambda: send(phone, url, PHOTO))
    assert second.status_code == 409
    assert come(phone, url) == len(PHOTO) and len(kept()) == 1 and in_parts() == []
    assert phone.get(f"/attachments/{kept()[0].uuid}").status_code == 200


def test_of_two_pieces_at_once_one_wins(phone):
    url = begun(phone, PHOTO)
    second = send_while(phone, url, PHOTO[:200], lambda: send(phone, url, PHOTO[:100]))
    assert second.status_code == 409
    assert come(phone, url) == 100 and len(in_parts()) == 1
    assert send(phone, url, PHOTO[100:], 100).status_code == 204


def test_a_long_body_gives_way_in_its_middle(phone):
    """The network seems dead, the phone goes on elsewhere, then the first connection comes back."""
    url = begun(phone, LARGE)
    first = send_while(phone, url, LARGE, lambda: send(phone, url, LARGE[:1000]))
    assert (first.status_code, come(phone, url)) == (409, 1000)
    assert send(phone, url, LARGE[1000:], 1000).status_code == 204
    assert len(kept()) == 1


@pytest.mark.parametrize("piece", [PHOTO, PHOTO[:100]], ids=["last", "first"])
def test_a_photo_given_up_meanwhile(phone, piece):
    before = files()
    url = begun(phone, PHOTO)
    answer = send_while(phone, url, piece, lambda: phone.delete(url, headers=TUS))
    assert answer.status_code == 409
    assert uploads() == kept() == [] and files() == before


def test_an_upload_that_began_anew_meanwhile(phone):
    """The second sends what is not the photo, so that nothing of it is left where the first goes on."""
    url = begun(phone, PHOTO)
    send(phone, url, PHOTO[:100])

    def begin_anew():
        assert send(phone, url, bytes(len(PHOTO) - 100), 100).status_code == 460
        assert send(phone, url, PHOTO[:100]).status_code == 204

    assert send_while(phone, url, PHOTO[100:200], begin_anew, 100).status_code == 409
    assert come(phone, url) == 100
    assert send(phone, url, PHOTO[100:], 100).status_code == 204
    assert len(kept()) == 1


def test_parts_that_are_lost_are_asked_for_again(phone):
    """As after a restore from a backup that was made without them."""
    url = begun(phone, PHOTO)
    send(phone, url, PHOTO[:100])
    for part in in_parts():
        part.unlink()
    assert send(phone, url, PHOTO[100:], 100).status_code == 409
    assert come(phone, url) == 0
    assert send(phone, url, PHOTO).status_code == 204


def test_a_photo_that_came_by_another_way_meanwhile(phone, inspector):
    """The form without scripts stores photos under the phone's identifiers too."""
    uuid = uuid7()
    url = begun(phone, PHOTO, uuid)
    Attachment.take_in(BytesIO(PHOTO), "a.jpg", uploader=inspector, uuid=uuid)
    db.session.commit()
    assert send(phone, url, PHOTO).status_code == 409
    assert len(kept()) == 1
