"""Clients that ask over HTTP/1.1, each on one connection, the next request when the answer is there."""

import asyncio
from collections.abc import Callable, Iterator, Mapping
from time import perf_counter
from typing import NamedTuple

HEAD_END = b"\r\n\r\n"


class Sent(NamedTuple):
    """One request to be sent."""

    method: str
    path: str
    body: bytes = b""
    headers: Mapping[str, str] = {}

    def on_wire(self, host: str) -> bytes:
        """The bytes of the request."""
        lines = [f"{self.method} {self.path} HTTP/1.1", f"Host: {host}", f"Content-Length: {len(self.body)}"]
        lines += [f"{name}: {value}" for name, value in self.headers.items()]
        return "\r\n".join([*lines, "", ""]).encode() + self.body


class Answered(NamedTuple):
    """What came back, and how many seconds after."""

    status: int
    size: int
    seconds: float


def load(port: int, sources: list[Iterator[Sent]], seconds: float) -> list[Answered]:
    """Let every source be a client for some seconds and return all the answers."""
    return asyncio.run(_load(port, sources, lambda begun: perf_counter() - begun < seconds))


def exchange(port: int, sources: list[Iterator[Sent]]) -> list[Answered]:
    """Let every source be a client until it has nothing more to send, and return all the answers."""
    return asyncio.run(_load(port, sources, lambda begun: True))


def ask(port: int, sent: Iterator[Sent]) -> list[Answered]:
    """Send requests one after the other and return the answers."""
    return exchange(port, [sent])


async def _load(port: int, sources: list[Iterator[Sent]], goes_on: Callable[[float], bool]) -> list[Answered]:
    begun = perf_counter()
    clients = [_client(port, source, lambda: goes_on(begun)) for source in sources]
    return [answered for found in await asyncio.gather(*clients) for answered in found]


async def _client(port: int, source: Iterator[Sent], goes_on: Callable[[], bool]) -> list[Answered]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    found = []
    for sent in source:
        if not goes_on():
            break
        wire = sent.on_wire(f"127.0.0.1:{port}")
        begun = perf_counter()
        writer.write(wire)
        head = await reader.readuntil(HEAD_END)
        size = _length(head)
        await reader.readexactly(size)
        found.append(Answered(int(head[9:12]), size, perf_counter() - begun))
    writer.close()
    return found


def _length(head: bytes) -> int:
    for line in head.split(b"\r\n")[1:]:
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            return int(value)
    raise ValueError(f"an answer without a length: {head!r}")
