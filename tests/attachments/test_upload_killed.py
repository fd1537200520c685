"""Killing the server amid an upload loses no byte that was counted; slow uploads keep nobody waiting."""

import json
import random
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from uuid import UUID

from tests.attachments.served import Account, ask, begin, open_piece
from tests.attachments.uploading import noise
from tests.browser.serving import Server
from webapp.attachments.upload_views import MOST_AT_ONCE
from webapp.config import PLACES
from webapp.database import uuid7
from webapp.whole import IN_MEMORY

KILLS = 5
PIECE = 16 * 1024
# Fast enough that a part is stored every few pieces, slow enough that the server dies among them.
PAUSE = 0.004
PATIENCE = 30
rng = random.Random(11)


def test_no_counted_byte_is_lost(server: Server, account: Account) -> None:
    photo, uuid = noise(3000, 2000), uuid7()
    path = begin(server.port, account, photo, uuid)
    arrived = 0
    for _ in range(KILLS):
        send_while_dying(server, account, path, photo, arrived)
        server.start()
        before, arrived = arrived, in_storage(server, uuid, photo)
        assert before <= arrived == offset(server, account, path)
    assert arrived > 0
    rest = photo[arrived:]
    status, headers = ask(server.port, account, "PATCH", path, rest, Upload_Offset=str(arrived))
    assert (status, headers["upload-offset"]) == (204, str(len(photo)))
    assert ask(server.port, account, "GET", f"/attachments/{uuid}")[0] == 200


def send_while_dying(server: Server, account: Account, path: str, photo: bytes, start: int) -> None:
    """Send on from the offset while the server is killed at some moment."""
    timer = threading.Timer(rng.uniform(0.05, 0.5), server.kill)
    timer.start()
    with suppress(OSError), open_piece(server.port, account, path, start, len(photo) - start) as connection:
        for place in range(start, len(photo) - PIECE, PIECE):
            connection.sendall(photo[place : place + PIECE])
            time.sleep(PAUSE)
    timer.join()


def in_storage(server: Server, uuid: UUID, photo: bytes) -> int:
    """How much the server has counted; all of it lies in the storage, byte for byte."""
    [(arrived, parts)] = server.rows(
        "SELECT received, parts FROM photo_uploads WHERE uuid = :uuid", uuid=uuid
    )
    keys = json.loads(parts) if isinstance(parts, str) else parts
    content = b"".join((server.instance / "attachments" / key).read_bytes() for key in keys)
    assert content == photo[:arrived]
    return int(arrived)


def offset(server: Server, account: Account, path: str) -> int:
    return int(ask(server.port, account, "HEAD", path)[1]["upload-offset"])


def test_slow_photos_keep_nobody_waiting(server: Server, account: Account) -> None:
    photo = noise()
    quick, *slow = (begin(server.port, account, photo, uuid7()) for _ in range(2 * PLACES + 1))
    with silent(server, account, slow, photo, 1000):
        assert piece_to(server, account, quick, photo) == 204
        assert ask(server.port, account, "GET", "/inspections/new")[0] == 200


def test_slow_large_pieces_leave_places_for_answers(server: Server, account: Account) -> None:
    photo = noise(1500, 1000)
    quick, *slow = (begin(server.port, account, photo, uuid7()) for _ in range(MOST_AT_ONCE + 1))
    with silent(server, account, slow, photo, IN_MEMORY + 1000):
        assert comes(lambda: piece_to(server, account, quick, b"") == 503)
        assert ask(server.port, account, "GET", "/session")[0] == 200
        assert ask(server.port, account, "GET", "/inspections/new")[0] == 200
    assert comes(lambda: [offset(server, account, path) for path in slow] == [IN_MEMORY + 1000] * len(slow))
    assert comes(lambda: piece_to(server, account, quick, photo) == 204)


@contextmanager
def silent(server: Server, account: Account, paths: list[str], photo: bytes, sent: int) -> Iterator[None]:
    """Send a photo's beginning to each of some uploads, and then nothing until the block ends."""
    with ExitStack() as connections:
        for path in paths:
            connection = connections.enter_context(open_piece(server.port, account, path, 0, len(photo)))
            connection.sendall(photo[:sent])
        yield


def piece_to(server: Server, account: Account, path: str, piece: bytes) -> int:
    return ask(server.port, account, "PATCH", path, piece, Upload_Offset="0")[0]


def comes(true: Callable[[], bool]) -> bool:
    """Wait for something to become true, but not for ever."""
    deadline = time.monotonic() + PATIENCE
    while not (came := true()) and time.monotonic() < deadline:
        time.sleep(0.05)
    return came
