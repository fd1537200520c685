"""Kills the server at any moment while phones send answers: ``python -m bench.killed --rounds 1000``.

Each round the server and all its processes are ended by SIGKILL and started again. A phone holds a batch
until it is acknowledged and sends it again after the kill, as the outbox does. At the end each acknowledged
operation must be in the database, once, and have had its effect once. ``--database`` names an empty database
on a PostgreSQL server; without it the embedded one is used.
"""

import argparse
import json
import os
import random
import signal
import sys
import tempfile
import threading
import time
from collections import Counter
from contextlib import suppress
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any, NamedTuple
from uuid import UUID

from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import select

from bench.asking import signed_in_to_write
from bench.server import product_of
from bench.serving import Served, served
from webapp import create_app
from webapp.accounts.models import User
from webapp.database import db, uuid7
from webapp.inspections.models import Inspection, InspectionKind
from webapp.inspections.operations import Operation
from webapp.server import HOST

VALUES = ("yes", "no", "na")
BATCH = 10
PHONES = 4
# Within so many seconds of its first moment a server is killed.
LONGEST_LIFE = 0.8
PATIENCE = 10.0
CLINICS = ("--institutions", "8", "--inspections", "8", "--demerits", "8", "--seed", "1")


class Result(NamedTuple):
    """What became of the operations that were acknowledged."""

    acknowledged: int
    sent_again: int
    lost: int
    doubled: int


class Phone:
    """An inspector's phone, which answers the items of a draft again and again."""

    def __init__(self, app: Flask, inspector: User) -> None:
        inspection = Inspection.start(inspector, inspector.allowed_scope, InspectionKind.FULL)
        self.inspection, self.user = inspection.uuid, inspector.uuid
        self.items = [item.code for item in inspection.items]
        self.headers = signed_in_to_write(app, inspector)
        self.acknowledged: list[dict[str, Any]] = []
        self.sent_again = 0
        self._waiting: list[dict[str, Any]] = []

    def fill(self, port: int, ended: threading.Event) -> None:
        """Send batches until the server is gone."""
        while not ended.is_set() and self._send(port):
            pass

    def settle(self, port: int) -> None:
        """Send what still waits; the server lives."""
        assert not self._waiting or self._send(port), "the server refused a batch"

    def _send(self, port: int) -> bool:
        self.sent_again += len(self._waiting)
        self._waiting = self._waiting or [self._operation(place) for place in range(BATCH)]
        body = json.dumps({"user": str(self.user), "operations": self._waiting})
        headers = {"Content-Type": "application/json", "HX-Request": "true", **self.headers}
        connection = HTTPConnection(HOST, port, timeout=PATIENCE)
        try:
            connection.request("POST", f"/inspections/{self.inspection}/operations", body, headers)
            answer = connection.getresponse()
            told = answer.read()
        except (OSError, HTTPException):
            return False
        finally:
            connection.close()
        if answer.status != 200:
            return False
        outcomes = {result["outcome"] for result in json.loads(told)["results"]}
        assert outcomes == {"applied"}, outcomes
        self.acknowledged += self._waiting
        self._waiting = []
        return True

    def _operation(self, place: int) -> dict[str, Any]:
        number = len(self.acknowledged) + place
        turn, item = divmod(number, len(self.items))
        said = {"kind": "answer", "item": self.items[item], "value": VALUES[turn % len(VALUES)], "base": turn}
        moment = "2026-11-25T09:00:00Z"
        return {"op": str(uuid7()), "device": "bench", "seq": number + 1, "at": moment, **said}


def killed(folder: Path, database: str, rounds: int, seed: int) -> Result:
    """Kill the server so many times and return what became of the operations.

    :param folder: an empty one
    :param database: the address of an empty database
    """
    app = create_app({"INSTANCE": folder, "ENVIRON": {"DEMO": "1", "DATABASE_URL": database}})
    with app.app_context():
        upgrade()
        filled = app.test_cli_runner().invoke(args=["generate", *CLINICS])
        assert filled.exit_code == 0, filled.output
        inspectors = db.session.scalars(select(User).where(User.is_inspector).limit(PHONES)).all()
        phones = [Phone(app, inspector) for inspector in inspectors]
        db.session.remove()
        db.engine.dispose()
    environ = product_of(app)
    moments = random.Random(seed)
    log = folder / "server.log"
    for _ in range(rounds):
        # What is killed can't be ended politely any more.
        with suppress(ProcessLookupError), served("webapp.serving:app", environ, log) as server:
            _round(server, phones, moments.uniform(0, LONGEST_LIFE))
    with served("webapp.serving:app", environ, log) as server:
        for phone in phones:
            phone.settle(server.port)
    with app.app_context():
        return _result(phones)


def _round(server: Served, phones: list[Phone], life: float) -> None:
    ended = threading.Event()
    threads = [threading.Thread(target=phone.fill, args=(server.port, ended)) for phone in phones]
    for thread in threads:
        thread.start()
    time.sleep(life)
    os.killpg(server.process.pid, signal.SIGKILL)
    server.process.wait()
    ended.set()
    for thread in threads:
        thread.join()


def _result(phones: list[Phone]) -> Result:
    lost = doubled = 0
    for phone in phones:
        draft = db.session.scalars(select(Inspection).where(Inspection.uuid == phone.inspection)).one()
        kept = Counter(
            db.session.scalars(
                select(Operation.uuid).where(Operation.inspection_id == draft.id, Operation.item != "")
            )
        )
        wanted = {UUID(operation["op"]) for operation in phone.acknowledged}
        lost += len(wanted - set(kept))
        doubled += kept.total() - len(wanted & set(kept))
        # An operation that has taken effect twice has counted its item's revision twice.
        answered = Counter(operation["item"] for operation in phone.acknowledged)
        values = {operation["item"]: operation["value"] for operation in phone.acknowledged}
        answers = draft.answers()
        lost += sum(answers[item].value != value for item, value in values.items())
        doubled += sum(answers[item].revision != number for item, number in answered.items())
    acknowledged = sum(len(phone.acknowledged) for phone in phones)
    return Result(acknowledged, sum(phone.sent_again for phone in phones), lost, doubled)


def main() -> None:
    """Kill, and print what became of it; a failure where anything was lost or doubled."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--database", default="", help="postgresql+psycopg://…, an empty database")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="killed") as folder:
        database = asked.database or f"sqlite:///{folder}/app.db"
        result = killed(Path(folder), database, asked.rounds, asked.seed)
    kind = database.partition(":")[0]
    print(
        f"{kind}: {asked.rounds:,} kills, {result.acknowledged:,} operations acknowledged, "
        f"{result.sent_again:,} sent again, {result.lost} lost, {result.doubled} doubled"
    )
    sys.exit(bool(result.lost or result.doubled))


if __name__ == "__main__":
    main()
