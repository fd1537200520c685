"""Doing jobs as their process does them, but in the test's own."""

from io import BytesIO

from flask.testing import FlaskClient
from python_calamine import CalamineWorkbook

from webapp.database import db
from webapp.jobs.models import Job
from webapp.jobs.performing import claim, perform


def do_jobs() -> int:
    """Do everything that waits, and return how much it was."""
    number = 0
    while (job := claim("a test's worker")) is not None:
        perform(job)
        number += 1
    db.session.expire_all()
    return number


def last_job() -> Job:
    """The job that was asked for last."""
    return db.session.scalars(db.select(Job).order_by(Job.id.desc()).limit(1)).one()


def downloaded(client: FlaskClient, job: Job) -> bytes:
    """The job's file, as its owner's browser gets it."""
    answer = client.get(f"/exports/{job.uuid}/file")
    assert answer.status_code == 200
    return answer.data


def sheets(content: bytes) -> dict[str, list[list[object]]]:
    """The cells of each sheet of a workbook, the head line included."""
    book = CalamineWorkbook.from_filelike(BytesIO(content))
    return {name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names}
