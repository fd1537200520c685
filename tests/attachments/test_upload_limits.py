"""What becomes of uploads that nobody goes on with, and how much there may be of them."""

import pytest

from tests import factories
from tests.attachments.uploading import (
    TUS,
    begun,
    come,
    create,
    expire,
    in_parts,
    noise,
    send,
    uploads,
)
from tests.limits import limited
from tests.sessions import sign_in_as
from webapp.attachments.uploads import PhotoUpload
from webapp.database import uuid7

PHOTO = factories.jpeg().getvalue()


def test_an_upload_can_be_given_up(phone):
    photo = noise()
    url = begun(phone, photo)
    send(phone, url, photo[:-1])
    assert in_parts()
    assert phone.delete(url, headers=TUS).status_code == 204
    assert phone.head(url, headers=TUS).status_code == 404
    assert uploads() == in_parts() == []


def test_an_upload_expires(phone):
    url = begun(phone, PHOTO)
    send(phone, url, PHOTO[:100])
    assert "Upload-Expires" in phone.head(url, headers=TUS).headers
    expire()
    assert phone.head(url, headers=TUS).status_code == 410
    assert send(phone, url, PHOTO[100:], 100).status_code == 410
    assert come(phone, begun(phone, PHOTO, uploads()[0].uuid)) == 0


def test_expired_uploads_are_swept_along(phone):
    send(phone, begun(phone, PHOTO), PHOTO[:100])
    expire()
    url = begun(phone, PHOTO)
    assert [f"/uploads/{upload.uuid}" for upload in uploads()] == [url]
    assert in_parts() == []


def test_the_command_sweeps_them_all(app, phone):
    done, broken = uuid7(), uuid7()
    send(phone, begun(phone, PHOTO, done), PHOTO)
    send(phone, begun(phone, PHOTO, broken), PHOTO[:100])
    expire()
    result = app.test_cli_runner().invoke(args=["attachments", "sweep"])
    assert result.output.endswith("2 expired uploads deleted.\n")
    assert uploads() == in_parts() == []
    assert phone.get(f"/attachments/{done}").status_code == 200


@pytest.mark.parametrize("limit", ["MOST_UNFINISHED", "MOST_UNFINISHED_BYTES"])
def test_only_so_much_may_be_unfinished(phone, as_user, stranger, monkeypatch, limit):
    monkeypatch.setattr(PhotoUpload, limit, 3 if limit == "MOST_UNFINISHED" else 3 * len(PHOTO))
    urls = [begun(phone, PHOTO) for _ in range(3)]
    answer = create(phone, PHOTO)
    assert (answer.status_code, answer.text) == (429, "还没有传完的照片太多，请等它们上传完成。")
    assert create(as_user(stranger), PHOTO).status_code == 201
    send(phone, urls[0], PHOTO)
    assert create(phone, PHOTO).status_code == 201


def test_twenty_photos_at_once_are_normal_use(app, inspector):
    with limited(app) as browser:
        phone = sign_in_as(browser, inspector)
        answers = [create(phone, PHOTO).status_code for _ in range(100)]
    assert set(answers) == {201}
