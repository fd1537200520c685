"""系统消息: one's own, newest first, the unread ones marked."""

from collections.abc import Callable

import pytest
from bs4 import BeautifulSoup
from flask.testing import FlaskClient

from tests import factories
from tests.htmx import HTMX, normalised, swapped
from tests.sessions import counted_statements
from webapp.accounts.models import User
from webapp.database import now
from webapp.messages.models import Message
from webapp.messages.views import PAGE

SignedIn = Callable[[User], FlaskClient]
URL = "/messages"


@pytest.fixture
def inbox(as_user: SignedIn, inspector: User) -> FlaskClient:
    return as_user(inspector)


def send(user: User, *titles: str, **fields: object) -> list[Message]:
    return [factories.MessageFactory(user_id=user.id, title=title, **fields) for title in titles]


def titles(page: str) -> list[str]:
    found = BeautifulSoup(page, "html.parser").select(".record-title")
    return [title.get_text(strip=True) for title in found]


def test_it_works(inbox: FlaskClient, inspector: User) -> None:
    send(inspector, "甲", read_at=now())
    send(inspector, "乙")
    assert titles(inbox.get(URL).text) == ["未读乙", "甲"]


def test_it_asks_to_sign_in(client: FlaskClient) -> None:
    assert client.get(URL).location == "/login?next=/messages"


def test_it_hides_other_peoples(inbox: FlaskClient, administrator: User) -> None:
    send(administrator, "甲")
    assert titles(inbox.get(URL).text) == []


def test_an_empty_inbox_says_so(inbox: FlaskClient) -> None:
    assert "没有消息" in inbox.get(URL).text


def test_the_mark_counts_the_unread(inbox: FlaskClient, inspector: User) -> None:
    send(inspector, "甲", "乙")
    send(inspector, "丙", read_at=now())
    mark = BeautifulSoup(inbox.get(URL).text, "html.parser").select_one("#unread")
    assert mark is not None and mark.text == "2 条未读"


def test_the_mark_is_hidden_when_all_is_read(inbox: FlaskClient) -> None:
    mark = BeautifulSoup(inbox.get(URL).text, "html.parser").select_one("#unread")
    assert mark is not None and mark.has_attr("hidden")


def test_what_was_read_unfolds_and_links(inbox: FlaskClient, inspector: User) -> None:
    send(inspector, "甲", body="请及时处理。", link="/inspections", read_at=now())
    entry = BeautifulSoup(inbox.get(URL).text, "html.parser").select_one("details")
    assert entry is not None and "请及时处理。" in entry.text
    assert entry.select_one('a[href="/inspections"]')


def test_words_are_no_markup(inbox: FlaskClient, inspector: User) -> None:
    send(inspector, "<b>甲</b>", read_at=now())
    assert "&lt;b&gt;甲" in inbox.get(URL).text


def test_paging_shows_each_message_once(inbox: FlaskClient, inspector: User) -> None:
    send(inspector, *(str(number) for number in range(PAGE + 3)), read_at=now())
    first = inbox.get(URL).text
    more = BeautifulSoup(first, "html.parser").select_one(".more a")
    assert more is not None
    second = inbox.get(str(more["href"])).text
    assert titles(first) + titles(second) == [str(number) for number in reversed(range(PAGE + 3))]


def test_more_by_htmx_is_entries_alone(inbox: FlaskClient, inspector: User) -> None:
    _, last = send(inspector, "甲", "乙", read_at=now())
    fragment = inbox.get(f"{URL}?after={last.uuid}", headers=HTMX).text
    assert titles(fragment) == ["甲"]
    assert "<main" not in fragment


def test_paging_from_a_strangers_message_is_not_found(inbox: FlaskClient, stranger: User) -> None:
    (foreign,) = send(stranger, "甲")
    assert inbox.get(f"{URL}?after={foreign.uuid}").status_code == 404
    assert inbox.get(f"{URL}?after=3").status_code == 404


def test_it_counts_statements(inbox: FlaskClient, inspector: User) -> None:
    counts = []
    for more in (5, 35):
        send(inspector, *["甲"] * more)
        with counted_statements() as statements:
            inbox.get(URL)
        counts.append(len(statements))
    assert counts[0] == counts[1]


def reading(message: Message) -> str:
    return f"{URL}/{message.uuid}/reading"


def test_looking_at_the_list_reads_nothing(inbox: FlaskClient, inspector: User) -> None:
    (message,) = send(inspector, "甲")
    inbox.get(URL)
    assert message.read_at is None


def test_opening_reads(inbox: FlaskClient, inspector: User) -> None:
    (message,) = send(inspector, "甲", body="请及时处理。")
    answer = inbox.post(reading(message))
    assert message.read_at is not None
    assert "请及时处理。" in answer.text


def test_opening_again_changes_nothing(inbox: FlaskClient, inspector: User) -> None:
    (message,) = send(inspector, "甲")
    inbox.post(reading(message))
    first = message.read_at
    assert inbox.post(reading(message)).status_code == 200
    assert message.read_at == first


def test_opening_by_htmx_renews_the_entry_and_the_mark(inbox: FlaskClient, inspector: User) -> None:
    (message, _) = send(inspector, "甲", "乙")
    page = inbox.get(URL).text
    fragment = inbox.post(reading(message), headers=HTMX).text
    after = BeautifulSoup(swapped(page, fragment, f"#m-{message.uuid}", "outerHTML"), "html.parser")
    fresh = BeautifulSoup(normalised(inbox.get(URL).text), "html.parser")
    opened = after.select_one("details[open]")
    assert opened is not None
    del opened["open"]
    assert after == fresh


def test_opening_rejects_get(inbox: FlaskClient, inspector: User) -> None:
    (message,) = send(inspector, "甲")
    assert inbox.get(reading(message)).status_code == 405


def test_opening_a_strangers_is_not_found(inbox: FlaskClient, stranger: User) -> None:
    (message,) = send(stranger, "甲")
    assert inbox.post(reading(message)).status_code == 404
    assert message.read_at is None


def test_opening_asks_to_sign_in(client: FlaskClient, inspector: User) -> None:
    (message,) = send(inspector, "甲")
    assert client.post(reading(message)).location == "/login"
