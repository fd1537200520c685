"""全部标为已读: whatever the page knew of, and nothing of anybody else."""

from collections.abc import Callable

import pytest
from bs4 import BeautifulSoup
from flask.testing import FlaskClient

from tests import factories
from tests.htmx import HTMX
from tests.sessions import counted_statements
from webapp.accounts.models import User
from webapp.database import now, uuid7
from webapp.messages.models import Message

URL = "/messages/reading"


@pytest.fixture
def inbox(as_user: Callable[[User], FlaskClient], inspector: User) -> FlaskClient:
    return as_user(inspector)


def send(user: User, number: int = 1, **fields: object) -> list[Message]:
    return [factories.MessageFactory(user_id=user.id, **fields) for _ in range(number)]


def form(page: str) -> dict[str, str] | None:
    found = BeautifulSoup(page, "html.parser").select_one(f'form[action="{URL}"] [name=newest]')
    return {"newest": str(found["value"])} if found else None


def test_it_works(inbox: FlaskClient, inspector: User) -> None:
    messages = send(inspector, 30)
    answer = inbox.post(URL, data=form(inbox.get("/messages").text))
    assert (answer.status_code, answer.location) == (303, "/messages")
    assert all(message.read_at for message in messages)
    assert "未读 </span>" not in inbox.get("/messages").text


def test_what_came_in_since_stays_unread(inbox: FlaskClient, inspector: User) -> None:
    (known,) = send(inspector)
    shown = form(inbox.get("/messages").text)
    (later,) = send(inspector)
    inbox.post(URL, data=shown)
    assert known.read_at is not None and later.read_at is None


def test_what_was_read_keeps_its_moment(inbox: FlaskClient, inspector: User) -> None:
    (read,) = send(inspector, read_at=now())
    before = read.read_at
    send(inspector)
    inbox.post(URL, data=form(inbox.get("/messages").text))
    assert read.read_at == before


def test_other_peoples_stay_unread(inbox: FlaskClient, inspector: User, administrator: User) -> None:
    (foreign,) = send(administrator)
    send(inspector)
    inbox.post(URL, data=form(inbox.get("/messages").text))
    assert foreign.read_at is None


def test_it_is_offered_only_when_something_is_unread(inbox: FlaskClient, inspector: User) -> None:
    send(inspector, read_at=now())
    assert form(inbox.get("/messages").text) is None


@pytest.mark.parametrize("newest", ["", "3", str(uuid7())], ids=["none", "no uuid", "unknown"])
def test_it_rejects_bad_input(inbox: FlaskClient, newest: str) -> None:
    assert inbox.post(URL, data={"newest": newest}).status_code == 404


def test_a_strangers_message_is_not_found(inbox: FlaskClient, inspector: User, stranger: User) -> None:
    (mine,), (foreign,) = send(inspector), send(stranger)
    assert inbox.post(URL, data={"newest": foreign.uuid}).status_code == 404
    assert mine.read_at is None


def test_it_asks_to_sign_in(client: FlaskClient) -> None:
    assert client.post(URL).location == "/login"


def test_htmx_is_sent_to_the_page(inbox: FlaskClient, inspector: User) -> None:
    (message,) = send(inspector)
    answer = inbox.post(URL, data={"newest": message.uuid}, headers=HTMX)
    assert (answer.status_code, answer.headers["HX-Redirect"]) == (204, "/messages")


def test_it_counts_statements(inbox: FlaskClient, inspector: User) -> None:
    counts = []
    for number in (1, 40):
        *_, newest = send(inspector, number)
        with counted_statements() as statements:
            inbox.post(URL, data={"newest": newest.uuid})
        counts.append(len(statements))
    assert counts[0] == counts[1]
