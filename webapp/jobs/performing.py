"""Doing jobs: each kind has a performer, registered by the room that knows how."""

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from shutil import rmtree
from tempfile import TemporaryDirectory, gettempdir
from time import monotonic, time
from typing import Any, NamedTuple

import structlog
from sqlalchemy import delete, select, update

from webapp.attachments.models import storage
from webapp.attachments.storage import StorageUnavailable
from webapp.audit.models import record
from webapp.database import db, now
from webapp.jobs.models import Job, State, Stopped
from webapp.jobs.sealing import seal

log = structlog.get_logger()
FAULT = "处理时出错了，没有生成文件。请稍后再试；仍有问题时，请告诉管理员。"
NO_STORAGE = "照片和文件的存储暂时不可用，没有生成文件。请稍后再试。"
# What the folders of files in the making are called, below the system's folder for temporary ones.
FOLDER = "webapp-job-"
# How often at most a job's progress is written down, in seconds.
NOTED_EVERY = 0.5


class Refused(Exception):
    """The job can't be done, with a sentence for the user that says why and what would help."""


class Product(NamedTuple):
    """What a performer made: a file, how the user's computer shall call it, and what the audit entry says."""

    file: Path
    name: str
    detail: dict[str, Any]
    action: str = "export-finished"


class Progress:
    """Writes down how far a job is, and raises Stopped when nobody wants it any more."""

    def __init__(self, job: Job) -> None:
        self._mine = (Job.id == job.id, Job.state == State.RUNNING, Job.worker == job.worker)
        self._noted = 0.0

    def __call__(self, done: int, total: int) -> None:
        """Note that ``done`` of ``total`` are done; most calls cost nothing."""
        if monotonic() - self._noted < NOTED_EVERY:
            return
        self._noted = monotonic()
        self.note(done=done, total=total)

    def note(self, **columns: Any) -> None:
        """Change the job's row and commit; what the running transaction holds is kept or lost with it.

        :raises Stopped: it was cancelled or taken for dead
        """
        noted = update(Job).where(*self._mine).values(seen_at=now(), **columns).returning(Job.id)
        if db.session.scalar(noted) is None:
            db.session.rollback()
            raise Stopped
        db.session.commit()


Performer = Callable[[Job, Progress, Path], Product]
_performers: dict[str, Performer] = {}


def performs(kind: str) -> Callable[[Performer], Performer]:
    """Register a function as the performer of a kind of job.

    It gets the job, a :class:`Progress`, and an empty folder for its file. It raises Refused when the job
    can't be done. It reads in blocks of ``database.reading``, so that nobody's writing waits for it.
    """

    def register(performer: Performer) -> Performer:
        _performers[kind] = performer
        return performer

    return register


def claim(worker: str) -> Job | None:
    """Make the oldest waiting job this worker's and return it, or None."""
    oldest = select(Job).where(Job.state == State.WAITING).order_by(Job.id).limit(1)
    job = db.session.scalar(oldest.with_for_update(of=Job, skip_locked=True))
    if job is not None:
        job.state, job.worker, job.seen_at = State.RUNNING, worker, now()
    db.session.commit()
    return job


def perform(job: Job) -> None:
    """Do a job that was claimed, and end it one way or the other."""
    progress = Progress(job)
    try:
        with TemporaryDirectory(prefix=FOLDER) as folder:
            if not job.owner.is_active:
                raise Refused("账号已停用，没有生成文件。")
            _keep(job, progress, _performers[job.kind](job, progress, Path(folder)))
    except Stopped:
        log.info("job stopped", job=str(job.uuid), kind=job.kind)
    except Refused as refusal:
        _fail(job, progress, str(refusal))
    except StorageUnavailable as fault:
        log.error("storage unavailable", job=str(job.uuid), kind=job.kind, error=str(fault))
        _fail(job, progress, NO_STORAGE)
    except Exception:
        log.exception("job failed", job=str(job.uuid), kind=job.kind)
        _fail(job, progress, FAULT)


def _keep(job: Job, progress: Progress, product: Product) -> None:
    """Store the file, then end the job together with its audit entry."""
    with product.file.open("rb") as stream:
        key, sealed = seal(stream)
    storage().put(job.storage_key, sealed)
    record(product.action, by=job.owner, about=job, kind=job.kind, **product.detail)
    try:
        progress.note(
            state=State.DONE,
            ended_at=now(),
            file_name=product.name,
            file_size=product.file.stat().st_size,
            file_key=key,
        )
    except Stopped:
        storage().delete(job.storage_key)
        raise


def _fail(job: Job, progress: Progress, message: str) -> None:
    db.session.rollback()
    record("export-failed", by=job.owner, about=job, kind=job.kind, reason=message)
    with suppress(Stopped):
        progress.note(state=State.FAILED, ended_at=now(), message=message)


def sweep() -> int:
    """Delete the files that can no longer be fetched and forget old jobs; return the number of files."""
    stale = select(Job).where(Job.ended_at < now() - Job.KEPT, Job.file_key.is_not(None))
    expired = db.session.scalars(stale).all()
    for job in expired:
        storage().delete(job.storage_key)
        job.file_key = None
    db.session.execute(delete(Job).where(Job.ended_at < now() - Job.REMEMBERED))
    db.session.commit()
    # A power cut leaves the folders of what was in the making.
    for folder in Path(gettempdir()).glob(f"{FOLDER}*"):
        if time() - folder.stat().st_mtime > Job.KEPT.total_seconds():
            rmtree(folder, ignore_errors=True)
    return len(expired)
