"""Whose operations are taken: POST /inspections/<uuid>/operations."""

import pytest

from tests import factories
from tests.inspections.phones import Phone
from webapp.database import db
from webapp.inspections.operations import Operation

pytestmark = pytest.mark.usefixtures("app")


def test_another_users_operations_are_not_taken(outbox, draft, stranger):
    answer = outbox.post(outbox.answer(draft.items[0].code), user=str(stranger.uuid))
    assert answer.status_code == 401
    assert draft.answers() == {}


def test_nobody_signed_in_is_told_so(client, inspector, draft):
    outbox = Phone(client, inspector, draft.uuid)
    assert outbox.post(outbox.answer(draft.items[0].code)).status_code == 401


def test_a_disabled_account_is_signed_out(outbox, inspector, draft):
    inspector.is_active = False
    db.session.commit()
    assert outbox.post(outbox.answer(draft.items[0].code)).status_code == 401
    assert draft.answers() == {}


def test_whoever_inspects_no_longer_is_refused(outbox, inspector, draft):
    inspector.is_inspector = False
    db.session.commit()
    assert outbox.post(outbox.answer(draft.items[0].code)).status_code == 403


@pytest.mark.parametrize("kind", ["answer", "create", "submit", "delete"])
def test_it_hides_what_is_somebody_elses(as_user, stranger, inspector, draft, kind):
    colleague = factories.UserFactory(inspector=True, institution=inspector.institution)
    for user in (stranger, colleague):
        outbox = Phone(as_user(user), user, draft.uuid)
        sent = outbox.create() if kind == "create" else outbox.operation(kind, draft.items[0].code, "yes")
        assert outbox.post(sent).status_code == 404
    assert db.session.query(Operation).count() == 0


def test_it_handles_a_missing_uuid(phone, inspector):
    outbox = Phone(phone, inspector)
    assert outbox.post(outbox.answer("JG-ZZ-001")).status_code == 404
