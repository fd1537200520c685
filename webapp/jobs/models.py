"""Jobs: what was asked for, how far it is, and the file that came of it."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, ClassVar, Self
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Select, String, select, text, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, mapped_column, relationship

from webapp.accounts.models import User
from webapp.audit.models import record
from webapp.crypto import EncryptedJson, EncryptedText
from webapp.database import Base, PublicId, UtcDateTime, db, now

LIVE = ("waiting", "running")
WHERE_LIVE: dict[str, Any] = dict.fromkeys(
    ("sqlite_where", "postgresql_where"), text("state IN ('waiting', 'running')")
)
INTERRUPTED = "处理中断了，服务器可能重新启动过。没有生成文件，请重新导出。"
CANCELLED = "已取消，没有生成文件。"


class Busy(Exception):
    """The user's last job of this kind is not over yet."""

    def __init__(self, job: "Job") -> None:
        super().__init__(str(job.uuid))
        self.job = job


class Stopped(Exception):
    """The job is no longer this worker's: it was cancelled, or taken for dead."""


class State(StrEnum):
    """Where a job stands."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class Job(PublicId, Base):
    """One piece of work that a user waits for; only the user sees it."""

    __tablename__ = "jobs"
    __table_args__ = (
        CheckConstraint("state IN ('waiting', 'running', 'done', 'failed')", name="state"),
        CheckConstraint("state <> 'running' OR worker IS NOT NULL", name="worker_when_running"),
        CheckConstraint("(state IN ('done', 'failed')) = (ended_at IS NOT NULL)", name="ended"),
        Index("ix_jobs_owner_id_id", "owner_id", "id"),
        # One at a time of each kind and user.
        Index("uq_jobs_live", "owner_id", "kind", unique=True, **WHERE_LIVE),
        Index("ix_jobs_live", "id", **WHERE_LIVE),
        Index("ix_jobs_ended_at", "ended_at"),
    )
    # How long a file can be fetched, and how long the list remembers that there was one.
    KEPT: ClassVar[timedelta] = timedelta(days=1)
    REMEMBERED: ClassVar[timedelta] = timedelta(days=7)
    # A worker says every few seconds that it lives; silent for so long it does not.
    SILENCE: ClassVar[timedelta] = timedelta(seconds=30)

    owner_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(String(20))
    title: Mapped[str] = mapped_column(String(100))
    # What exactly was asked for; a query may hold an ID number.
    order: Mapped[dict[str, Any]] = mapped_column(EncryptedJson("jobs.order"))
    state: Mapped[State] = mapped_column(default=State.WAITING)
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int] = mapped_column(default=0)
    message: Mapped[str] = mapped_column(String(500), default="")
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    seen_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    worker: Mapped[str | None] = mapped_column(String(36))
    # The file: how it is called, how long it is, and the key that opens it; without the key it is noise.
    file_name: Mapped[str | None] = mapped_column(String(120))
    file_size: Mapped[int | None] = mapped_column()
    file_key: Mapped[str | None] = mapped_column(EncryptedText("jobs.file_key"))

    owner: Mapped[User] = relationship(lazy="joined", innerjoin=True)

    @classmethod
    def visible_to(cls, user: User) -> Select[Self]:
        """Select the user's own jobs."""
        return select(cls).where(cls.owner_id == user.id)

    @classmethod
    def ask(
        cls, kind: str, title: str, order: dict[str, Any], uuid: UUID, *, by: User, **detail: Any
    ) -> Self:
        """Ask for a job and return it.

        :param kind: as the room that does it registered it, see ``performing``
        :param uuid: the identifier that the form gave it; sending the form twice asks once
        :param detail: what the audit entry says beside kind and title
        :raises Busy: the user's last one of this kind is not over
        """
        if (asked := db.session.scalar(cls.visible_to(by).where(cls.uuid == uuid))) is not None:
            return asked
        job = cls(uuid=uuid, kind=kind, title=title, order=order, owner_id=by.id)
        try:
            with db.session.begin_nested():
                db.session.add(job)
        except IntegrityError:
            other = db.session.scalar(cls.visible_to(by).where(cls.kind == kind, cls.state.in_(LIVE)))
            if other is None:
                raise
            if other.uuid == uuid:
                return other
            raise Busy(other) from None
        record("export-started", by=by, about=job, kind=kind, title=title, **detail)
        db.session.commit()
        return job

    @property
    def is_live(self) -> bool:
        """Whether there is anything to wait for: a worker that fell silent will not finish."""
        if self.state == State.RUNNING:
            return self.seen_at is not None and now() - self.seen_at < self.SILENCE
        return self.state == State.WAITING

    @property
    def trouble(self) -> str:
        """Why there is no file, in a sentence; empty while there may be one."""
        return INTERRUPTED if self.state == State.RUNNING and not self.is_live else self.message

    @property
    def expires_at(self) -> datetime | None:
        """Until when the file can be fetched, if there is one."""
        return self.ended_at + self.KEPT if self.ended_at and self.file_key else None

    @property
    def has_file(self) -> bool:
        """Whether the file can be fetched now."""
        return self.expires_at is not None and now() < self.expires_at

    @property
    def state_title(self) -> str:
        """The state's word on screen."""
        if self.state == State.DONE:
            return "已完成" if self.has_file else "已过期"
        if self.is_live:
            return "处理中" if self.state == State.RUNNING else "排队中"
        return "已取消" if self.message == CANCELLED else "没有完成"

    @property
    def storage_key(self) -> str:
        """Where the file lies in the storage."""
        return f"jobs/{self.uuid}"

    def cancel(self, *, by: User) -> bool:
        """End a job before it is done; False when it is over already."""
        ended = _end(Job.id == self.id, CANCELLED)
        if ended:
            record("export-cancelled", by=by, about=self, kind=self.kind)
        db.session.commit()
        return bool(ended)


def _end(which: Any, message: str) -> int:
    """End some live jobs without a file, in the running transaction; return their number."""
    failed = {"state": State.FAILED, "message": message, "ended_at": now()}
    ended = update(Job).where(which, Job.state.in_(LIVE)).values(**failed).returning(Job.id)
    return len(db.session.scalars(ended).all())


def end_jobs_of(worker: str, message: str = INTERRUPTED) -> None:
    """End what a worker that is no more has left running."""
    _end((Job.worker == worker) & (Job.state == State.RUNNING), message)
    db.session.commit()


def end_abandoned() -> int:
    """End the jobs whose workers fell silent, and return their number."""
    silent = (Job.state == State.RUNNING) & (Job.seen_at < now() - Job.SILENCE)
    ended = _end(silent, INTERRUPTED)
    db.session.commit()
    return ended
