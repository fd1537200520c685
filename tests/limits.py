"""A browser for which rates are limited; the other tests knock as often as they like."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from flask import Flask
from flask.testing import FlaskClient

from webapp import create_app
from webapp.database import db
from webapp.extensions import limiter

SAME = ("TESTING", "ARGON2", "WTF_CSRF_ENABLED", "SQLALCHEMY_DATABASE_URI", "SQLALCHEMY_ENGINE_OPTIONS")


@contextmanager
def limited(app: Flask) -> Iterator[FlaskClient]:
    """Open a browser on an app beside the tests' own, with the same database and with limits."""
    settings = {name: app.config[name] for name in SAME}
    keys = {name: app.config[name] for name in ("SECRET_KEY", "FIELD_KEY")}
    beside = create_app(
        {"INSTANCE": Path(app.instance_path), "ENVIRON": keys, "RATELIMIT_ENABLED": True, **settings}
    )
    limiter.reset()
    try:
        yield beside.test_client()
    finally:
        limiter.enabled = False
        with beside.app_context():
            db.engine.dispose()
