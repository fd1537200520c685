"""A request is let in when all of it has come, so that no slow phone keeps others waiting.

The server gives each request a thread, and only headers are read before that. Phones with a bad signal send a
photo for minutes, and somebody may send a form by the drop on purpose. So a thread first reads the body, a
large one into a file, and only then waits for one of the few places in which the app works. Where too many
bodies are on their way, further ones are turned away at once, and pages are still answered.

Of an upload only the beginning is waited for, as much as a phone sends in one piece: the app keeps what comes
of a larger one as it comes, and has limits of its own for how many it reads.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from tempfile import SpooledTemporaryFile
from threading import BoundedSemaphore, Lock
from typing import IO, TYPE_CHECKING

import structlog
from flask import Flask

from webapp.config import BODIES, BODIES_SIZE, PLACES

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

log = structlog.get_logger()
# A piece of a photo and an ordinary form stay in memory.
IN_MEMORY = 300 * 1024
PIECE = 64 * 1024
UPLOADS, AHEAD = "/uploads/", IN_MEMORY
BUSY = "系统正忙，请稍后再试。您已保存的内容不会丢失。".encode()
RETRY_AFTER = "5"


def init_app(app: Flask) -> None:
    """Let the app see whole requests only, a few at a time."""
    room = Room(BODIES, BODIES_SIZE)
    largest: int = app.config["MAX_CONTENT_LENGTH"]
    app.wsgi_app = WholeRequests(  # type: ignore[method-assign]
        app.wsgi_app, places=PLACES, room=room, largest=largest
    )


class TooMuch(Exception):
    """More bodies are on their way than there is room for."""


class Room:
    """How many bodies may be on their way at a time, and how many bytes of them may be here together."""

    def __init__(self, bodies: int, size: int) -> None:
        self._bodies, self._size = bodies, size
        self._lock = Lock()

    @contextmanager
    def taken(self) -> Iterator[Callable[[int], None]]:
        """Keep room for a body while it comes and is worked on; yield what counts its bytes as they come.

        What is announced takes no room: whoever only announces much keeps nobody out.

        :raises TooMuch: there is none left, at the beginning or for further bytes
        """
        here = 0

        def count(size: int) -> None:
            nonlocal here
            self._take(0, size)
            here += size

        self._take(1, 0)
        try:
            yield count
        finally:
            self._take(-1, -here)

    def _take(self, bodies: int, size: int) -> None:
        with self._lock:
            if bodies > self._bodies or size > self._size:
                raise TooMuch
            self._bodies, self._size = self._bodies - bodies, self._size - size


class WholeRequests:
    """WSGI middleware that reads a request's body before the app works on it."""

    def __init__(self, app: "WSGIApplication", *, places: int, room: Room, largest: int) -> None:
        """:param places: how many requests the app works on at a time
        :param largest: a body; of more the app gets no more than shows it that it is too large
        """
        self._app, self._room, self._largest = app, room, largest
        self._places = BoundedSemaphore(places)

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Answer one request."""
        length = self._length(environ)
        if not length:
            with self._places:
                return self._app(environ, start_response)
        try:
            ahead = min(length, AHEAD) if environ["PATH_INFO"].startswith(UPLOADS) else length
            with self._room.taken() as count, SpooledTemporaryFile(IN_MEMORY) as body:
                _keep(environ["wsgi.input"], body, ahead, count)
                environ["wsgi.input"] = Begun(body, environ["wsgi.input"]) if ahead < length else body
                with self._places:
                    return self._app(environ, start_response)
        except TooMuch:
            headers = [("Content-Type", "text/plain; charset=utf-8"), ("Retry-After", RETRY_AFTER)]
            start_response("503 Service Unavailable", headers)
            return [BUSY]

    def _length(self, environ: "WSGIEnvironment") -> int:
        """How many bytes to read: as many as are said, or one more than are allowed where nothing is said."""
        if environ.get("wsgi.input_terminated") and "HTTP_TRANSFER_ENCODING" in environ:
            return self._largest + 1
        said = environ.get("CONTENT_LENGTH") or ""
        # What is too large is refused by the app for what it says, unread.
        return length if said.isdecimal() and (length := int(said)) <= self._largest else 0


class Begun:
    """A body of which the beginning is here."""

    def __init__(self, here: IO[bytes], coming: IO[bytes]) -> None:
        self._here, self._coming = here, coming

    def read(self, size: int = -1) -> bytes:
        """Read what is here, then what comes."""
        return self._here.read(size) or self._coming.read(size)


def _keep(source: IO[bytes], body: IO[bytes], most: int, count: Callable[[int], None]) -> None:
    """Copy what comes; where the connection ends early, the app sees that it is less than was said.

    :raises TooMuch: there is no room left, or the disk is full
    """
    try:
        while most and (piece := source.read(min(PIECE, most))):
            count(len(piece))
            body.write(piece)
            most -= len(piece)
    except OSError as fault:
        log.error("no room for a request", error=str(fault))
        raise TooMuch from fault
    body.seek(0)
