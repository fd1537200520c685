"""Whoever sends headers by the drop keeps nobody from the app as it is served; bench.slow measures it."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from flask_migrate import upgrade

from bench.serving import served
from bench.slow import CONNECTIONS, Slow, page
from tests.conftest import ENVIRON, app_on
from tests.databases import database_of
from webapp.database import db

# Here nobody is sent away meanwhile, however busy the machine: what answers, does so beside all of them.
PATIENT = ("--http1-header-read-timeout", "60000")


def test_a_page_is_answered_beside_slow_connections(tmp_path: Path) -> None:
    url = database_of(tmp_path).url
    with app_on(tmp_path, DATABASE_URL=url):
        upgrade()
        db.session.remove()
    environ = {**ENVIRON, "DATABASE_URL": url, "PUBLIC_URL": "", "DEMO": ""}
    serving = served("webapp.serving:app", environ, tmp_path / "log", PATIENT)
    # In a thread of its own: the browser tests' loop runs on in this one.
    with serving as server, ThreadPoolExecutor(1) as threads:
        status, held, ended = threads.submit(asyncio.run, _beside(server.port)).result()
    assert (status, held, ended) == (200, CONNECTIONS, 0)


async def _beside(port: int) -> tuple[int, int, int]:
    async with Slow(port, CONNECTIONS) as slow:
        return await page(port), slow.still_open, slow.ended
