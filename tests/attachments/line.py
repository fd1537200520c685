"""A line between a client and the server that breaks where a test wants it to, or damages a byte."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

PIECE = 4096


class Line:
    """Hands bytes on in both directions; ``url`` is where the client finds the server.

    ``at[n]`` is called when n bytes went up, through whatever connections; it tells whether the last of them
    stays. One that breaks is noticed by the server first.
    """

    def __init__(self, port: int) -> None:
        """:param port: where the server listens on this machine"""
        self.at: dict[int, Callable[[], bool]] = {}
        self.damaged: set[int] = set()
        self.sent = 0
        # Whether every connection breaks, old and new, as if nobody were there.
        self.is_down = False
        self._port = port
        self._lock = threading.Lock()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"

    def cut_at(self, *places: int) -> None:
        """Break the connection when so many bytes went up."""
        self.at |= dict.fromkeys(places, lambda: False)

    def serve(self) -> None:
        """Accept until the line is closed."""
        with suppress(OSError):
            while True:
                near, _ = self._listener.accept()
                threading.Thread(target=self._connect, args=[near], daemon=True).start()

    def close(self) -> None:
        self._listener.close()

    def _connect(self, near: socket.socket) -> None:
        if self.is_down:
            near.close()
            return
        with near, suppress(OSError), socket.create_connection(("127.0.0.1", self._port)) as far:
            broken = threading.Event()
            back = threading.Thread(target=_hand_back, args=[far, near, broken], daemon=True)
            back.start()
            with suppress(OSError):
                while (piece := near.recv(PIECE)) and not broken.is_set():
                    if not self._hand_on(piece, far):
                        broken.set()
            with suppress(OSError):
                far.shutdown(socket.SHUT_WR)
            back.join()

    def _hand_on(self, piece: bytes, far: socket.socket) -> bool:
        """Hand a piece up, and stop at each place at which something happens; tell whether to go on."""
        while piece:
            if self.is_down:
                return False
            with self._lock:
                end = self.sent + len(piece)
                stop = min((place for place in self.at if self.sent < place < end), default=end)
                part, piece = piece[: stop - self.sent], piece[stop - self.sent :]
                far.sendall(self._as_it_arrives(part))
                self.sent = stop
                happen = self.at.pop(stop, None)
            if happen and not happen():
                return False
        return True

    def _as_it_arrives(self, piece: bytes) -> bytes:
        arriving = bytearray(piece)
        for place in [place for place in self.damaged if 0 <= place - self.sent < len(piece)]:
            arriving[place - self.sent] ^= 0xFF
            self.damaged.remove(place)
        return bytes(arriving)


def _hand_back(far: socket.socket, near: socket.socket, broken: threading.Event) -> None:
    with suppress(OSError):
        while piece := far.recv(PIECE):
            if not broken.is_set():
                near.sendall(piece)
    broken.set()
    with suppress(OSError):
        near.shutdown(socket.SHUT_RDWR)


@contextmanager
def line_to(port: int) -> Iterator[Line]:
    line = Line(port)
    threading.Thread(target=line.serve, daemon=True).start()
    yield line
    line.close()
