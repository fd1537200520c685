"""PostgreSQL ends connections, stops and comes back: a clear page meanwhile, and nothing half-done after."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from flask.testing import FlaskClient
from flask_migrate import upgrade
from sqlalchemy import Engine, event, func
from werkzeug.test import TestResponse

from tests import factories
from tests.conftest import app_on
from tests.databases import SERVER, PostgresDatabase
from tests.inspections.phones import Phone, begun
from tests.postgres import Cluster, served
from tests.sessions import sign_in_as
from webapp.accounts.models import User
from webapp.database import db
from webapp.inspections.operations import Operation

pytestmark = pytest.mark.skipif(not SERVER, reason="runs on PostgreSQL: make test-postgres")


@contextmanager
def lost_at(place: int, app: Flask) -> Iterator[None]:
    """Lose the connections before the statement with this number, or where it is to be committed."""
    database, asked = PostgresDatabase(Path(app.instance_path)), 0
    db.session.commit()  # what the test itself looked at

    def count(*_: object) -> None:
        nonlocal asked
        asked += 1
        if asked == place:
            database.cut_off()

    for moment in ("before_cursor_execute", "commit"):
        event.listen(Engine, moment, count)
    try:
        yield
    finally:
        for moment in ("before_cursor_execute", "commit"):
            event.remove(Engine, moment, count)


def operations() -> int:
    """How many operations are kept."""
    return db.session.scalar(db.select(func.count()).select_from(Operation)) or 0


def reference(answer: TestResponse) -> str:
    """The number on a page that says that the system is busy."""
    page = BeautifulSoup(answer.text, "html.parser")
    assert answer.status_code == 503 and answer.headers["Retry-After"] == "5"
    assert page.h1 is not None and page.h1.text == "系统正忙"
    number = page.select_one("main b.num")
    assert number is not None
    return number.text


def test_a_connection_lost_at_any_statement_leaves_nothing_half_done(
    app: Flask, client: FlaskClient, inspector: User, capsys: pytest.CaptureFixture[str]
) -> None:
    phone = Phone(sign_in_as(client, inspector), inspector)
    phone.send(phone.create())
    draft = begun(phone)
    operation = phone.answer(draft.items[0].code, "no")
    before, place = operations(), 0
    while True:
        place += 1
        with lost_at(place, app):
            answer = phone.post(operation)
        if answer.status_code == 200:
            break
        assert reference(answer) in capsys.readouterr().out
        assert operations() == before
        db.session.refresh(draft)
        assert (draft.answered, draft.failed) == (0, 0)
    assert place > 5
    assert operations() == before + 1
    db.session.refresh(draft)
    assert (draft.answered, draft.failed) == (1, 1)


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    """A server of these tests' own, which they may stop."""
    with served(durable=True) as cluster:
        yield cluster


@pytest.fixture
def standing(cluster: Cluster, tmp_path: Path) -> Iterator[Flask]:
    """The app on that server."""
    with app_on(tmp_path, DATABASE_URL=cluster.url) as app:
        upgrade()
        yield app


def test_a_server_that_stops_and_starts_again(standing: Flask, cluster: Cluster) -> None:
    inspector = factories.UserFactory(inspector=True)
    browser = sign_in_as(standing.test_client(), inspector)
    phone = Phone(browser, inspector)
    phone.send(phone.create())
    draft = begun(phone)
    first, second = (phone.answer(item.code) for item in draft.items[:2])
    assert phone.post(first).status_code == 200
    db.session.rollback()
    cluster.stop()
    try:
        assert reference(phone.post(second)) != reference(browser.get("/inspections"))
        assert browser.get("/readyz").json == {"database": False, "storage": True}
        assert browser.get("/healthz").status_code == 200
    finally:
        cluster.start()
    assert browser.get("/inspections").status_code == 200
    assert phone.post(first, second).status_code == 200
    db.session.refresh(draft)
    assert draft.answered == 2
    assert browser.get("/readyz").status_code == 200
