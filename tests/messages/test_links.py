"""What a message leads to opens for whoever got it."""

from collections.abc import Callable

from bs4 import BeautifulSoup
from flask.testing import FlaskClient

from tests import factories
from tests.sessions import counted_statements
from webapp.accounts.models import User
from webapp.database import db
from webapp.institutions.registrations import Registration, resubmit
from webapp.messages.models import Message

SignedIn = Callable[[User], FlaskClient]


def sent_again(registration: Registration, reviewer: User) -> list[str]:
    """Return a registration, send it again, and give what that asked of the database."""
    registration.return_("证照不清晰", by=reviewer)
    with counted_statements() as statements:
        resubmit(registration, {"credit_code": registration.institution.credit_code}, {})
    return statements


def test_a_reviewer_is_led_to_the_registration(as_user: SignedIn, reviewer: User) -> None:
    registration = factories.RegistrationFactory()
    sent_again(registration, reviewer)
    (message,) = db.session.scalars(Message.visible_to(reviewer))
    page = as_user(reviewer).get(message.link)
    assert page.status_code == 200 and registration.institution.name in page.text


def test_reviewers_of_other_districts_are_not_told(reviewer: User, other_reviewer: User) -> None:
    sent_again(factories.RegistrationFactory(), reviewer)
    assert db.session.scalars(Message.visible_to(other_reviewer)).all() == []


def test_telling_reviewers_counts_statements(reviewer: User) -> None:
    counts = []
    for more in (0, 10):
        for _ in range(more):
            factories.UserFactory(reviewer=True, district=factories.DISTRICT)
        counts.append(len(sent_again(factories.RegistrationFactory(), reviewer)))
    assert counts[0] == counts[1]


def test_the_link_of_an_opened_message_opens(as_user: SignedIn, inspector: User) -> None:
    factories.MessageFactory(user_id=inspector.id, link="/inspections/new")
    browser = as_user(inspector)
    (message,) = db.session.scalars(Message.visible_to(inspector))
    opened = BeautifulSoup(browser.post(f"/messages/{message.uuid}/reading").text, "html.parser")
    link = opened.select_one("details[open] a")
    assert link is not None and browser.get(str(link["href"])).status_code == 200
