"""Programs served by granian as ``make run`` serves the product, and the processor time they take."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from webapp.config import ROOT
from webapp.server import ALLOCATION, GRANIAN, HOST, allow_connections

START_SECONDS = 120


class Served(NamedTuple):
    """A program that answers on a port of this machine."""

    port: int
    process: subprocess.Popen[bytes]

    def processes(self) -> list[int]:
        """The main process and those that answer."""
        return [self.process.pid, *_children(self.process.pid)]

    def processor_seconds(self) -> float:
        """Processor time that its processes have taken so far."""
        return sum(map(_seconds_of, self.processes()))

    def megabytes(self) -> float:
        """Memory of the process that answers; its main process only watches over it."""
        return max(map(_megabytes_of, _children(self.process.pid)))


@contextmanager
def served(target: str, environ: dict[str, str], log: Path, options: Sequence[str] = ()) -> Iterator[Served]:
    """Serve a WSGI program until the block ends.

    :param target: module and name, such as ``webapp.serving:app``
    :param options: of the server, instead of those of the same name that ``make run`` gives it
    """
    port = free_port()
    command = command_of(target, port, options)
    environ = {**ALLOCATION, **os.environ, **environ}
    allow_connections()
    with log.open("ab") as said:
        process = subprocess.Popen(
            command, cwd=ROOT, env=environ, stdout=said, stderr=said, start_new_session=True
        )
    try:
        _wait(process, port, log)
        yield Served(port, process)
    finally:
        # To its group, which is its own: the server and its workers.
        os.killpg(process.pid, signal.SIGINT)
        process.wait(timeout=30)


def command_of(target: str, port: int, options: Sequence[str] = ()) -> list[str]:
    """Return how a program is served as ``make run`` serves the product."""
    address = ("--host", HOST, "--port", str(port))
    return [sys.executable, "-m", "granian", *GRANIAN, *options, *address, target]


def _wait(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        with socket.socket() as probe:
            if probe.connect_ex((HOST, port)) == 0:
                return
        time.sleep(0.1)
    raise RuntimeError(f"the server did not start: {log.read_text()[-2000:]}")


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def _children(process: int) -> list[int]:
    found = Path(f"/proc/{process}/task/{process}/children").read_text().split()
    children = [int(number) for number in found]
    return children + [further for child in children for further in _children(child)]


def _seconds_of(process: int) -> float:
    # The name in parentheses may hold spaces; user and system time are fields 14 and 15 of proc(5).
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _megabytes_of(process: int) -> float:
    # Resident pages are the second field of statm in proc(5).
    pages = int(Path(f"/proc/{process}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20
