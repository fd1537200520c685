"""A bad network: a proxy between the browser and the server that loses, delays, repeats and refuses."""

import http.client
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self

# Headers of one hop, which the next one makes anew.
OF_ONE_HOP = {"connection", "keep-alive", "transfer-encoding", "content-length"}
TIMEOUT = 60


@dataclass(frozen=True)
class Fault:
    """What happens to a request on its way; nothing by default."""

    arrives: bool = True
    answered: bool = True
    times: int = 1  # how often it arrives, all at once
    delay: float = 0.0  # seconds before it goes on
    status: int = 0  # answered by something on the way
    cut: float = 0.0  # of a body, the part that arrives before the connection breaks


LOST = Fault(arrives=False, answered=False)
REPLY_LOST = Fault(answered=False)
Rule = Callable[[str, str], Fault]
Answer = tuple[int, list[tuple[str, str]], bytes]


def perfect(_method: str, _path: str) -> Fault:
    """Everything arrives."""
    return Fault()


class Network:
    """Forwards to a server on this machine by :attr:`rule`; ``seen`` lists what the browser asked for."""

    def __init__(self, port: int) -> None:
        """:param port: the server's"""
        self.rule: Rule = perfect
        self.seen: list[tuple[str, str]] = []
        self._port = port
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(
        self, _type: type[BaseException] | None, _value: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()

    def _handler(network) -> type[BaseHTTPRequestHandler]:
        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def handle_one_request(self) -> None:
                self.raw_requestline = self.rfile.readline(65537)
                if not self.raw_requestline or not self.parse_request():
                    self.close_connection = True
                    return
                self._pass_on()

            def _pass_on(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                answer = network._pass(self.command, self.path, dict(self.headers), body)
                if answer is None:
                    self.close_connection = True
                    return
                status, headers, content = answer
                self.send_response_only(status)
                for name, value in headers:
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                if self.command != "HEAD":
                    self.wfile.write(content)

            def log_message(self, *_arguments: Any) -> None:
                """Say nothing."""

        return Handler

    def _pass(self, method: str, path: str, headers: dict[str, str], body: bytes) -> Answer | None:
        fault = self.rule(method, path)
        self.seen.append((method, path))
        time.sleep(fault.delay)
        if fault.status:
            return fault.status, [], b""
        if not fault.arrives:
            return None
        if fault.cut:
            self._begin(method, path, headers, body, fault.cut)
            return None
        with ThreadPoolExecutor(fault.times) as several:
            sent = [several.submit(self._forward, method, path, headers, body) for _ in range(fault.times)]
            answers = [each.result() for each in sent]
        return answers[0] if fault.answered else None

    def _forward(self, method: str, path: str, headers: dict[str, str], body: bytes) -> Answer | None:
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=TIMEOUT)
        try:
            connection.request(method, path, body, {**headers, "Connection": "close"})
            answer = connection.getresponse()
            kept = [(name, value) for name, value in answer.getheaders() if name.lower() not in OF_ONE_HOP]
            return answer.status, kept, answer.read()
        except (OSError, http.client.HTTPException):
            return None  # the server is gone
        finally:
            connection.close()

    def _begin(self, method: str, path: str, headers: dict[str, str], body: bytes, part: float) -> None:
        """Send the head and a part of the body, then break off."""
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=TIMEOUT)
        connection.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
        for name, value in headers.items():
            connection.putheader(name, value)
        connection.endheaders()
        connection.send(body[: int(len(body) * part)])
        time.sleep(0.1)
        connection.close()
