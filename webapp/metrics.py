"""Figures for Prometheus: what is asked and how long it takes, what waits, connections, memory.

Requests are counted by the pattern of their address, so that neither identifiers nor names get in. Where
several processes serve, ``PROMETHEUS_MULTIPROC_DIR`` names the folder in which they add up.
"""

import hmac
import os
from collections.abc import Iterable
from ipaddress import ip_address
from time import perf_counter
from typing import cast

from flask import Blueprint, Flask, Response, abort, current_app, g, request
from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    Histogram,
    ProcessCollector,
    generate_latest,
)
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector
from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import QueuePool

from webapp.access import public
from webapp.attachments.uploads import PhotoUpload
from webapp.database import db, now
from webapp.extensions import limiter
from webapp.jobs.models import LIVE, Job, State

bp = Blueprint("metrics", __name__)
limiter.exempt(bp)

# In seconds: around the budgets of a tap, of a page and of a patient person.
BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)
NO_ROUTE = "none"
# Whoever asks through a proxy is not on this machine, although the proxy may be.
FORWARDED = ("Forwarded", "X-Forwarded-For", "X-Real-Ip", "Via")


class Figures:
    """What one app counts, and where it is asked for what it does not count."""

    def __init__(self) -> None:
        self._counted = CollectorRegistry()
        self._requests = Counter(
            "http_requests", "Requests answered.", ("method", "route", "status"), registry=self._counted
        )
        self._seconds = Histogram(
            "http_request_duration_seconds",
            "From the request's head to the answer's.",
            ("method", "route"),
            buckets=BUCKETS,
            registry=self._counted,
        )

    def count(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count one request."""
        self._requests.labels(method, route, status).inc()
        self._seconds.labels(method, route).observe(seconds)

    def exposed(self) -> bytes:
        """Return everything in Prometheus' text format."""
        asked = CollectorRegistry()
        ProcessCollector(registry=asked)
        for collector in (Waiting(), Connections()):
            asked.register(collector)
        if folder := os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
            MultiProcessCollector(asked, path=folder)  # type: ignore[no-untyped-call]
            return generate_latest(asked)
        return generate_latest(self._counted) + generate_latest(asked)


class Waiting(Collector):
    """What waits in the database, the same whichever process answers."""

    def collect(self) -> Iterable[Metric]:
        """Ask for it, in two statements; a database that is gone is a figure too."""
        try:
            waiting = [*_jobs(), *_uploads()]
        except SQLAlchemyError:
            db.session.rollback()
            waiting = []
        yield GaugeMetricFamily("database_up", "Whether the database answers.", bool(waiting))
        yield from waiting


def _jobs() -> Iterable[Metric]:
    live = select(Job.state, func.count(), func.min(Job.asked_at)).where(Job.state.in_(LIVE))
    found = {state: (number, first) for state, number, first in db.session.execute(live.group_by(Job.state))}
    waiting, first = found.get(State.WAITING, (0, None))
    running, _ = found.get(State.RUNNING, (0, None))
    age = (now() - first).total_seconds() if first else 0.0
    yield GaugeMetricFamily("jobs_waiting", "Exports and papers that nobody has begun.", waiting)
    yield GaugeMetricFamily("jobs_running", "Exports and papers in the making.", running)
    yield GaugeMetricFamily("jobs_oldest_waiting_seconds", "How long the first one has waited.", age)


def _uploads() -> Iterable[Metric]:
    missing = func.coalesce(func.sum(PhotoUpload.length - PhotoUpload.received), 0)
    unfinished = PhotoUpload.received < PhotoUpload.length, PhotoUpload.expires_at > now()
    number, size = db.session.execute(select(func.count(), missing).where(*unfinished)).one()
    yield GaugeMetricFamily("uploads_waiting", "Photos of which something is missing.", number)
    yield GaugeMetricFamily("uploads_waiting_bytes", "What is missing of them.", float(size))


class Connections(Collector):
    """The answering process's connections to the database."""

    def collect(self) -> Iterable[Metric]:
        """Look at the pool."""
        pool = db.engine.pool
        if isinstance(pool, QueuePool):
            used = pool.checkedout()
            yield GaugeMetricFamily(
                "database_connections_used", "Connections in use, this one among them.", used
            )
            yield GaugeMetricFamily(
                "database_connections_idle", "Connections kept for the next.", pool.checkedin()
            )
            most = pool.size() + max(pool._max_overflow, 0)
            yield GaugeMetricFamily("database_connections_limit", "As many as there can be.", most)


def init_app(app: Flask) -> None:
    """Count every request that reaches the app; static files do not."""
    figures = app.extensions["metrics"] = Figures()

    @app.before_request
    def begin() -> None:
        g.begun = perf_counter()

    @app.after_request
    def count(response: Response) -> Response:
        route = request.url_rule.rule if request.url_rule else NO_ROUTE
        figures.count(_method(), route, response.status_code, perf_counter() - g.pop("begun", perf_counter()))
        return response


def _method() -> str:
    """The method, or one name for all that somebody may have invented."""
    return request.method if request.method in ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE") else "OTHER"


@bp.get("/metrics")
@public
def metrics() -> Response:
    """The figures, for this machine or for whoever has the token."""
    if not (_is_from_here() or _has_token()):
        abort(404)
    figures = cast(Figures, current_app.extensions["metrics"])
    return Response(figures.exposed(), content_type=CONTENT_TYPE_LATEST)


def _is_from_here() -> bool:
    if any(name in request.headers for name in FORWARDED):
        return False
    try:
        return ip_address(request.remote_addr or "").is_loopback
    except ValueError:
        return False


def _has_token() -> bool:
    token: str = current_app.config["METRICS_TOKEN"]
    sent = request.headers.get("Authorization", "").removeprefix("Bearer ")
    return bool(token) and hmac.compare_digest(sent.encode(), token.encode())
