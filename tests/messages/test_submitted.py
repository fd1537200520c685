"""收到自查上报: the institution's administrators are told what was handed in, each once."""

from collections.abc import Callable

from flask.testing import FlaskClient

from tests import factories
from tests.inspections.conftest import answer_all
from tests.sessions import counted_statements
from webapp.accounts.models import User
from webapp.database import db
from webapp.inspections.models import Inspection
from webapp.inspections.submission import submit
from webapp.messages.models import Message

SignedIn = Callable[[User], FlaskClient]


def handed_in(inspector: User, value: str = "yes") -> Inspection:
    draft = answer_all(factories.InspectionFactory(inspector=inspector), value)
    submit(draft, by=inspector)
    return draft


def inbox(user: User) -> list[Message]:
    return list(db.session.scalars(Message.visible_to(user)))


def test_the_administrator_is_told(inspector: User, administrator: User) -> None:
    record = handed_in(inspector, "no")
    (message,) = inbox(administrator)
    assert (message.title, message.read_at) == (f"收到自查上报：{record.short_titles}", None)
    for told in (inspector.name, "日常自查", f"否 {record.failed} 项"):
        assert told in message.body


def test_the_link_leads_to_the_record(as_user: SignedIn, inspector: User, administrator: User) -> None:
    record = handed_in(inspector)
    page = as_user(administrator).get(inbox(administrator)[0].link)
    assert page.status_code == 200 and record.digest in page.text


def test_every_administrator_is_told_once(inspector: User, administrator: User) -> None:
    second = factories.UserFactory(administrator=True, institution=administrator.institution)
    record = handed_in(inspector)
    submit(record, by=inspector)
    assert [len(inbox(user)) for user in (administrator, second)] == [1, 1]


def test_nobody_else_is_told(inspector: User, administrator: User, stranger: User, reviewer: User) -> None:
    colleague = factories.UserFactory(scorer=True, institution=administrator.institution)
    left = factories.UserFactory(administrator=True, is_active=False, institution=administrator.institution)
    handed_in(inspector)
    assert [inbox(user) for user in (inspector, stranger, reviewer, colleague, left)] == [[]] * 5


def test_who_hands_in_need_not_be_told(administrator: User) -> None:
    both = factories.UserFactory(administrator=True, inspector=True, institution=administrator.institution)
    handed_in(both)
    assert (len(inbox(both)), len(inbox(administrator))) == (0, 1)


def test_nobody_is_told_of_what_was_refused(as_user: SignedIn, inspector: User, administrator: User) -> None:
    draft = factories.InspectionFactory(inspector=inspector)
    assert as_user(inspector).post(f"/inspections/{draft.uuid}/submission").status_code == 422
    assert inbox(administrator) == []


def test_it_counts_statements(inspector: User, administrator: User) -> None:
    counts = []
    for more in (0, 20):
        for _ in range(more):
            factories.UserFactory(administrator=True, institution=administrator.institution)
        draft = answer_all(factories.InspectionFactory(inspector=inspector))
        db.session.expire_all()
        with counted_statements() as statements:
            submit(draft, by=inspector)
        counts.append([statement.split("(")[0] for statement in statements])
    assert len(counts[0]) == len(counts[1])
