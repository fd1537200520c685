"""A slow line in front of a server, the same for pages, service workers and preloads; it counts requests.

A browser's own emulation slows a page down, but not what its service worker fetches.
"""

import asyncio
import re
import threading
from asyncio import StreamReader, StreamWriter
from typing import Self

from webapp.server import HOST

# A phone's, as in :mod:`bench.form`: seconds until a request's answer begins, bytes in a second.
WAIT = 0.15
RATE = 200_000
PIECE = 8192
ASKED = re.compile(rb"^(?:GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS) (\S+) HTTP/1\.1\r\n")


class Line:
    """Leads to a port of this machine while the block lasts; ``asked`` lists what went through it."""

    def __init__(self, port: int) -> None:
        """:param port: the server's"""
        self.asked: list[str] = []
        self.url = ""
        self.is_cut = False
        self._port = port
        self._free_at = 0.0
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        begun = asyncio.run_coroutine_threadsafe(asyncio.start_server(self._lead, HOST, 0), self._loop)
        self._server = begun.result()
        self.url = f"http://{HOST}:{self._server.sockets[0].getsockname()[1]}"
        return self

    def __exit__(self, *_: object) -> None:
        asyncio.run_coroutine_threadsafe(self._end(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    async def _end(self) -> None:
        self._server.close()
        led = asyncio.all_tasks() - {asyncio.current_task()}
        for task in led:
            task.cancel()
        await asyncio.gather(*led, return_exceptions=True)

    async def _lead(self, browser: StreamReader, answers: StreamWriter) -> None:
        there, asks = await asyncio.open_connection(HOST, self._port)
        try:
            await asyncio.gather(self._up(browser, asks), self._down(there, answers))
        except (ConnectionError, asyncio.CancelledError):
            pass  # one of the two has lost interest, or the block has ended
        finally:
            asks.close()
            answers.close()

    async def _up(self, browser: StreamReader, asks: StreamWriter) -> None:
        while piece := await browser.read(PIECE):
            if self.is_cut:
                raise ConnectionAbortedError
            if asked := ASKED.match(piece):
                self.asked.append(asked[1].decode())
            await asyncio.sleep(WAIT)
            asks.write(piece)
        asks.close()

    async def _down(self, there: StreamReader, answers: StreamWriter) -> None:
        while piece := await there.read(PIECE):
            # All connections share the line: each piece begins when the one before has passed.
            now = self._loop.time()
            self._free_at = max(now, self._free_at) + len(piece) / RATE
            await asyncio.sleep(self._free_at - now)
            answers.write(piece)
        answers.close()
