"""One operation at a time: PUT /inspections/<uuid>/operations/<op>."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests import factories
from tests.htmx import normalised, swapped
from tests.sessions import counted_statements
from webapp.database import db, uuid7
from webapp.inspections.answers import Answer
from webapp.inspections.models import Inspection
from webapp.inspections.operations import Operation

pytestmark = pytest.mark.usefixtures("app")


def put(client: FlaskClient, draft: Inspection, op: UUID | None = None, **body: Any) -> Any:
    sent = {"kind": "answer", "item": draft.items[0].code, "value": "yes", "device": "A", "seq": 1, **body}
    return client.put(f"/inspections/{draft.uuid}/operations/{op or uuid7()}", json=sent)


def stored(draft: Inspection) -> dict[str, Answer]:
    db.session.expire_all()
    return draft.answers()


def test_it_works(phone, draft):
    answer = put(phone, draft)
    assert answer.status_code == 200
    assert stored(draft)[draft.items[0].code].value == "yes"
    assert "已上传" in answer.text and f"1 / {draft.total}" in answer.text


def test_it_keeps_the_counts(phone, draft):
    for item, value in zip(draft.items, ["yes", "no", "na"], strict=False):
        put(phone, draft, item=item.code, value=value)
    put(phone, draft, item=draft.items[0].code, value="no", base=1, seq=2)
    db.session.expire_all()
    assert (draft.answered, draft.failed) == (3, 2)


def test_it_leaves_the_page_as_a_fresh_one(phone, draft):
    old = phone.get(f"/inspections/{draft.uuid}").text
    item = draft.items[0].code
    radio = f'name="item-{item}" value="na"'
    fragment = put(phone, draft, value="na").text
    tapped = old.replace(radio, f"{radio} checked")
    fresh = phone.get(f"/inspections/{draft.uuid}").text
    assert swapped(tapped, fragment, "#fill", "none") == normalised(fresh)


def test_it_answers_a_repetition_with_the_stored_outcome(phone, draft):
    op = uuid7()
    first, second = put(phone, draft, op), put(phone, draft, op)
    assert first.text == second.text and second.status_code == 200
    assert db.session.query(Operation).count() == 1


def test_it_applies_eight_repetitions_at_once_only_once(app, as_user, inspector, draft):
    url = f"/inspections/{draft.uuid}/operations/{uuid7()}"
    body = {"kind": "answer", "item": draft.items[0].code, "value": "yes", "device": "A"}
    clients = [as_user(inspector) for _ in range(8)]
    db.session.commit()
    with ThreadPoolExecutor(8) as pool:
        statuses = list(pool.map(lambda client: put_in_thread(app, client, url, body), clients))
    assert statuses == [200] * 8
    assert db.session.query(Operation).count() == 1


def put_in_thread(app: Flask, client: FlaskClient, url: str, body: dict[str, Any]) -> int:
    with app.app_context():
        return client.put(url, json=body).status_code


def test_it_refuses_a_known_op_with_another_body(phone, draft):
    op = uuid7()
    put(phone, draft, op)
    assert put(phone, draft, op, value="no").status_code == 409
    assert stored(draft)[draft.items[0].code].value == "yes"


def test_it_takes_the_same_devices_later_change_without_waiting_for_the_reply(phone, draft):
    put(phone, draft, value="yes", seq=1, base=0)
    assert put(phone, draft, value="no", seq=2, base=0).status_code == 200
    assert stored(draft)[draft.items[0].code].value == "no"


def test_it_keeps_the_later_change_when_an_earlier_one_comes_late(phone, draft):
    put(phone, draft, value="no", seq=2, base=0)
    assert put(phone, draft, value="yes", seq=1, base=0).status_code == 200
    assert stored(draft)[draft.items[0].code].value == "no"
    assert db.session.query(Operation).count() == 2


def test_it_shows_both_answers_of_two_devices(phone, draft):
    put(phone, draft, value="yes", device="A")
    answer = put(phone, draft, value="no", device="B", base=0)
    assert answer.status_code == 409
    assert "两台设备填得不同" in answer.text
    assert stored(draft)[draft.items[0].code].value == "yes"


def test_it_lets_the_inspector_choose_between_two_devices(phone, draft):
    put(phone, draft, value="yes", device="A")
    put(phone, draft, value="no", device="B", base=0)
    assert put(phone, draft, value="no", device="B", base=1, seq=2).status_code == 200
    answer = stored(draft)[draft.items[0].code]
    assert (answer.value, answer.rival) == ("no", None)


def test_it_does_not_trouble_over_the_same_answer(phone, draft):
    put(phone, draft, value="yes", device="A")
    assert put(phone, draft, value="yes", device="B", base=0).status_code == 200


def test_it_keeps_remarks(phone, draft):
    put(phone, draft, kind="remark", value="许可证 9 月到期，正在延续")
    answer = stored(draft)[draft.items[0].code]
    assert (answer.value, answer.remark) == (None, "许可证 9 月到期，正在延续")


def test_it_keeps_a_remark_on_the_whole(phone, draft):
    assert put(phone, draft, kind="remark", item="", value="自查小组三人").status_code == 200
    assert stored(draft)[""].remark == "自查小组三人"


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"value": "maybe"}, 422),
        ({"value": ""}, 422),
        ({"item": "XX-99"}, 404),
        ({"item": ""}, 404),
        ({"kind": "remark", "value": "长" * 501}, 422),
        ({"kind": "explode"}, 422),
        ({"base": "one"}, 422),
        ({"surprise": 1}, 422),
        ({"seq": 10**30}, 422),
        ({"base": -1}, 422),
        ({"item": "\x00"}, 404),
        ({"kind": "photo", "value": "not-a-uuid"}, 422),
        ({"kind": "photo", "value": "01890a5d-ac96-774b-bcce-b302099a8057"}, 422),
    ],
)
def test_it_rejects_bad_input(phone, draft, body, status):
    answer = put(phone, draft, **body)
    assert answer.status_code == status
    assert "refused" in answer.text
    assert stored(draft) == {} and db.session.query(Operation).count() == 0


def test_it_rejects_a_body_that_is_no_json(phone, draft):
    answer = phone.put(f"/inspections/{draft.uuid}/operations/{uuid7()}", data=b"\xff\x00")
    assert answer.status_code == 422


def test_it_rejects_items_outside_the_drafts_scope(phone, draft):
    outside = next(i for i in draft.checklist.items.values() if i.subcategory not in draft.scope)
    assert put(phone, draft, item=outside.code).status_code == 404


def test_it_refuses_changes_after_submission(phone, draft):
    for item in draft.items:
        put(phone, draft, item=item.code)
    phone.post(f"/inspections/{draft.uuid}/submission")
    assert put(phone, draft, value="no", base=1).status_code == 423


def test_it_answers_a_repetition_after_submission_too(phone, draft):
    op, item = uuid7(), draft.items[0].code
    put(phone, draft, op, item=item)
    for other in draft.items[1:]:
        put(phone, draft, item=other.code)
    phone.post(f"/inspections/{draft.uuid}/submission")
    assert put(phone, draft, op, item=item).status_code == 200


def test_it_drops_what_no_database_keeps(phone, draft):
    url = f"/inspections/{draft.uuid}/operations/{uuid7()}"
    body = {"kind": "remark", "item": draft.items[0].code, "value": "甲\x00乙\n丙\x1b👩‍⚕️"}
    assert phone.put(url, json=body).status_code == 200
    assert stored(draft)[draft.items[0].code].remark == "甲乙\n丙👩‍⚕️"


def test_it_hides_other_institutions(as_user, stranger, draft):
    assert put(as_user(stranger), draft).status_code == 404


def test_it_hides_a_colleagues_draft(as_user, draft, inspector):
    colleague = factories.UserFactory(inspector=True, institution=inspector.institution)
    assert put(as_user(colleague), draft).status_code == 404


def test_it_refuses_other_roles(as_user, administrator, reviewer, draft):
    assert put(as_user(administrator), draft).status_code == 403
    assert put(as_user(reviewer), draft).status_code == 403


def test_it_counts_statements(phone, draft):
    url, codes = f"/inspections/{draft.uuid}/operations", [item.code for item in draft.items]
    counts = []
    for code in codes[:20]:
        with counted_statements() as statements:
            phone.put(f"{url}/{uuid7()}", json={"kind": "answer", "item": code, "value": "yes"})
        counts.append(len(statements))
    assert set(counts) == {8}
