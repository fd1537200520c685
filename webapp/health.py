"""Addresses for whoever watches the service: alive, ready, and figures."""

from flask import Blueprint, Response, jsonify
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from webapp.access import public
from webapp.attachments.models import storage
from webapp.database import db
from webapp.extensions import limiter
from webapp.replica import replica_answers

bp = Blueprint("health", __name__)
limiter.exempt(bp)


@bp.get("/healthz")
@public
def process() -> Response:
    """The process answers."""
    return jsonify(status="ok")


@bp.get("/readyz")
@public
def readiness() -> tuple[Response, int]:
    """Database and storage answer; a replica is named where there is one, but nothing depends on it."""
    parts = {"database": _database_answers(), "storage": storage().ready()}
    status = 200 if all(parts.values()) else 503
    replica = replica_answers() if parts["database"] else None
    return jsonify(parts if replica is None else {**parts, "replica": replica}), status


def _database_answers() -> bool:
    try:
        db.session.execute(text("SELECT 1"))
    except SQLAlchemyError:
        return False
    return True
