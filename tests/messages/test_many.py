"""50,000 messages in the table cost the inbox no more statements, and none that reads them all."""

import re
from collections.abc import Callable

import pytest
from bs4 import BeautifulSoup
from flask.testing import FlaskClient
from sqlalchemy import insert, text, update

from tests.sessions import counted_statements
from webapp.accounts.models import User
from webapp.database import db, now, uuid7
from webapp.messages.models import Message
from webapp.messages.views import PAGE

MANY = 50_000


def send_many(user: User, number: int) -> None:
    rows = [{"uuid": uuid7(), "user_id": user.id, "title": "样例", "body": "样例"} for _ in range(number)]
    db.session.execute(insert(Message), rows)
    db.session.commit()


@pytest.fixture
def inbox(as_user: Callable[[User], FlaskClient], inspector: User) -> FlaskClient:
    return as_user(inspector)


def statements_of(inbox: FlaskClient, url: str) -> list[str]:
    with counted_statements() as statements:
        assert inbox.get(url).status_code == 200
    return statements


def plan(user: User, statement: str) -> str:
    """How the database would run the statement; the user's key stands for each parameter."""
    if db.engine.dialect.name == "sqlite":
        explained = f"EXPLAIN QUERY PLAN {statement.replace('?', str(user.id))}"
    else:
        db.session.execute(text("ANALYZE messages"))
        explained = "EXPLAIN " + re.sub(r"%\(\w+\)s(::\w+)?", str(user.id), statement)
    return "\n".join(str(row[-1]) for row in db.session.execute(text(explained)))


def test_the_inbox_costs_the_same_statements(inbox: FlaskClient, inspector: User, stranger: User) -> None:
    send_many(inspector, PAGE + 1)
    few = statements_of(inbox, "/messages")
    send_many(stranger, MANY // 2)
    send_many(inspector, MANY // 2)
    assert statements_of(inbox, "/messages") == few


def test_the_last_page_is_as_near_as_the_first(inbox: FlaskClient, inspector: User) -> None:
    send_many(inspector, MANY)
    oldest = Message.visible_to(inspector).order_by(Message.id).offset(PAGE + 1).limit(1)
    url = f"/messages?after={db.session.scalars(oldest).one().uuid}"
    statements = statements_of(inbox, url)
    (page,) = [s for s in statements if "ORDER BY messages.id DESC" in s]
    found = plan(inspector, page)
    assert re.search(r"ix_messages_user_id_id.*user_id ?= ?[^)]*\)? AND \(?id ?<", found, re.S)
    assert "TEMP B-TREE" not in found and "Sort" not in found


def test_the_mark_stops_counting(inbox: FlaskClient, inspector: User) -> None:
    send_many(inspector, MANY // 10)
    mark = BeautifulSoup(inbox.get("/messages").text, "html.parser").select_one("#unread")
    assert mark is not None and mark.text == "99+ 条未读"
    assert Message.unread_count(inspector) == Message.COUNTED


def test_the_mark_reads_the_unread_alone(inbox: FlaskClient, inspector: User) -> None:
    send_many(inspector, MANY // 2)
    db.session.execute(update(Message).values(read_at=now()))
    (count,) = [s for s in statements_of(inbox, "/messages") if "count(*)" in s]
    assert "ix_messages_unread" in plan(inspector, count)


def test_the_home_mark_stops_counting_too(inbox: FlaskClient, inspector: User) -> None:
    send_many(inspector, Message.COUNTED)
    assert "99+" in BeautifulSoup(inbox.get("/").text, "html.parser").select_one(".hero-mark").text
