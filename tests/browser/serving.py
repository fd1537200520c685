"""The app as ``make run`` serves it, in a process of its own that a test may kill."""

import os
import resource
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, TextClause, Uuid, bindparam, create_engine, text

from tests.databases import database_of
from webapp.crypto import new_field_key

ROOT = Path(__file__).parent.parent.parent
START_SECONDS = 90


class Server:
    """A served demo with its own database and attachments; ``url`` is its address."""

    def __init__(self, instance: Path) -> None:
        """:param instance: an empty folder for its data"""
        self.instance = instance
        # The code that is served; a test that deploys another build changes it and starts again.
        self.root = ROOT
        self.port = _free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        # Set even where empty, so that a developer's .env changes nothing.
        self._environment = os.environ | {
            "DEMO": "1",
            "PORT": str(self.port),
            "DATABASE_URL": database_of(instance).url,
            "STORAGE_URL": f"file://{instance / 'attachments'}",
            "SECRET_KEY": "a browser test's secret",
            "FIELD_KEY": new_field_key(),
            "RATELIMIT_STORAGE_URI": "memory://",
            "PUBLIC_URL": "",
            "PROXIES": "0",
        }
        self._process: subprocess.Popen[bytes] | None = None

    def configure(self, **settings: str) -> None:
        """Change settings for the next start; an empty one is taken back."""
        self._environment = {
            k: v for k, v in (self._environment | settings).items() if v or k not in settings
        }

    def start(self, largest_file: int = resource.RLIM_INFINITY) -> None:
        """Serve, and return when the app answers; the data of an earlier start is there again.

        :param largest_file: how many bytes a file may have, as on a disk that is full
        """

        def limit() -> None:
            resource.setrlimit(resource.RLIMIT_FSIZE, (largest_file, largest_file))

        # A session of its own: a signal to its group reaches server and worker, and nobody else.
        with (self.instance / "server.log").open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "webapp.server"],
                cwd=self.root,
                env=self._environment,
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=limit,
            )
        deadline = time.monotonic() + START_SECONDS
        while not self._answers():
            assert self._process.poll() is None and time.monotonic() < deadline, self._log()
            time.sleep(0.1)

    @property
    def is_embedded(self) -> bool:
        """Whether the database lies in this server's own files."""
        return self._environment["DATABASE_URL"].startswith("sqlite")

    @property
    def pid(self) -> int:
        """The main process, while it serves."""
        assert self._process is not None
        return self._process.pid

    def kill(self) -> None:
        """End it the hard way, as a power cut would."""
        self._end(signal.SIGKILL)

    def kill_main(self) -> None:
        """End the main process the hard way, and not the ones that it started."""
        assert self._process is not None
        self._process.kill()
        self._process.wait()
        self._process = None

    def stop(self) -> None:
        """End it as Ctrl-C does."""
        self._end(signal.SIGINT)

    def pause(self) -> None:
        """Let it answer nobody, though the network is there; ``resume`` or ``kill`` ends that."""
        self._signal(signal.SIGSTOP)

    def resume(self) -> None:
        """Let it answer again, also whoever asked meanwhile."""
        self._signal(signal.SIGCONT)

    def command(self, *arguments: str) -> None:
        """Run one of the app's commands on its data."""
        flask = [sys.executable, "-m", "flask", "--app", "wsgi", *arguments]
        environment = self._environment | {"INSTANCE": str(self.instance)}
        subprocess.run(flask, cwd=ROOT, env=environment, check=True, capture_output=True)

    def rows(self, statement: str, **parameters: object) -> list[tuple[Any, ...]]:
        """Read its database past the app; ``:name`` in the statement stands for a parameter."""
        with self._past_the_app() as connection:
            return [tuple(row) for row in connection.execute(_bound(statement, parameters), parameters)]

    def write(self, statement: str, **parameters: object) -> None:
        """Change its database past the app."""
        with self._past_the_app() as connection:
            connection.execute(_bound(statement, parameters), parameters)
            connection.commit()

    @contextmanager
    def _past_the_app(self) -> Iterator[Connection]:
        engine = create_engine(self._environment["DATABASE_URL"])
        try:
            with engine.connect() as connection:
                yield connection
        finally:
            engine.dispose()

    def _end(self, number: signal.Signals) -> None:
        if self._process is not None:
            self._signal(number)
            self._process.wait()
            self._process = None

    def _signal(self, number: signal.Signals) -> None:
        assert self._process is not None
        os.killpg(self._process.pid, number)

    def _answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}/readyz", timeout=5) as answer:
                return bool(answer.status == 200)
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            return False

    def _log(self) -> str:
        return (self.instance / "server.log").read_text()


def _bound(statement: str, parameters: dict[str, object]) -> TextClause:
    uuids = [bindparam(name, type_=Uuid()) for name, value in parameters.items() if isinstance(value, UUID)]
    return text(statement).bindparams(*uuids)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
