"""The same batch from eight connections at once, or from two devices: applied once, lost never."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.inspections.phones import SCOPE, Phone, Sent
from webapp.accounts.models import User
from webapp.catalog import catalog
from webapp.database import db
from webapp.inspections.answers import Answer
from webapp.inspections.models import Inspection
from webapp.inspections.operations import Operation

pytestmark = pytest.mark.usefixtures("app")
TIMES = 8

SendAll = Callable[[list[tuple[Phone, list[Sent]]]], list[Any]]


@pytest.fixture
def send_all(app: Flask) -> SendAll:
    """Send several batches at once and return the bodies of the answers."""

    def post(phone: Phone, batch: list[Sent]) -> Any:
        with app.app_context():
            answer = phone.post(*batch)
            return answer.get_json() if answer.status_code == 200 else answer.status_code

    def send(batches: list[tuple[Phone, list[Sent]]]) -> list[Any]:
        db.session.commit()
        with ThreadPoolExecutor(len(batches)) as pool:
            return list(pool.map(lambda each: post(*each), batches))

    return send


@pytest.fixture
def phones(as_user: Callable[[User], FlaskClient], inspector: User) -> list[Phone]:
    """Eight connections of one device, with an inspection that is not begun yet."""
    first = Phone(as_user(inspector), inspector)
    return [first, *(Phone(as_user(inspector), inspector, first.inspection) for _ in range(TIMES - 1))]


def the_same(phones: list[Phone], *batch: Sent) -> list[tuple[Phone, list[Sent]]]:
    return [(phone, list(batch)) for phone in phones]


def test_an_inspection_begins_once(phones, send_all):
    phone = phones[0]
    codes = [item.code for item in catalog().current_checklist().items_in(SCOPE)[:20]]
    bodies = send_all(the_same(phones, phone.create(), *map(phone.answer, codes)))
    assert bodies == [bodies[0]] * TIMES
    assert {result["status"] for result in bodies[0]["results"]} == {200}
    assert db.session.query(Inspection).count() == 1
    assert db.session.query(Answer).count() == 20 and db.session.query(Operation).count() == 21


def test_a_draft_is_deleted_once(phones, send_all):
    phone = phones[0]
    phone.send(phone.create(), phone.answer("JG-ZZ-001"))
    bodies = send_all(the_same(phones, phone.operation("delete")))
    assert bodies == [bodies[0]] * TIMES and bodies[0]["results"][0]["status"] == 200
    assert db.session.query(Inspection).count() == 0


def test_an_inspection_is_handed_in_once(phones, send_all):
    phone = phones[0]
    scope = min(
        catalog().current_checklist().all_chapters, key=lambda chapter: len(chapter.subcategory.items)
    )
    phone.send(phone.create([scope.subcategory.code]))
    for item in scope.subcategory.items:
        phone.send(phone.answer(item.code))
    bodies = send_all(the_same(phones, phone.submit()))
    assert bodies == [bodies[0]] * TIMES and bodies[0]["results"][0]["status"] == 200
    assert db.session.scalars(db.select(Inspection.chain_number)).all() == [1]


def test_two_devices_at_once_are_both_heard(as_user, inspector, phones, send_all):
    phones[0].send(phones[0].create())
    codes = [item.code for item in catalog().current_checklist().items_in(SCOPE)[:30]]
    devices = [Phone(as_user(inspector), inspector, phones[0].inspection, device) for device in "ABCD"]
    values = dict(zip("ABCD", ["yes", "no", "na", "no"], strict=True))
    batches = [(phone, [phone.answer(code, values[phone.device]) for code in codes]) for phone in devices]
    bodies = send_all(batches)
    outcomes = [[result["outcome"] for result in body["results"]] for body in bodies]
    assert sorted(set(map(tuple, outcomes))) == [("applied",) * 30, ("conflict",) * 30]
    assert db.session.query(Operation).count() == 1 + 4 * 30


def test_an_identifier_taken_elsewhere_meanwhile_is_refused_once(as_user, inspector, phones, send_all):
    """Two inspections claim one operation at once: one gets it, the other is told."""
    here, there = phones[0], Phone(as_user(inspector), inspector)
    sent = here.answer("JG-ZZ-001")
    for phone in (here, there):
        phone.send(phone.create())
    bodies = send_all([(here, [sent]), (there, [sent])])
    assert sorted(body["results"][0]["status"] for body in bodies) == [200, 409]
    assert db.session.query(Answer).count() == 1
