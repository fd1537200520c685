"""Jobs: asked for once, done once, ended whatever happens."""

import os
import tempfile
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask

from tests.jobs.doing import do_jobs, last_job
from webapp.accounts.models import User
from webapp.attachments.models import storage
from webapp.audit.models import AuditEntry
from webapp.database import db, now, uuid7
from webapp.jobs import performing
from webapp.jobs.models import CANCELLED, INTERRUPTED, Busy, Job, State, end_abandoned, end_jobs_of
from webapp.jobs.performing import FAULT, Product, Progress, Refused, claim, perform, performs, sweep

CONTENT = b"what was made"


@pytest.fixture(autouse=True)
def kinds(app: Flask) -> Iterator[None]:
    """Three kinds of jobs of these tests' own: one that succeeds, one that is refused, one that breaks."""

    @performs("writing")
    def write(job: Job, progress: Progress, folder: Path) -> Product:
        (folder / "made.pdf").write_bytes(CONTENT)
        progress(1, 1)
        return Product(folder / "made.pdf", "做好的.pdf", {"rows": 1})

    @performs("refused")
    def refuse(job: Job, progress: Progress, folder: Path) -> Product:
        raise Refused("没有可以导出的内容。")

    @performs("broken")
    def break_down(job: Job, progress: Progress, folder: Path) -> Product:
        raise ZeroDivisionError

    yield
    for kind in ("writing", "refused", "broken"):
        del performing._performers[kind]


def asked(owner: User, kind: str = "writing") -> Job:
    return Job.ask(kind, "导出", {"back": "/"}, uuid7(), by=owner)


def actions() -> list[str]:
    return list(db.session.scalars(db.select(AuditEntry.action).order_by(AuditEntry.id)))


def test_a_job_is_done_and_recorded(reviewer: User) -> None:
    job = asked(reviewer)
    assert (job.state_title, job.is_live, job.has_file) == ("排队中", True, False)
    assert do_jobs() == 1
    job = last_job()
    assert (job.state_title, job.is_live, job.has_file) == ("已完成", False, True)
    assert (job.file_name, job.file_size) == ("做好的.pdf", len(CONTENT))
    assert actions() == ["export-started", "export-finished"]
    assert do_jobs() == 0


def test_the_file_lies_sealed_in_the_storage(reviewer: User) -> None:
    asked(reviewer)
    do_jobs()
    with storage().open(last_job().storage_key) as stored:
        assert CONTENT not in stored.read()


@pytest.mark.parametrize(("kind", "told"), [("refused", "没有可以导出的内容。"), ("broken", FAULT)])
def test_what_cannot_be_done_ends_with_a_message(reviewer: User, kind: str, told: str) -> None:
    asked(reviewer, kind)
    do_jobs()
    job = last_job()
    assert (job.state, job.trouble, job.state_title) == (State.FAILED, told, "没有完成")
    assert actions() == ["export-started", "export-failed"]


def test_sending_the_form_twice_asks_once(reviewer: User) -> None:
    uuid = uuid7()
    first, second = (Job.ask("writing", "导出", {}, uuid, by=reviewer) for _ in range(2))
    assert first.uuid == second.uuid
    assert actions() == ["export-started"]


def test_there_is_one_at_a_time_for_each_user_and_kind(reviewer: User, other_reviewer: User) -> None:
    first = asked(reviewer)
    with pytest.raises(Busy) as busy:
        asked(reviewer)
    assert busy.value.job.uuid == first.uuid
    asked(reviewer, "refused")
    asked(other_reviewer)
    do_jobs()
    asked(reviewer)


def test_somebody_elses_identifier_is_not_answered_with_their_job(
    reviewer: User, other_reviewer: User
) -> None:
    theirs = asked(other_reviewer)
    with pytest.raises(Exception, match=r"(?i)unique"):
        Job.ask("writing", "导出", {}, theirs.uuid, by=reviewer)


def test_two_workers_never_get_the_same_job(reviewer: User, other_reviewer: User) -> None:
    mine, theirs = asked(reviewer), asked(other_reviewer)
    claimed = [claim(name) for name in ("one", "two", "three")]
    assert [job and job.uuid for job in claimed] == [mine.uuid, theirs.uuid, None]


def test_a_worker_that_fell_silent_has_its_job_ended(reviewer: User) -> None:
    asked(reviewer)
    job = claim("a worker that dies")
    assert job is not None and end_abandoned() == 0
    job.seen_at = now() - Job.SILENCE - timedelta(seconds=1)
    db.session.commit()
    assert (job.is_live, job.trouble, job.state_title) == (False, INTERRUPTED, "没有完成")
    assert end_abandoned() == 1
    db.session.refresh(job)
    assert (job.state, job.message) == (State.FAILED, INTERRUPTED)


def test_what_a_dead_worker_left_is_ended_and_nothing_else(reviewer: User, other_reviewer: User) -> None:
    asked(reviewer), asked(other_reviewer)
    dead, living = claim("dead"), claim("living")
    end_jobs_of("dead")
    db.session.expire_all()
    assert dead and living
    assert (dead.state, living.state) == (State.FAILED, State.RUNNING)


def test_a_job_that_was_taken_for_dead_leaves_nothing(reviewer: User) -> None:
    asked(reviewer)
    job = claim("slow")
    end_jobs_of("slow")
    assert job is not None
    db.session.refresh(job)
    perform(job)
    db.session.expire_all()
    assert (job.state, job.file_key) == (State.FAILED, None)
    assert not storage().exists(job.storage_key)
    assert actions() == ["export-started"]


def test_a_cancelled_job_is_not_done(reviewer: User) -> None:
    job = asked(reviewer)
    assert job.cancel(by=reviewer)
    assert do_jobs() == 0
    db.session.refresh(job)
    assert (job.state_title, job.trouble) == ("已取消", CANCELLED)
    assert not job.cancel(by=reviewer)
    assert actions() == ["export-started", "export-cancelled"]


def test_a_disabled_user_gets_no_file(reviewer: User) -> None:
    asked(reviewer)
    reviewer.is_active = False
    db.session.commit()
    do_jobs()
    assert last_job().file_key is None


def test_what_a_power_cut_left_is_deleted_after_a_day(
    app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    old, new = (tmp_path / f"{performing.FOLDER}{name}" for name in ("old", "new"))
    for folder in (old, new):
        folder.mkdir()
        (folder / "list.xlsx").write_bytes(CONTENT)
    yesterday = now() - Job.KEPT - timedelta(minutes=1)
    os.utime(old, (yesterday.timestamp(),) * 2)
    sweep()
    assert not old.exists() and new.exists()


def test_files_are_deleted_after_a_day_and_jobs_forgotten_after_a_week(reviewer: User) -> None:
    asked(reviewer)
    do_jobs()
    job = last_job()
    assert sweep() == 0
    job.ended_at = now() - Job.KEPT - timedelta(minutes=1)
    db.session.commit()
    assert (job.has_file, job.state_title) == (False, "已过期")
    assert sweep() == 1
    assert not storage().exists(job.storage_key)
    assert last_job().file_key is None
    job.ended_at = now() - Job.REMEMBERED - timedelta(minutes=1)
    db.session.commit()
    sweep()
    assert db.session.scalar(db.select(Job.id)) is None
