"""Lists and exports from a real copy that follows the database, and from the database when it will not do."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from flask.testing import FlaskClient
from flask_migrate import upgrade
from sqlalchemy import event, text

from tests import factories
from tests.conftest import app_on
from tests.databases import SERVER
from tests.jobs.doing import do_jobs, downloaded, last_job, sheets
from tests.postgres import Cluster, served
from tests.sessions import sign_in_as
from tests.supervision.records import registration_in
from webapp.database import db, uuid7
from webapp.institutions.registrations import Registration
from webapp.replica import COOKIE

pytestmark = pytest.mark.skipif(not SERVER, reason="runs on PostgreSQL: make test-postgres")
LIST = "/supervision/registrations"


@pytest.fixture(scope="module")
def clusters(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Cluster, Cluster]]:
    """A server with the app's tables, and a copy that follows it."""
    with served(durable=True) as primary:
        with app_on(tmp_path_factory.mktemp("instance"), DATABASE_URL=primary.url):
            upgrade()
        with served(primary, durable=True) as copy:
            yield primary, copy


@pytest.fixture
def copied(clusters: tuple[Cluster, Cluster], tmp_path: Path) -> Iterator[Flask]:
    """The app on both."""
    primary, copy = clusters
    with app_on(tmp_path, DATABASE_URL=primary.url, DATABASE_REPLICA_URL=copy.url) as app:
        yield app


@pytest.fixture
def registration(copied: Flask) -> Registration:
    """One that waits, in a district of its own: what other tests made stays where it is."""
    return registration_in(factories.DISTRICT, name=f"待审{uuid7().hex[-8:]}门诊部")


@pytest.fixture
def desk(copied: Flask, registration: Registration) -> FlaskClient:
    """A reviewer's browser."""
    reviewer = factories.UserFactory(reviewer=True, district=factories.DISTRICT)
    return sign_in_as(copied.test_client(), reviewer)


@contextmanager
def asked_of_the_copy() -> Iterator[list[str]]:
    """Collect what is asked of the copy."""
    asked: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        asked.append(statement)

    event.listen(db.engines["replica"], "before_cursor_execute", note)
    try:
        yield asked
    finally:
        event.remove(db.engines["replica"], "before_cursor_execute", note)


def waiting(desk: FlaskClient) -> str:
    """What the list of those that wait says."""
    page = BeautifulSoup(desk.get(f"{LIST}?status=pending").text, "html.parser")
    return page.select("#list")[0].get_text()


def follow() -> None:
    """Wait until the copy has everything."""
    db.session.commit()
    here = db.session.scalar(text("SELECT CAST(pg_current_wal_insert_lsn() AS text)"))
    db.session.commit()
    there = text("SELECT pg_last_wal_replay_lsn() >= CAST(:here AS pg_lsn)")
    with db.engines["replica"].connect() as copy:
        while not copy.execute(there, {"here": here}).scalar():
            copy.rollback()


@contextmanager
def standing_still() -> Iterator[None]:
    """Let the copy hear of nothing new, as when it is behind."""
    follow()
    _tell("SELECT pg_wal_replay_pause()")
    try:
        yield
    finally:
        _tell("SELECT pg_wal_replay_resume()")


def _tell(what: str) -> None:
    with db.engines["replica"].connect() as copy:
        copy.execute(text(what))


def test_lists_and_the_desk_come_from_the_copy(desk: FlaskClient, registration: Registration) -> None:
    follow()
    name = registration.institution.name
    for url in (LIST, "/supervision/", "/supervision/overdue", "/supervision/inspections"):
        with asked_of_the_copy() as asked:
            page = desk.get(url)
        assert page.status_code == 200 and len(asked) >= 2, url
        assert url != LIST or name in page.text


def test_details_and_sessions_do_not(desk: FlaskClient, registration: Registration) -> None:
    follow()
    with asked_of_the_copy() as asked:
        assert desk.get(f"{LIST}/{registration.uuid}").status_code == 200
        assert desk.get("/messages").status_code == 200
    assert asked == []


def test_others_appear_when_the_copy_has_them(desk: FlaskClient, copied: Flask) -> None:
    with standing_still():
        late = registration_in(factories.DISTRICT, name=f"晚到{uuid7().hex[-8:]}门诊部")
        db.session.commit()
        assert late.institution.name not in desk.get(LIST).text
    follow()
    assert late.institution.name in desk.get(LIST).text


def test_who_decides_sees_the_decision(desk: FlaskClient, registration: Registration) -> None:
    assert registration.institution.name in waiting(desk)
    with standing_still():
        answer = desk.post(f"{LIST}/{registration.uuid}/decision", data={"result": "approved"})
        assert answer.status_code == 303
        with asked_of_the_copy() as asked:
            assert registration.institution.name not in waiting(desk)
        assert len(asked) == 1
    follow()
    with asked_of_the_copy() as asked:
        assert registration.institution.name not in waiting(desk)
    assert len(asked) > 1


def test_a_forged_mark_harms_nobody(desk: FlaskClient) -> None:
    follow()
    for forged in ("FFFFFFFF/FFFFFFFF", "0/0'; DROP TABLE users", "照片"):
        desk.set_cookie(COOKIE, forged)
        assert desk.get(LIST).status_code == 200


def test_a_copy_that_is_far_behind_is_passed_over(desk: FlaskClient, copied: Flask) -> None:
    copied.config["REPLICA_BEHIND"] = 0
    with standing_still():
        late = registration_in(factories.DISTRICT, name=f"落后{uuid7().hex[-8:]}门诊部")
        db.session.commit()
        assert late.institution.name in desk.get(LIST).text
        assert desk.get("/readyz").json == {"database": True, "storage": True, "replica": False}
    follow()


def test_a_copy_that_is_gone_is_passed_over(
    desk: FlaskClient, clusters: tuple[Cluster, Cluster], registration: Registration
) -> None:
    follow()
    assert desk.get("/readyz").json == {"database": True, "storage": True, "replica": True}
    copy = clusters[1]
    copy.stop()
    try:
        assert registration.institution.name in desk.get(LIST).text
        answer = desk.get("/readyz")
        assert (answer.status_code, answer.json) == (
            200,
            {"database": True, "storage": True, "replica": False},
        )
    finally:
        copy.start()
    follow()
    assert desk.get("/readyz").json == {"database": True, "storage": True, "replica": True}
    with asked_of_the_copy() as asked:
        assert desk.get(LIST).status_code == 200
    assert len(asked) > 1


def test_an_export_has_all_that_was_there_when_it_began(
    desk: FlaskClient, registration: Registration
) -> None:
    start = desk.post(f"{LIST}/export/start", data={"uuid": str(uuid7()), "numbers": "masked"})
    assert start.status_code == 303, start.text
    with asked_of_the_copy() as asked:
        do_jobs()
    assert [statement for statement in asked if "FROM registrations" in statement]
    rows = next(iter(sheets(downloaded(desk, last_job())).values()))
    assert registration.institution.name in str(rows)
