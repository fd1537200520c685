"""The public tus client against the served app: through cuts, damage and kills each photo comes once."""

import hashlib
import time
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import pytest

from tests.attachments.line import Line, line_to
from tests.attachments.served import Account, signed_in
from tests.attachments.tus_client import HERE, Photo, Sent, upload
from tests.attachments.uploading import noise
from tests.browser.serving import Server
from webapp.attachments.uploads import PORTION
from webapp.database import uuid7

# Headers and what holds a chunked body together.
AROUND = 8 * 1024


@pytest.fixture
def line(server: Server) -> Iterator[Line]:
    with line_to(server.port) as line:
        yield line


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    """A photo of some 2 MB."""
    return written(tmp_path / "photo.jpg", noise(2000, 1600))


def written(file: Path, content: bytes) -> Path:
    file.write_bytes(content)
    return file


def come(server: Server, uuid: UUID | str) -> list[tuple[str]]:
    """Digests of the files that the server has under this identifier: one, or none."""
    return server.rows("SELECT source_sha256 FROM attachments WHERE uuid = :uuid", uuid=UUID(str(uuid)))


def digest(file: Path | str) -> list[tuple[str]]:
    return [(hashlib.sha256(Path(file).read_bytes()).hexdigest(),)]


def parts(server: Server, uuid: str) -> list[Path]:
    return list(server.instance.glob(f"attachments/uploads/{uuid}/*"))


def one(file: Path, **how: object) -> Photo:
    return Photo(file=str(file), uuid=str(uuid7()), **how)  # type: ignore[arg-type]


def test_it_uploads(server: Server, account: Account, photo: Path) -> None:
    wanted = one(photo)
    [sent] = upload(server.url, account.headers, wanted)
    assert sent == Sent(None, [("POST", 201, None), ("PATCH", 204, 0)])
    assert come(server, wanted.uuid) == digest(photo) and parts(server, wanted.uuid) == []


def test_it_asks_first_and_then_begins(server: Server, account: Account, photo: Path) -> None:
    wanted = one(photo, known=True)
    [sent] = upload(server.url, account.headers, wanted)
    assert [said[:2] for said in sent.requests] == [("HEAD", 404), ("POST", 201), ("PATCH", 204)]
    assert come(server, wanted.uuid) == digest(photo)


def test_it_uploads_in_pieces_with_checksums(server: Server, account: Account, photo: Path) -> None:
    wanted = one(photo, chunkSize=PORTION, checksums=True)
    [sent] = upload(server.url, account.headers, wanted)
    assert sent.error is None
    assert sent.offsets == list(range(0, photo.stat().st_size, PORTION))
    assert come(server, wanted.uuid) == digest(photo)


def test_it_uploads_by_post_alone(server: Server, account: Account, photo: Path) -> None:
    wanted = one(photo, overridePatchMethod=True)
    [sent] = upload(server.url, account.headers, wanted)
    assert sent.methods == ["POST", "POST"]
    assert come(server, wanted.uuid) == digest(photo)


def test_a_damaged_piece_is_sent_again(server: Server, account: Account, line: Line, photo: Path) -> None:
    wanted = one(photo, chunkSize=PORTION, checksums=True)
    line.damaged = {PORTION + PORTION // 2}
    [sent] = upload(line.url, account.headers, wanted)
    assert sent.error is None and ("PATCH", 460, PORTION) in sent.requests
    assert sent.offsets == list(range(0, photo.stat().st_size, PORTION))
    assert come(server, wanted.uuid) == digest(photo)


def test_a_damaged_whole_begins_anew(server: Server, account: Account, line: Line, photo: Path) -> None:
    wanted = one(photo)
    line.damaged = {PORTION + PORTION // 2}
    [sent] = upload(line.url, account.headers, wanted)
    assert sent.error is None and sent.offsets == [0]
    assert [said for said in sent.requests if said[1] == 460] == [("PATCH", 460, 0)]
    assert come(server, wanted.uuid) == digest(photo) and parts(server, wanted.uuid) == []


@pytest.mark.parametrize("percent", [30, 60, 90])
def test_it_goes_on_after_a_cut(
    server: Server, account: Account, line: Line, photo: Path, percent: int
) -> None:
    wanted = one(photo)
    cut = photo.stat().st_size * percent // 100
    line.cut_at(cut)
    [sent] = upload(line.url, account.headers, wanted)
    [offset] = sent.offsets
    assert sent.error is None and cut - AROUND < (offset or 0) < cut
    assert come(server, wanted.uuid) == digest(photo)
    assert line.sent < photo.stat().st_size + 2 * AROUND


def test_it_goes_on_after_many_cuts(server: Server, account: Account, line: Line, photo: Path) -> None:
    wanted = one(photo)
    line.cut_at(*range(50_000, photo.stat().st_size, 50_000))
    [sent] = upload(line.url, account.headers, wanted, retries=100)
    assert sent.error is None
    assert come(server, wanted.uuid) == digest(photo)
    assert line.sent < photo.stat().st_size * 1.2 + AROUND


@pytest.mark.parametrize("percent", [30, 60, 90])
def test_it_goes_on_after_the_server_was_killed(
    server: Server, account: Account, line: Line, photo: Path, percent: int
) -> None:
    """What the server had counted before it died is not sent again."""
    wanted = one(photo)
    size = photo.stat().st_size
    counted: list[int] = []

    def kill() -> bool:
        place = size * percent // 100 - AROUND
        while (arrived := received(server, wanted.uuid)) < place // PORTION * PORTION:
            time.sleep(0.05)
        server.kill()
        counted.append(arrived)
        server.start()
        return False

    line.at[size * percent // 100] = kill
    [sent] = upload(line.url, account.headers, wanted, retries=200)
    assert sent.error is None and sent.offsets[-1] in counted and counted[0] > 0
    assert come(server, wanted.uuid) == digest(photo) and parts(server, wanted.uuid) == []


def received(server: Server, uuid: str) -> int:
    [(arrived,)] = server.rows("SELECT received FROM photo_uploads WHERE uuid = :uuid", uuid=UUID(uuid))
    return int(arrived)


def test_ten_photos_at_once(server: Server, account: Account, tmp_path: Path) -> None:
    photos = [one(written(tmp_path / f"{number}.jpg", noise())) for number in range(10)]
    all_sent = upload(server.url, account.headers, *photos)
    assert [sent.error for sent in all_sent] == [None] * 10
    assert [come(server, each.uuid) for each in photos] == [digest(each.file) for each in photos]


def test_one_photo_eight_times_at_once(server: Server, account: Account, photo: Path) -> None:
    wanted = one(photo)
    all_sent = upload(server.url, account.headers, *[wanted] * 8)
    assert [sent.error for sent in all_sent] == [None] * 8
    assert come(server, wanted.uuid) == digest(photo) and parts(server, wanted.uuid) == []


def test_a_photo_sent_again_is_there_already(server: Server, account: Account, photo: Path) -> None:
    wanted = one(photo)
    first = upload(server.url, account.headers, wanted)
    [again] = upload(server.url, account.headers, wanted)
    [known] = upload(server.url, account.headers, Photo(file=str(photo), uuid=wanted.uuid, known=True))
    assert first[0].error is again.error is known.error is None
    assert again.offsets == [] and known.methods == ["HEAD"]
    assert come(server, wanted.uuid) == digest(photo)


def test_somebody_else_cannot_take_it_over(server: Server, account: Account, photo: Path) -> None:
    wanted = one(photo)
    upload(server.url, account.headers, wanted)
    other = signed_in(server.url, "13800000032")
    [sent] = upload(
        server.url, other.headers, Photo(file=str(photo), uuid=wanted.uuid, known=True), retries=1
    )
    assert sent.error and {said[:2] for said in sent.requests} == {("HEAD", 404), ("POST", 409)}


@pytest.mark.parametrize("name", ["检查现场（一）.jpg", "🏥👨‍👩‍👧.jpg", "../../x", "长" * 300])
def test_any_file_name_will_do(server: Server, account: Account, photo: Path, name: str) -> None:
    wanted = one(photo, name=name)
    [sent] = upload(server.url, account.headers, wanted)
    assert sent.error is None and come(server, wanted.uuid) == digest(photo)


def test_what_is_no_photo_is_told(server: Server, account: Account, tmp_path: Path) -> None:
    [sent] = upload(server.url, account.headers, one(written(tmp_path / "x", b"%PDF-1.7"), name="报告.jpg"))
    assert sent.error and "“报告.jpg”是 PDF 文件" in sent.error
    assert sent.requests == [("POST", 201, None), ("PATCH", 422, 0)]


def test_the_lock_file_names_no_place() -> None:
    assert "://" not in (HERE / "package-lock.json").read_text()
