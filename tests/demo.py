"""An app of its own, with the demo in its database or empty, for tests that look at much of it at once."""

from pathlib import Path
from typing import Any

from flask import Flask
from flask_migrate import upgrade

from tests.conftest import Browser
from tests.databases import database_of
from webapp import create_app, demo
from webapp.crypto import new_field_key


def demo_app(instance: Path, **overrides: Any) -> Flask:
    """Return an app of its own whose database holds the demo.

    :param instance: an empty folder for its data
    :param overrides: configuration that differs from the other tests' app
    """
    app = empty_app(instance, **overrides)
    with app.app_context():
        demo.fill()
    return app


def empty_app(instance: Path, **overrides: Any) -> Flask:
    """Return an app of its own that runs as a demo on an empty database, see :func:`demo_app`."""
    app = create_app(
        {
            "INSTANCE": instance,
            "ENVIRON": {
                "SECRET_KEY": "a demo's secret",
                "FIELD_KEY": new_field_key(),
                "DEMO": "1",
                "DATABASE_URL": database_of(instance).url,
            },
            "TESTING": True,
            "PROPAGATE_EXCEPTIONS": False,
            "ARGON2": {"time_cost": 1, "memory_cost": 8, "parallelism": 1},
            "RATELIMIT_ENABLED": False,
            **overrides,
        }
    )
    app.test_client_class = Browser
    with app.app_context():
        upgrade()
    return app
