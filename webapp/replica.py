"""Lists and exports read from a copy that follows the database, where ``DATABASE_REPLICA_URL`` names one.

A copy is a moment behind. Whoever wrote something carries the place in the database's log that the write
had, in a cookie, and the copy is asked only if it has come as far: so one sees one's own writes. A copy that
is gone, or farther behind than ``REPLICA_BEHIND`` seconds, is passed over.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from time import monotonic, sleep
from typing import Any, ParamSpec, TypeVar

import structlog
from flask import Flask, Response, current_app, g, request
from sqlalchemy import text
from sqlalchemy.exc import InterfaceError, OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as NoFreeConnection

from webapp.database import ON_REPLICA, REPLICA, SAFE_METHODS, db

log = structlog.get_logger()
P = ParamSpec("P")
T = TypeVar("T")
COOKIE = "written"
PLACE = re.compile(r"[0-9A-F]{1,8}/[0-9A-F]{1,8}")
# All in seconds. The cookie outlives by far whatever a copy may be behind.
COOKIE_AGE = 60
CHECKED_EVERY = 1.0
PAUSE = 5.0
PATIENCE = 10.0
HERE = text("SELECT CAST(pg_current_wal_insert_lsn() AS text)")
# Where nothing was replayed since the copy began, nobody knows how old it is.
THERE = text(
    "SELECT pg_is_in_recovery()"
    " AND pg_last_wal_replay_lsn() >= CAST(:written AS pg_lsn),"
    " pg_last_wal_replay_lsn() >= CAST(:now AS pg_lsn)"
    " OR coalesce(clock_timestamp() - pg_last_xact_replay_timestamp()"
    " <= :behind * interval '1 second', false)"
)
START = "0/0"


class Standing:
    """What this process knows of the copy."""

    def __init__(self) -> None:
        self.asked_again_at = 0.0
        self.checked_at = -CHECKED_EVERY
        self.place = START


def init_app(app: Flask) -> None:
    """Note after each writing request how far a copy must have come for its user."""
    app.extensions[REPLICA] = Standing()
    if REPLICA in app.config["SQLALCHEMY_BINDS"]:
        app.after_request(_remember)


def from_replica(read: Callable[[], T], written: str = START) -> T:
    """Return what a function reads, from the copy if it will do, else from the database itself.

    :param read: only reads; called once more when the copy fails in its middle
    :param written: how far the copy must have come
    """
    standing = _standing()
    if standing is None or monotonic() < standing.asked_again_at:
        return read()
    _look_ahead(standing)
    try:
        with _routed():
            if _will_do(standing, written):
                return read()
    except (OperationalError, InterfaceError, NoFreeConnection) as fault:
        log.warning("replica unavailable", error=str(getattr(fault, "orig", fault)))
        standing.asked_again_at = monotonic() + PAUSE
        db.session.rollback()
    return read()


def reads_replica(view: Callable[P, T]) -> Callable[P, T]:
    """Let a view that only reads do so from the copy."""

    @wraps(view)
    def routed(*args: P.args, **kwargs: P.kwargs) -> T:
        return from_replica(lambda: view(*args, **kwargs), own_writes())

    return routed


def own_writes() -> str:
    """Return the place of the last write of whoever asks."""
    said = request.cookies.get(COOKIE, "")
    return said if PLACE.fullmatch(said) else START


def caught_up() -> str:
    """Wait a while for the copy to come as far as the database is now, and return that place.

    For work outside requests, which may wait and has no cookie.
    """
    standing = _standing()
    if standing is None:
        return START
    place: str = db.session.scalars(HERE).one()
    deadline = monotonic() + PATIENCE
    while monotonic() < deadline and not _serves(place) and monotonic() >= standing.asked_again_at:
        sleep(0.1)
    return place


def replica_answers() -> bool | None:
    """Tell whether the copy is of use right now, and None where there is none."""
    standing = _standing()
    if standing is None:
        return None
    standing.asked_again_at = 0.0
    return _serves()


def _serves(written: str = START) -> bool:
    """Whether a reading would be served by the copy."""
    return from_replica(lambda: ON_REPLICA in g, written)


def _standing() -> Standing | None:
    found: Standing = current_app.extensions[REPLICA]
    return found if REPLICA in db.engines else None


def _look_ahead(standing: Standing) -> None:
    """Learn every second how far the database itself has come."""
    if monotonic() - standing.checked_at >= CHECKED_EVERY:
        standing.place = db.session.scalars(HERE).one()
        standing.checked_at = monotonic()


def _will_do(standing: Standing, written: str) -> bool:
    said: dict[str, Any] = {
        "written": written,
        "now": standing.place,
        "behind": current_app.config["REPLICA_BEHIND"],
    }
    return all(db.session.execute(THERE, said).one())


@contextmanager
def _routed() -> Iterator[None]:
    setattr(g, ON_REPLICA, True)
    try:
        yield
    finally:
        delattr(g, ON_REPLICA)


def _remember(response: Response) -> Response:
    if request.method in SAFE_METHODS:
        return response
    try:
        place = db.session.scalars(HERE).one()
    except SQLAlchemyError:
        return response  # the answer stands; its user reads from the copy a moment too early at worst
    response.set_cookie(
        COOKIE,
        place,
        max_age=COOKIE_AGE,
        secure=current_app.config["SESSION_COOKIE_SECURE"],
        httponly=True,
        samesite="Lax",
    )
    return response
