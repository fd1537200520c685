"""The app on a real, migrated database; every test begins with an empty one."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import Context
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, has_app_context
from flask.testing import FlaskClient
from flask_migrate import upgrade
from hypothesis import settings
from werkzeug.test import TestResponse

from tests import factories
from tests.attachments.s3 import KEYS, Store, served
from tests.databases import database_of
from tests.sessions import sign_in_as
from webapp import create_app
from webapp.accounts.models import User
from webapp.attachments.storage import Storage, storage_from_url
from webapp.crypto import new_field_key
from webapp.database import db
from webapp.extensions import limiter

# A busy machine makes slow examples, not wrong ones.
settings.register_profile("steady", deadline=None)
settings.load_profile("steady")


class Browser(FlaskClient):
    """Sends each request as a server meets it: in a context of its own, on committed data."""

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        if not has_app_context():
            return super().open(*args, **kwargs)  # a redirect that the first call follows
        db.session.commit()
        response = Context().run(super().open, *args, **kwargs)
        db.session.expire_all()
        return response


ENVIRON = {"SECRET_KEY": "a test's secret", "FIELD_KEY": new_field_key()}
CHEAP_HASH = {"time_cost": 1, "memory_cost": 8, "parallelism": 1}


def made(instance: Path, **environ: str) -> Flask:
    """Make the app as tests want it."""
    app = create_app(
        {
            "INSTANCE": instance,
            "ENVIRON": ENVIRON | environ,
            "TESTING": True,
            "PROPAGATE_EXCEPTIONS": False,
            "ARGON2": CHEAP_HASH,
            "WTF_CSRF_ENABLED": False,
            "RATELIMIT_ENABLED": False,
        }
    )
    app.test_client_class = Browser
    return app


@contextmanager
def app_on(instance: Path, **environ: str) -> Iterator[Flask]:
    """An app beside the usual one, for a test that needs other settings; it may query the database."""
    app = made(instance, **environ)
    with app.app_context():
        yield app
        db.session.remove()
        for engine in db.engines.values():
            engine.dispose()


@pytest.fixture(scope="session")
def app(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    instance = tmp_path_factory.mktemp("instance")
    database = database_of(instance)
    app = made(instance, DATABASE_URL=database.url)
    with app.app_context():
        upgrade()
        db.engine.dispose()
    database.keep("empty")
    return app


@pytest.fixture(autouse=True)
def context(request: pytest.FixtureRequest) -> Iterator[None]:
    """Every test that uses the app finds an empty database and may query it without further ado."""
    if "app" not in request.fixturenames:
        yield
        return
    app: Flask = request.getfixturevalue("app")
    database_of(Path(app.instance_path)).bring_back("empty")
    if limiter.enabled:
        limiter.reset()
    with app.app_context():
        yield
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A browser that nobody has signed in."""
    return app.test_client()


@pytest.fixture
def as_user(app: Flask) -> Callable[[User], FlaskClient]:
    """Open a browser in which a user is signed in."""
    return lambda user: sign_in_as(app.test_client(), user)


@pytest.fixture
def administrator(app: Flask) -> User:
    """Administrator of an approved clinic."""
    return factories.UserFactory(administrator=True)


@pytest.fixture
def inspector(app: Flask, administrator: User) -> User:
    """Inspector of the administrator's clinic, for its whole scope."""
    return factories.UserFactory(inspector=True, institution=administrator.institution)


@pytest.fixture
def stranger(app: Flask) -> User:
    """Inspector and administrator of another clinic in another district."""
    elsewhere = factories.InstitutionFactory(district="500108")
    return factories.UserFactory(administrator=True, inspector=True, institution=elsewhere)


@pytest.fixture
def reviewer(app: Flask) -> User:
    """Reviewer of the district in which factories put institutions."""
    return factories.UserFactory(reviewer=True, district=factories.DISTRICT)


@pytest.fixture
def other_reviewer(app: Flask) -> User:
    """Reviewer of a district in which there is nothing."""
    return factories.UserFactory(reviewer=True, district="500103")


@pytest.fixture(scope="session")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """An S3 server, and the keys to it where a server's settings would have them."""
    with pytest.MonkeyPatch.context() as patch, served(tmp_path_factory.mktemp("s3")) as store:
        for name, value in KEYS.items():
            patch.setenv(name, value)
        yield store


@pytest.fixture
def bucket(app: Flask, store: Store, monkeypatch: pytest.MonkeyPatch) -> Storage:
    """The app's storage is an empty bucket."""
    storage = storage_from_url(store.bucket_url())
    monkeypatch.setitem(app.extensions, "storage", storage)
    return storage
