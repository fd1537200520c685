"""Jobs in processes of their own: they end when whoever looks after them ends, however that came about."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from subprocess import PIPE

import pytest
from flask import Flask
from sqlalchemy import insert, select

from tests.browser.serving import Server
from tests.databases import database_of
from tests.jobs.doing import last_job
from tests.processes import children_of
from tests.supervision.test_demerits import handed_in, scorer_in
from webapp.accounts.models import User
from webapp.config import ROOT
from webapp.database import db, reading, uuid7
from webapp.demerits.models import Demerit
from webapp.jobs.models import INTERRUPTED, Job, State

ORDER = {"list": "demerits", "asked": {}, "number": "", "full": True, "reason": "核对人员信息", "back": "/"}
WAIT_SECONDS = 60
# Does what waits and tells the most memory that it took, in kilobytes.
DO_AND_TELL = """
from pathlib import Path
from tempfile import mkdtemp
from webapp.jobs.process import main
main("one", mkdtemp())
print(*(line.split()[1] for line in Path("/proc/self/status").open() if line.startswith("VmHWM")))
"""


@pytest.fixture
def environment(app: Flask) -> dict[str, str]:
    """The settings of the tests' app, for a process beside them."""
    instance = Path(app.instance_path)
    return os.environ | {
        "DATABASE_URL": database_of(instance).url,
        "STORAGE_URL": app.config["STORAGE_URL"],
        "SECRET_KEY": app.config["SECRET_KEY"],
        "FIELD_KEY": app.config["FIELD_KEY"],
        "DEMO": "",
    }


@pytest.fixture
def temporary(tmp_path: Path) -> Path:
    """Where the worker and its processes put what is temporary."""
    return tmp_path


@pytest.fixture
def worker(environment: dict[str, str], temporary: Path) -> Iterator[Callable[[], "subprocess.Popen[bytes]"]]:
    """Starts ``flask worker``; what still runs at the end is ended."""
    started: list[subprocess.Popen[bytes]] = []

    def start() -> "subprocess.Popen[bytes]":
        command = [sys.executable, "-m", "flask", "--app", "wsgi", "worker"]
        own = environment | {"TMPDIR": str(temporary)}
        started.append(subprocess.Popen(command, cwd=ROOT, env=own, start_new_session=True))
        return started[-1]

    yield start
    for process in started:
        process.kill()
        process.wait()


def add_demerits(number: int) -> None:
    """Many submitted demerits of one person: copies of one, which is all that an export looks at."""
    demerit = handed_in(scorer_in("500106"))
    copied = [c for c in Demerit.__table__.columns if c.name not in ("id", "uuid", "chain_number")]
    one = dict(db.session.execute(select(*copied).where(Demerit.id == demerit.id)).one()._mapping)
    rows = [{**one, "uuid": uuid7(), "chain_number": place} for place in range(2, number + 1)]
    db.session.execute(insert(Demerit), rows)
    db.session.commit()


def wait_for(condition: Callable[[Job], bool]) -> Job:
    """Wait until the job has come so far and return it, or fail; nobody who writes waits for this."""
    deadline = time.monotonic() + WAIT_SECONDS
    while True:
        with reading():
            db.session.expire_all()
            job = last_job()
        if condition(job):
            return job
        assert time.monotonic() < deadline, (job.state, job.done, job.message)
        time.sleep(0.1)


def test_the_worker_does_what_waits(worker: Callable[[], object], reviewer: User) -> None:
    add_demerits(30)
    Job.ask("list", "导出", ORDER, uuid7(), by=reviewer)
    worker()
    assert wait_for(lambda job: job.state == State.DONE).done == 30


def test_a_job_ends_with_its_worker_and_says_so(
    worker: Callable[[], "subprocess.Popen[bytes]"], temporary: Path, reviewer: User
) -> None:
    add_demerits(20_000)
    Job.ask("list", "导出", ORDER, uuid7(), by=reviewer)
    process = worker()
    wait_for(lambda job: job.done > 0)
    assert list(temporary.iterdir())
    process.kill()
    assert wait_for(lambda job: job.state == State.FAILED).trouble == INTERRUPTED
    wait_until(lambda: not list(temporary.iterdir()))


def test_a_job_whose_own_process_is_killed_says_so(
    worker: Callable[[], "subprocess.Popen[bytes]"], temporary: Path, reviewer: User
) -> None:
    add_demerits(20_000)
    Job.ask("list", "导出", ORDER, uuid7(), by=reviewer)
    process = worker()
    wait_for(lambda job: job.done > 0)
    assert list(temporary.iterdir())
    for child in children_of(process.pid):
        os.kill(child, signal.SIGKILL)
    assert wait_for(lambda job: job.state == State.FAILED).trouble == INTERRUPTED
    wait_until(lambda: not list(temporary.iterdir()))
    assert process.poll() is None


def test_many_rows_take_little_more_memory_than_few(environment: dict[str, str], reviewer: User) -> None:
    peaks = []
    for rows in (1_000, 20_000):
        add_demerits(rows)
        Job.ask("list", "导出", ORDER, uuid7(), by=reviewer)
        command, pipes = [sys.executable, "-c", DO_AND_TELL], {"stdin": PIPE, "stdout": PIPE}
        with subprocess.Popen(command, cwd=ROOT, env=environment, **pipes) as process:
            assert process.stdout is not None
            told = process.stdout.read()
        peaks.append(int(told) / 1024)
    assert wait_for(lambda job: job.state == State.DONE).done == 21_000
    assert peaks[1] - peaks[0] < 25, peaks


def test_nothing_serves_on_when_the_main_process_is_killed(tmp_path: Path) -> None:
    server = Server(tmp_path)
    server.start()
    workers = children_of(server.pid)
    assert workers
    server.kill_main()
    wait_until(lambda: not any(map(_runs, workers)))
    server.start()
    server.stop()


def wait_until(condition: Callable[[], bool]) -> None:
    """Wait until something is so, or fail."""
    deadline = time.monotonic() + WAIT_SECONDS
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.1)


def _runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True
