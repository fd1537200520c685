"""``python -m webapp.jobs.process WORKER FOLDER``: does the jobs that wait, one after the other, and ends."""

import os
import shutil
import sys
import tempfile
import threading
from contextlib import suppress
from time import sleep

from dotenv import load_dotenv
from flask import Flask
from sqlalchemy import update
from sqlalchemy.exc import OperationalError

from webapp import create_app
from webapp.config import ROOT
from webapp.database import db, now
from webapp.jobs.models import Job, State, end_jobs_of
from webapp.jobs.performing import claim, perform

BEAT_SECONDS = 5
# How this process ends when it could not finish.
UNFINISHED = 3


def main(worker: str, folder: str) -> None:
    """Do what waits under this worker's name.

    :param folder: where everything temporary lies, also that of libraries
    """
    tempfile.tempdir = folder
    load_dotenv(ROOT / ".env")
    app = create_app()
    for duty in (_beat, _follow_attendant):
        threading.Thread(target=duty, args=(app, worker), daemon=True).start()
    while _do_next(app, worker):
        pass


def _do_next(app: Flask, worker: str) -> bool:
    with app.app_context():
        job = claim(worker)
        if job is not None:
            perform(job)
        return job is not None


def _beat(app: Flask, worker: str) -> None:
    """Say every few seconds that this worker lives, also where a job is silent for long."""
    mine = update(Job).where(Job.worker == worker, Job.state == State.RUNNING)
    while True:
        sleep(BEAT_SECONDS)
        with app.app_context(), suppress(OperationalError):  # a busy database is asked again
            db.session.execute(mine.values(seen_at=now()), execution_options={"synchronize_session": False})
            db.session.commit()


def _follow_attendant(app: Flask, worker: str) -> None:
    """Wait for the end of the attendant, whose pipe is this process's standard input, and end too."""
    # Past Python's buffer, whose lock would be in the way when this process ends by itself.
    os.read(sys.stdin.fileno(), 1)
    with app.app_context():
        end_jobs_of(worker)
    # What lies there half made can hold ID numbers.
    shutil.rmtree(tempfile.gettempdir(), ignore_errors=True)
    os._exit(UNFINISHED)


if __name__ == "__main__":
    main(*sys.argv[1:])
