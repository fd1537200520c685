"""What a client of the tus protocol may say, and what it is told when it says something else."""

import pytest

from tests import factories
from tests.attachments.uploading import (
    TUS,
    begun,
    checksum,
    come,
    create,
    described,
    in_parts,
    kept,
    send,
    uploads,
)
from webapp.database import uuid7

PHOTO = factories.jpeg().getvalue()


def test_it_says_what_it_speaks(phone):
    answer = phone.options("/uploads")
    assert answer.status_code == 204
    said = {name: value for name, value in answer.headers.items() if name.startswith("Tus-")}
    assert said == {
        "Tus-Resumable": "1.0.0",
        "Tus-Version": "1.0.0",
        "Tus-Extension": "creation,checksum,expiration,termination",
        "Tus-Max-Size": str(20 * 1024 * 1024),
        "Tus-Checksum-Algorithm": "sha256",
    }


def test_a_piece_has_its_place(phone):
    url = begun(phone, PHOTO)
    send(phone, url, PHOTO[:100])
    for offset in (0, 99, 101, len(PHOTO)):
        assert send(phone, url, PHOTO[offset:], offset).status_code == 409
    assert come(phone, url) == 100


def test_there_is_no_more_than_was_announced(phone):
    url = begun(phone, PHOTO)
    assert send(phone, url, PHOTO + b"more").status_code == 413
    assert come(phone, url) == 0


def test_a_checksum_is_checked(phone):
    url = begun(phone, PHOTO)
    assert send(phone, url, PHOTO[:100], Upload_Checksum=checksum(PHOTO[1:101])).status_code == 460
    assert come(phone, url) == 0
    assert send(phone, url, PHOTO[:100], Upload_Checksum=checksum(PHOTO[:100])).status_code == 204
    rest = PHOTO[100:]
    assert send(phone, url, rest, 100, Upload_Checksum=checksum(rest)).status_code == 204
    assert len(kept()) == 1


def test_of_a_piece_with_a_checksum_nothing_is_kept_in_part(phone):
    url = begun(phone, PHOTO)
    send(phone, url, PHOTO[:100], announced=200, Upload_Checksum=checksum(PHOTO[:200]))
    assert come(phone, url) == 0


@pytest.mark.parametrize(
    "header", ["md5 1B2M2Y8AsgTpgAmY7PhCfg==", "sha256", "sha256 ???", "sha256 AAAA", ""]
)
def test_another_checksum_is_not_understood(phone, header):
    url = begun(phone, PHOTO)
    assert send(phone, url, PHOTO, Upload_Checksum=header).status_code == 400
    assert come(phone, url) == 0


def test_the_whole_must_be_what_was_announced(phone):
    url = begun(phone, PHOTO)
    send(phone, url, PHOTO[:-2])
    answer = send(phone, url, b"\x00\x00", len(PHOTO) - 2)
    assert (answer.status_code, answer.text) == (460, "照片在上传途中损坏，将重新上传。")
    assert come(phone, url) == 0 and in_parts() == [] and kept() == []
    assert send(phone, url, PHOTO).status_code == 204
    assert len(kept()) == 1


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"hello", "不是照片"),
        (b"%PDF-1.7", " PDF 文件"),
        (b"\xff\xd8\xff", "已损坏"),
        (PHOTO[:-400], "已损坏"),
    ],
)
def test_what_is_no_photo_is_dropped(phone, content, words):
    url = begun(phone, content, name="../../检查.jpg")
    answer = send(phone, url, content)
    assert answer.status_code == 422 and answer.content_type == "text/plain; charset=utf-8"
    assert answer.text.startswith("“检查.jpg”") and words in answer.text and "请" in answer.text
    assert phone.head(url, headers=TUS).status_code == 404
    assert uploads() == kept() == in_parts() == []


def test_an_empty_photo_is_refused_at_once(phone):
    answer = create(phone, b"")
    assert answer.status_code == 422 and "空文件" in answer.text


def test_a_photo_that_is_too_large_is_refused_at_once(phone):
    answer = create(phone, PHOTO, headers={"Upload-Length": str(20 * 1024 * 1024 + 1)})
    assert answer.status_code == 413 and "超过 20 MB" in answer.text
    assert uploads() == []


DESCRIPTION = described(uuid7(), PHOTO)


BAD = {
    "no length": {"Upload-Length": ""},
    "a negative length": {"Upload-Length": "-1"},
    "a length in words": {"Upload-Length": "1e3"},
    "a wide length": {"Upload-Length": "１２"},
    "an endless length": {"Upload-Length": "9" * 40},
    "no metadata": {"Upload-Metadata": ""},
    "no uuid": {"Upload-Metadata": "filename eA=="},
    "a broken uuid": {"Upload-Metadata": described("1", PHOTO)},
    "a short digest": {"Upload-Metadata": described(uuid7(), PHOTO, sha256="0" * 63)},
    "a digest in other letters": {"Upload-Metadata": described(uuid7(), PHOTO, sha256="G" * 64)},
    "no Base64": {"Upload-Metadata": DESCRIPTION.replace("uuid ", "uuid ?")},
    "a key twice": {"Upload-Metadata": f"{DESCRIPTION},uuid MQ=="},
    "a book": {"Upload-Metadata": f"{DESCRIPTION},note {'A' * 8000}"},
}


@pytest.mark.parametrize("headers", BAD.values(), ids=BAD)
def test_it_rejects_bad_input(phone, headers):
    assert create(phone, PHOTO, headers=headers).status_code == 400
    assert uploads() == []


@pytest.mark.parametrize("version", ["", "0.2.2", "1.0.0, 1.0.0", "2.0.0"])
def test_another_version_is_not_spoken(phone, version):
    url = begun(phone, PHOTO)
    answers = [
        create(phone, PHOTO, headers={"Tus-Resumable": version}),
        phone.head(url, headers={"Tus-Resumable": version}),
        send(phone, url, PHOTO, Tus_Resumable=version),
        phone.delete(url, headers={"Tus-Resumable": version}),
    ]
    assert [(one.status_code, one.headers["Tus-Version"]) for one in answers] == [(412, "1.0.0")] * 4
    assert come(phone, url) == 0


def test_a_piece_is_declared_as_one(phone):
    url = begun(phone, PHOTO)
    answer = phone.patch(url, data=PHOTO, content_type="image/jpeg", headers=TUS | {"Upload-Offset": "0"})
    assert answer.status_code == 415
    assert send(phone, url, PHOTO, Upload_Offset="x").status_code == 400


def test_what_was_said_is_said_again(phone):
    uuid = uuid7()
    answer = phone.head(begun(phone, PHOTO, uuid, name="照片 🏥.jpg"), headers=TUS)
    assert answer.headers["Upload-Metadata"] == described(uuid, PHOTO, "照片 🏥.jpg")
    assert answer.headers["Upload-Length"] == str(len(PHOTO))
    assert answer.headers["Cache-Control"] == "no-store"


def test_a_network_that_knows_only_post(phone):
    url = begun(phone, PHOTO)
    headers = TUS | {"X-HTTP-Method-Override": "PATCH", "Upload-Offset": "0"}
    kind = "application/offset+octet-stream"
    assert phone.post(url, data=PHOTO[:9], content_type=kind, headers=headers).status_code == 204
    assert come(phone, url) == 9
    assert phone.post(url, headers=TUS | {"X-HTTP-Method-Override": "DELETE"}).status_code == 204
    assert phone.post(url, headers=TUS).status_code == 404
    assert phone.post(begun(phone, PHOTO), headers=TUS).status_code == 405
