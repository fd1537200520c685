"""Requests are let in whole: whoever sends by the drop keeps nobody from the app; bench.slow measures it."""

import asyncio
import resource
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from flask_migrate import upgrade

from bench.serving import Served, served
from bench.slow import CONNECTIONS, FORM, HEADERS, Slow, answer_to, page
from tests.conftest import ENVIRON, app_on
from tests.databases import database_of
from webapp.config import BODIES, BODIES_SIZE, MEGABYTE
from webapp.database import db
from webapp.server import HOST
from webapp.whole import BUSY, IN_MEMORY

# Here nobody is sent away meanwhile, however busy the machine: what answers, does so beside all of them.
PATIENT = ("--http1-header-read-timeout", "60000")
SENT = f"Host: {HOST}\r\nConnection: close\r\nContent-Type: application/x-www-form-urlencoded\r\n"
Asking = Callable[[int], Coroutine[Any, Any, Any]]


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Served]:
    """The app, served on an empty database."""
    url = database_of(tmp_path).url
    with app_on(tmp_path, DATABASE_URL=url):
        upgrade()
        db.session.remove()
    environ = {**ENVIRON, "DATABASE_URL": url, "PUBLIC_URL": "", "DEMO": ""}
    with served("webapp.serving:app", environ, tmp_path / "log", PATIENT) as server:
        yield server


def ask(server: Served, asking: Asking) -> Any:
    """Run what is given the server's port; in a thread: the browser tests' loop runs on in this one."""
    with ThreadPoolExecutor(1) as threads:
        return threads.submit(lambda: asyncio.run(asking(server.port))).result()


@pytest.mark.parametrize("what", [HEADERS, FORM])
def test_a_page_is_answered_beside_slow_connections(server: Served, what: str) -> None:
    async def beside(port: int) -> tuple[int, int, int]:
        async with Slow(port, CONNECTIONS, what) as slow:
            return await page(port), slow.still_open, slow.ended

    assert ask(server, beside) == (200, CONNECTIONS, 0)


def test_too_many_slow_forms_are_turned_away_and_pages_are_not(server: Served) -> None:
    async def beside(port: int) -> tuple[int, bytes]:
        async with Slow(port, BODIES, FORM):
            await until_full(port)
            return await page(port), await posted(port)

    status, told = ask(server, beside)
    assert status == 200
    assert_busy(told)


def assert_busy(told: bytes) -> None:
    assert b" 503 " in told
    assert b"retry-after: 5" in told.lower()
    assert told.endswith(BUSY)


async def until_full(port: int) -> None:
    """Wait until the server has begun to read them all."""
    while b" 503 " not in await posted(port):
        await asyncio.sleep(0.1)


async def posted(port: int, head: str = "Content-Length: 9\r\n", body: str = "mobile=13") -> bytes:
    """Send a form to sign in."""
    return await answer_to(port, f"POST /login HTTP/1.1\r\n{SENT}{head}\r\n{body}".encode())


def test_a_form_that_comes_in_chunks_is_read(server: Served) -> None:
    chunks = ("Transfer-Encoding: chunked\r\n", "9\r\nmobile=13\r\n0\r\n\r\n")
    at_once, in_chunks = ask(server, posted), ask(server, lambda port: posted(port, *chunks))
    # The form lacks its token, which the app says only when it has read it.
    assert at_once[:12] == in_chunks[:12] == b"HTTP/1.1 400"


def test_what_is_too_large_is_refused_unread(server: Served) -> None:
    assert b" 413 " in ask(server, lambda port: posted(port, f"Content-Length: {2**40}\r\n"))


def test_who_only_announces_much_keeps_nobody_out(server: Served) -> None:
    """So many that there would be no room, were it kept for what they say."""

    async def beside(port: int) -> bytes:
        announced = f"POST /login HTTP/1.1\r\n{SENT}Content-Length: {60 * MEGABYTE}\r\n\r\nmobile=".encode()
        opened = [
            await asyncio.open_connection(HOST, port) for _ in range(2 * BODIES_SIZE // (60 * MEGABYTE))
        ]
        for _, writer in opened:
            writer.write(announced)
            await writer.drain()
        told = await posted(port)
        for _, writer in opened:
            writer.close()
        return told

    assert ask(server, beside)[:12] == b"HTTP/1.1 400"


def test_a_full_disk_is_told(server: Served) -> None:
    async def too_large_for_it(port: int) -> tuple[bytes, int]:
        body = "0" * (2 * IN_MEMORY)
        return await posted(port, f"Content-Length: {len(body)}\r\n", body), await page(port)

    for process in server.processes():
        _, most = resource.prlimit(process, resource.RLIMIT_FSIZE)
        resource.prlimit(process, resource.RLIMIT_FSIZE, (IN_MEMORY, most))
    told, status = ask(server, too_large_for_it)
    assert_busy(told)
    assert status == 200
