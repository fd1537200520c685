"""The phones of ``bench.crowd``: each answers an item, waits for the acknowledgement, reads the next one."""

import asyncio
import json
import random
from collections import Counter
from collections.abc import Mapping, Sequence
from time import perf_counter
from typing import Any, NamedTuple

import brotli

from bench.http import HEAD_END, Sent
from webapp.database import uuid7
from webapp.server import HOST, allow_connections

VALUES = ("yes", "no", "na")
# In seconds; whoever waits longer has seen an error.
PATIENCE = 20.0
Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class Person(NamedTuple):
    """An inspector with a draft, signed in."""

    inspection: str
    user: str
    items: tuple[str, ...]
    headers: Mapping[str, str]


class Acknowledged(NamedTuple):
    """An answer that the server has said to have kept, and how many seconds after it was given."""

    op: str
    inspection: str
    item: str
    value: str
    revision: int
    seconds: float


class Crowd(NamedTuple):
    """What all of them were told."""

    acknowledged: list[Acknowledged]
    errors: dict[str, int]


def fill_at_once(port: int, people: Sequence[Person], seconds: float, pause: float) -> Crowd:
    """Let everybody fill for some seconds."""
    allow_connections()
    return asyncio.run(_fill_at_once(port, people, seconds, pause))


async def _fill_at_once(port: int, people: Sequence[Person], seconds: float, pause: float) -> Crowd:
    end = perf_counter() + seconds
    phones = [Phone(port, person) for person in people]
    await asyncio.gather(*(phone.fill(end, pause) for phone in phones))
    errors = sum((phone.errors for phone in phones), Counter[str]())
    return Crowd([each for phone in phones for each in phone.acknowledged], dict(errors))


class Phone:
    """One inspector's browser, with one connection that it opens anew when the server has ended it."""

    def __init__(self, port: int, person: Person) -> None:
        self.acknowledged: list[Acknowledged] = []
        self.errors: Counter[str] = Counter()
        self._port, self._person = port, person
        self._streams: Streams | None = None
        # By item, the revision that was seen last.
        self._answered: Counter[str] = Counter()

    async def fill(self, end: float, pause: float) -> None:
        """Answer an item every so many seconds on average, at no regular moments."""
        await asyncio.sleep(random.uniform(0, pause))
        number = 0
        while perf_counter() < end:
            number += 1
            try:
                async with asyncio.timeout(PATIENCE):
                    await self._answer(number)
            except (OSError, asyncio.IncompleteReadError, ValueError) as error:
                self.errors[type(error).__name__] += 1
                self._streams = None
            await asyncio.sleep(random.uniform(0.5, 1.5) * pause)
        if self._streams:
            self._streams[1].close()

    async def _answer(self, number: int) -> None:
        turn, place = divmod(number - 1, len(self._person.items))
        item, value, op = self._person.items[place], VALUES[turn % len(VALUES)], str(uuid7())
        said = {"kind": "answer", "item": item, "value": value, "base": self._answered[item]}
        operation = {"op": op, "device": "bench", "seq": number, "at": "2026-11-25T09:00:00Z", **said}
        begun = perf_counter()
        status, told = await self._exchange({"user": self._person.user, "operations": [operation]})
        seconds = perf_counter() - begun
        if status != 200:
            self.errors[str(status)] += 1
            return
        [result] = told["results"]
        if result["outcome"] != "applied":
            self.errors[result["outcome"]] += 1
            return
        self._answered[item] = result["revision"]
        kept = (op, self._person.inspection, item, value, result["revision"], seconds)
        self.acknowledged.append(Acknowledged(*kept))

    async def _exchange(self, body: dict[str, Any]) -> tuple[int, Any]:
        """Send a batch, and once more, as browsers do, when the idle connection turns out to have ended."""
        used = self._streams
        if used is not None and not used[0].at_eof():
            try:
                return await self._ask(used, body)
            except (ConnectionError, asyncio.IncompleteReadError):
                used[1].close()
        self._streams = await asyncio.open_connection(HOST, self._port)
        return await self._ask(self._streams, body)

    async def _ask(self, streams: Streams, body: dict[str, Any]) -> tuple[int, Any]:
        reader, writer = streams
        headers = {
            "Content-Type": "application/json",
            "Accept-Encoding": "br",
            "HX-Request": "true",
            **self._person.headers,
        }
        path = f"/inspections/{self._person.inspection}/operations"
        writer.write(Sent("POST", path, json.dumps(body).encode(), headers).on_wire(HOST))
        head = (await reader.readuntil(HEAD_END)).lower()
        lines = dict(line.split(b": ", 1) for line in head.split(b"\r\n")[1:] if line)
        content = await reader.readexactly(int(lines[b"content-length"]))
        if lines.get(b"content-encoding") == b"br":
            content = brotli.decompress(content)
        status = int(head[9:12])
        return status, json.loads(content) if status == 200 else None
