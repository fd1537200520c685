"""Who sees to the jobs: looks for waiting ones and lets a process of its own do them.

A job can take hundreds of megabytes and can crash in a library written in C; neither may happen to a process
that serves pages. The process holds the end of a pipe to its attendant, and ends when the attendant does,
however that came about. Its files in the making lie in one folder, which whoever of the two is last deletes.
"""

import os
import signal
import subprocess
import sys
import threading
from tempfile import TemporaryDirectory
from time import monotonic, sleep

import structlog
from flask import Flask
from sqlalchemy import ColumnElement, select

from webapp.config import ROOT
from webapp.database import db, now, reading, uuid7
from webapp.jobs.models import Job, State, end_abandoned, end_jobs_of
from webapp.jobs.performing import FOLDER, sweep

log = structlog.get_logger()
# All in seconds.
EVERY = 1.0
AFTER_TROUBLE = 10.0
SWEEP_EVERY = 3600.0


class Attendant:
    """Attends to the jobs of one app."""

    def __init__(self, app: Flask) -> None:
        self._app = app
        self._swept = -SWEEP_EVERY

    def attend(self) -> None:
        """Look after the jobs for ever."""
        while True:
            try:
                self.look()
            except Exception:
                log.exception("attendant in trouble")
                sleep(AFTER_TROUBLE)
            sleep(EVERY)

    def look(self) -> None:
        """Look once: end what was abandoned, sweep what is old, do what waits."""
        with self._app.app_context():
            with reading():
                silent = Job.seen_at < now() - Job.SILENCE
                abandoned = _any(Job.state == State.RUNNING, silent)
                waiting = _any(Job.state == State.WAITING)
            if abandoned:
                end_abandoned()
            if monotonic() - self._swept > SWEEP_EVERY:
                self._swept = monotonic()
                sweep()
        if waiting:
            self._do_waiting()

    def _do_waiting(self) -> None:
        """Let a process do what waits until nothing does, and end what it may have left undone."""
        worker = str(uuid7())
        with TemporaryDirectory(prefix=FOLDER, ignore_cleanup_errors=True) as folder:
            command = [sys.executable, "-m", "webapp.jobs.process", worker, folder]
            # In a group of its own: a Ctrl-C is for the attendant, whose end then ends the process.
            with subprocess.Popen(  # noqa: S603
                command, cwd=ROOT, stdin=subprocess.PIPE, process_group=0
            ) as process:
                code = self._wait(process)
        if code:
            log.error("job process failed", code=code)
            with self._app.app_context():
                end_jobs_of(worker)
            sleep(AFTER_TROUBLE)

    def _wait(self, process: subprocess.Popen[bytes]) -> int:
        return process.wait()


def _any(*which: ColumnElement[bool]) -> bool:
    return db.session.scalar(select(Job.id).where(*which).limit(1)) is not None


class InlineAttendant(Attendant):
    """An attendant in a thread of a process that serves pages."""

    def __init__(self, app: Flask) -> None:
        super().__init__(app)
        self._parent = os.getppid()

    def start(self) -> None:
        """Begin; the thread ends with its process."""
        threading.Thread(target=self.attend, name="jobs", daemon=True).start()

    def look(self) -> None:
        """Look once, as long as the server stands."""
        self._end_with_server()
        super().look()

    def _wait(self, process: subprocess.Popen[bytes]) -> int:
        while True:
            try:
                return process.wait(EVERY)
            except subprocess.TimeoutExpired:
                self._end_with_server()

    def _end_with_server(self) -> None:
        """Without the server's main process this one would serve for ever, with nobody to stop it."""
        if os.getppid() != self._parent:
            os.kill(os.getpid(), signal.SIGTERM)
