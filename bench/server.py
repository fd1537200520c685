"""Answers saved and pages asked for over HTTP: ``python -m bench.server``.

One answer saved is held against a bare Flask view with one committed write of the same durability, both
behind the same server with the same settings, in turns. The other pages have figures only. Processor time is
what the server's processes took for a request: it stays the same when the machine has other work.
"""

import argparse
import json
import tempfile
from collections.abc import Iterator, Sequence
from itertools import count, islice
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlencode

from flask import Flask
from sqlalchemy import ColumnElement, select

from bench.asking import cookie_of, signed_in_to_write, with_token
from bench.data import Size, copied_app
from bench.http import Answered, Sent, ask, load
from bench.measuring import Times, keep, machine, table, verdict
from bench.serving import Served, served
from webapp.accounts.models import Kind, User
from webapp.database import db, uuid7
from webapp.demerits.models import Demerit
from webapp.inspections.models import Inspection, InspectionKind
from webapp.inspections.sent import BATCH_LIMIT

BUDGET = 2.5
SIZE = Size(250, 10_000, 2_000)
PASSWORD = "Bench2026pass"
BATCHES = 20
FLOOR = "bare view, one committed write"
VALUES = ("yes", "no", "na")
TITLES = ("what", "clients", "p50 ms", "p99 ms", "a second", "processor ms", "n", "× p50", "× processor", "")


class Figure(NamedTuple):
    """What was measured of one kind of request."""

    name: str
    clients: int
    times: Times
    rate: float
    processor: float
    failed: int
    # How many answers a request brings.
    answers: int = 0

    def as_data(self) -> dict[str, Any]:
        """What is kept of it."""
        return {
            "name": self.name,
            "clients": self.clients,
            **self.times.as_data(),
            "a_second": round(self.rate, 1),
            "processor_ms": round(self.processor, 3),
            "failed": self.failed,
        }


def main() -> None:
    """Measure, print the table, write the JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--clients", type=int, nargs="+", default=[1, 32])
    parser.add_argument("--seconds", type=float, default=3.0, help="how long one turn lasts")
    parser.add_argument("--turns", type=int, default=4)
    parser.add_argument("--pages", type=int, default=60, help="how often each page is asked for")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="bench") as folder:
        figures = measured(Path(folder), asked)
    print(as_table(figures))
    print(f"\n{SIZE.name} rows; {machine()}")
    keep("server", {"budget": BUDGET, "requests": [figure.as_data() for figure in figures]})


def measured(folder: Path, asked: argparse.Namespace) -> list[Figure]:
    """Serve the product and the floor beside it, on data of their own, and ask both."""
    app = copied_app(SIZE, folder)
    with app.app_context():
        *phones, batcher = [Phone.started(app, number) for number in range(max(asked.clients) + 1)]
        pages = pages_of(app)
        db.session.remove()
        db.engine.dispose()
    with (
        served("webapp.serving:app", product_of(app), folder / "product.log") as ours,
        served("bench.floor:app", {"BENCH_FLOOR": str(folder / "floor.db")}, folder / "floor.log") as floor,
    ):
        answered = [
            figure for number in asked.clients for figure in _answers(ours, floor, phones[:number], asked)
        ]
        batch = _asked(
            ours, f"{BATCH_LIMIT} answers in a batch", islice(batcher.batches, BATCHES), BATCH_LIMIT
        )
        return [*answered, batch, *(_page(ours, name, sent, asked.pages) for name, sent in pages.items())]


def product_of(app: Flask) -> dict[str, str]:
    """Return the environment that serves the product on an app's data."""
    return {
        "DEMO": "1",
        "DATABASE_URL": app.config["SQLALCHEMY_DATABASE_URI"],
        "PUBLIC_URL": "",
        **{name: app.config[name] for name in ("STORAGE_URL", "SECRET_KEY", "FIELD_KEY")},
    }


class Phone:
    """An inspector with a draft, whose answers are sent one after the other."""

    def __init__(self, inspection: Inspection, headers: dict[str, str]) -> None:
        self.inspection, self.asked, self.cookie = inspection.uuid, inspection.items, headers["Cookie"]
        self._user = inspection.inspector.uuid
        self._headers = {"Content-Type": "application/json", "HX-Request": "true", **headers}
        self.floor = self._put(f"/{self.inspection}")
        address = f"/inspections/{self.inspection}/operations"
        self.ours = self._posted(address, 1)
        self.batches = self._posted(address, BATCH_LIMIT)

    @classmethod
    def started(cls, app: Flask, number: int) -> "Phone":
        """Begin an inspection of an inspector's whole scope and sign the inspector in."""
        inspectors = select(User).where(User.is_inspector).order_by(User.id).offset(number).limit(1)
        inspector = db.session.scalars(inspectors).one()
        inspection = Inspection.start(inspector, inspector.allowed_scope, InspectionKind.FULL)
        return cls(inspection, signed_in_to_write(app, inspector))

    def _operations(self) -> Iterator[dict[str, Any]]:
        for number in count():
            turn, place = divmod(number, len(self.asked))
            yield {
                "kind": "answer",
                "item": self.asked[place].code,
                "value": VALUES[turn % len(VALUES)],
                "base": turn,
                "device": "bench",
                "seq": number,
            }

    def _put(self, path: str) -> Iterator[Sent]:
        for operation in self._operations():
            yield Sent("PUT", path, json.dumps(operation).encode(), self._headers)

    def _posted(self, path: str, size: int) -> Iterator[Sent]:
        """As a phone sends them: one tap alone, or what has gathered."""
        operations = self._operations()
        while True:
            sent = [{"op": str(uuid7()), **operation} for operation in islice(operations, size)]
            body = {"user": str(self._user), "operations": sent}
            yield Sent("POST", path, json.dumps(body).encode(), self._headers)


def _answers(ours: Served, floor: Served, phones: Sequence[Phone], asked: argparse.Namespace) -> list[Figure]:
    """One answer saved, there and here in turns."""
    found: dict[str, list[Answered]] = {"floor": [], "ours": []}
    processor = dict.fromkeys(found, 0.0)
    for _ in range(asked.turns):
        for name, server in (("floor", floor), ("ours", ours)):
            before = server.processor_seconds()
            sources = [getattr(phone, name) for phone in phones]
            found[name] += load(server.port, sources, asked.seconds)
            processor[name] += server.processor_seconds() - before
    titles = {"floor": (FLOOR, 0), "ours": ("one answer saved", 1)}
    return [
        _figure(title, len(phones), found[name], processor[name], asked.turns * asked.seconds, answers)
        for name, (title, answers) in titles.items()
    ]


def _page(server: Served, name: str, sent: Sent, number: int) -> Figure:
    return _asked(server, name, iter([sent] * number))


def _asked(server: Served, name: str, sent: Iterator[Sent], answers: int = 0) -> Figure:
    before = server.processor_seconds()
    answered = ask(server.port, sent)
    processor = server.processor_seconds() - before
    return _figure(name, 1, answered, processor, sum(one.seconds for one in answered), answers)


def _figure(
    name: str,
    clients: int,
    answered: Sequence[Answered],
    processor: float,
    seconds: float,
    answers: int = 0,
) -> Figure:
    n = len(answered)
    failed = sum(one.status >= 400 for one in answered)
    times = Times([one.seconds for one in answered])
    return Figure(name, clients, times, n / seconds, 1000 * processor / n, failed, answers)


def pages_of(app: Flask) -> dict[str, Sent]:
    """Return the requests of the pages that are looked at most."""
    administrator = _user(User.is_administrator, User.institution.has(level="三级"))
    city = _user(User.kind == Kind.REVIEWER, User.district.is_(None))
    administrator.set_password(PASSWORD)
    db.session.commit()
    record = db.session.scalars(Inspection.submitted().order_by(Inspection.total.desc()).limit(1)).one()
    demerit = db.session.scalars(select(Demerit).where(Demerit.submitted_at.is_not(None)).limit(1)).one()
    member, reviewer = (signed_in_to_write(app, user) for user in (administrator, city))
    draft = Phone.started(app, 0)
    inspector = _user(User.is_inspector)
    return {
        "sign-in": _sign_in(app, administrator),
        "home": Sent("GET", "/", headers=member),
        "filling page": Sent(
            "GET", f"/inspections/{draft.inspection}", headers=signed_in_to_write(app, inspector)
        ),
        "own records": Sent("GET", "/inspections", headers=member),
        "work desk of the city": Sent("GET", "/supervision/", headers=reviewer),
        "list of inspections": Sent("GET", "/supervision/inspections", headers=reviewer),
        "detail of an inspection": Sent("GET", f"/supervision/inspections/{record.uuid}", headers=reviewer),
        "detail of a demerit": Sent("GET", f"/supervision/demerits/{demerit.uuid}", headers=reviewer),
    }


def _sign_in(app: Flask, user: User) -> Sent:
    token, kept = with_token(app)
    fields = {"mobile": user.mobile, "password": PASSWORD, "csrf_token": token}
    headers = {
        "Content-Type": "application/x-www-form-urlencoded",
        "Cookie": f"{app.config['SESSION_COOKIE_NAME']}={cookie_of(app, kept)}",
    }
    return Sent("POST", "/login", urlencode(fields).encode(), headers)


def _user(*conditions: ColumnElement[bool]) -> User:
    return db.session.scalars(select(User).where(*conditions).order_by(User.id).limit(1)).one()


def as_table(figures: Sequence[Figure]) -> str:
    """Return the figures as Markdown; what saves answers beside the floor under it, by the answer."""
    floors = {figure.clients: figure for figure in figures if figure.name == FLOOR}
    rows = []
    for figure in figures:
        times, floor = figure.times, floors.get(figure.clients)
        row: list[object] = [
            *(figure.name, figure.clients, times.p50, times.p99, figure.rate, figure.processor, times.n)
        ]
        if figure.answers and floor is not None:
            ratio = times.p50 / figure.answers / floor.times.p50
            spent = figure.processor / figure.answers / floor.processor
            row += [f"{ratio:.2f}", f"{spent:.2f}", verdict(ratio <= BUDGET)]
        else:
            row += ["", "", ""]
        if figure.failed:
            row[-1] = f"{figure.failed} failed"
        rows.append(row)
    head = f"Over HTTP; × p50 and × processor = ours, by the answer, ÷ floor; budget {BUDGET} (p50)"
    return f"{head}\n\n{table(TITLES, rows)}"


if __name__ == "__main__":
    main()
