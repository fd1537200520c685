"""A browser in a process of its own, with a profile on the disk, that a test may kill."""

import os
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Page, Playwright

from tests.browser.chromium import FLAGS, installed

SECONDS = 60


class Killable:
    """Chromium on a profile; what was durable before :meth:`kill` is there after the next :meth:`open`."""

    def __init__(self, playwright: Playwright, profile: Path) -> None:
        """:param profile: a folder that keeps its data from one start to the next"""
        self._playwright = playwright
        self._profile = profile

    @contextmanager
    def open(self) -> Iterator[Page]:
        """Start it and give its page; at the end it is killed, as a phone whose battery is empty."""
        port_file = self._profile / "DevToolsActivePort"
        port_file.unlink(missing_ok=True)
        command = [installed(), "--headless=new", *FLAGS, "--remote-debugging-port=0"]
        process = subprocess.Popen(
            [*command, f"--user-data-dir={self._profile}", "about:blank"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        try:
            browser = self._playwright.chromium.connect_over_cdp(f"http://127.0.0.1:{_port(port_file)}")
            yield browser.contexts[0].pages[0]
        finally:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            (self._profile / "SingletonLock").unlink(missing_ok=True)


def _port(file: Path) -> int:
    deadline = time.monotonic() + SECONDS
    while not (file.exists() and "\n" in (text := file.read_text())):
        assert time.monotonic() < deadline, "the browser did not start"
        time.sleep(0.05)
    return int(text.split("\n", 1)[0])
