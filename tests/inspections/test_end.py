"""An inspection handed in or deleted by a phone: the operations `submit` and `delete`."""

from typing import Any

import pytest

from tests import factories
from tests.inspections.phones import APPLIED, SCOPE, Phone, begun, refused
from tests.sessions import counted_statements
from webapp.audit.models import AuditEntry
from webapp.catalog import catalog
from webapp.database import db
from webapp.inspections.answers import Answer
from webapp.inspections.discarded import DiscardedInspection
from webapp.inspections.models import Inspection
from webapp.inspections.operations import Operation
from webapp.inspections.submission import digest_of
from webapp.messages.models import Message

pytestmark = pytest.mark.usefixtures("app")


@pytest.fixture
def outbox(phone, inspector) -> Phone:
    """The inspector's phone, on which an inspection is begun."""
    return Phone(phone, inspector)


def everything(outbox: Phone, value: str = "yes") -> list[dict[str, Any]]:
    items = catalog().current_checklist().items_in(SCOPE)
    return [outbox.answer(item.code, value) for item in items]


def sent_whole(outbox: Phone) -> list[dict[str, Any]]:
    """Begin an inspection and answer all of it, in batches."""
    operations = [outbox.create(), *everything(outbox)]
    for start in range(0, len(operations), 50):
        outbox.send(*operations[start : start + 50])
    return operations


def test_a_whole_inspection_is_handed_in(outbox, administrator):
    operations = sent_whole(outbox)
    answers = {sent["op"]: sent["item"] for sent in operations[1:]}
    answer = outbox.send(outbox.submit(answers))
    assert answer["results"][0]["outcome"] == "applied" and answer["html"] == ""
    record = begun(outbox)
    assert not record.is_draft and record.digest == digest_of(record.record, None)
    assert db.session.query(Answer).count() == 0
    assert db.session.query(Operation).count() == len(operations) + 1
    assert db.session.query(Message).filter_by(user_id=administrator.id).count() == 1


def test_handed_in_twice_it_is_handed_in_once(outbox):
    sent_whole(outbox)
    submit = outbox.submit()
    assert outbox.told(submit, submit) == outbox.told(submit) * 2 == [APPLIED] * 2
    assert begun(outbox).chain_number == 1
    assert outbox.told(outbox.submit()) == [refused(423)]


def test_what_was_sent_before_is_known_after_submission(outbox):
    operations = sent_whole(outbox)
    outbox.send(outbox.submit())
    assert outbox.told(*operations[:50]) == [APPLIED] * 50
    assert outbox.told(outbox.answer("JG-ZZ-001", "no"), outbox.operation("delete")) == [refused(423)] * 2


def test_a_submission_names_what_is_missing(outbox, phone, inspector):
    operations = sent_whole(outbox)
    other = Phone(phone, inspector, outbox.inspection, device="B")
    other.send(other.answer("JG-ZZ-002", "no"))
    lost, photo = outbox.answer("JG-ZZ-001"), factories.AttachmentFactory(uploader=inspector)
    ops = {operations[1]["op"]: operations[1]["item"], lost["op"]: lost["item"]}
    [result] = outbox.send(outbox.submit(ops, {str(photo.uuid): "0" * 64}))["results"]
    assert (result["status"], result["outcome"]) == (409, None)
    assert result["missing"] == {
        "items": [],
        "rivals": ["JG-ZZ-002"],
        "ops": [lost["op"]],
        "photos": [str(photo.uuid)],
    }
    assert "1 项在两台设备上填得不同" in result["message"] and "1 张照片还没有传到" in result["message"]
    assert begun(outbox).is_draft


def test_a_submission_names_the_items_without_an_answer(outbox):
    outbox.send(outbox.create(), outbox.answer("JG-ZZ-001"))
    [result] = outbox.send(outbox.submit())["results"]
    codes = [item.code for item in begun(outbox).items]
    assert result["missing"]["items"] == codes[1:]
    assert f"{len(codes) - 1} 项没有回答" in result["message"]


def test_a_refused_submission_may_come_again(outbox):
    outbox.send(outbox.create())
    submit = outbox.submit()
    assert outbox.told(submit) == [refused(409)]
    everything_ = everything(outbox)
    for start in range(0, len(everything_), 50):
        outbox.send(*everything_[start : start + 50])
    assert outbox.told(submit) == [APPLIED]


def test_what_a_batch_refuses_its_submission_misses(outbox):
    sent_whole(outbox)
    remark = outbox.operation("remark", "JG-ZZ-001", "长" * 501)
    told = outbox.send(remark, outbox.submit({remark["op"]: "JG-ZZ-001"}))["results"]
    assert [result["status"] for result in told] == [422, 409]
    assert told[1]["missing"]["ops"] == [remark["op"]]


def photographed(outbox: Phone, inspector: Any, digest: str | None) -> str:
    photo = factories.AttachmentFactory(uploader=inspector)
    photo.source_sha256 = digest
    db.session.commit()
    outbox.send(outbox.operation("photo", "JG-ZZ-001", str(photo.uuid)))
    return str(photo.uuid)


@pytest.mark.parametrize(("there", "missing"), [("a" * 64, False), ("b" * 64, True), (None, False)])
def test_a_photo_is_compared_as_it_was_uploaded(outbox, inspector, there, missing):
    sent_whole(outbox)
    photo = photographed(outbox, inspector, there)
    [result] = outbox.send(outbox.submit(photos={photo: "a" * 64}))["results"]
    assert (result["missing"] or {}).get("photos", []) == [photo] * missing


def test_a_photo_that_was_taken_out_is_not_missed(outbox, phone, inspector):
    sent_whole(outbox)
    photo = photographed(outbox, inspector, "a" * 64)
    other = Phone(phone, inspector, outbox.inspection, device="B")
    other.send(other.operation("photo-remove", "JG-ZZ-001", photo))
    assert outbox.told(outbox.submit(photos={photo: "a" * 64})) == [APPLIED]


def test_a_draft_is_deleted(outbox, inspector):
    outbox.send(outbox.create(), outbox.answer("JG-ZZ-001"))
    answer = outbox.send(outbox.operation("delete"))
    assert answer["results"][0]["outcome"] == "applied" and answer["html"] == ""
    for model in (Inspection, Operation, Answer):
        assert db.session.query(model).count() == 0
    entry = db.session.scalars(db.select(AuditEntry).where(AuditEntry.action == "inspection-deleted")).one()
    assert (entry.user_id, entry.subject) == (inspector.id, outbox.inspection)


def test_a_deleted_draft_still_knows_what_it_was_sent(outbox, phone, inspector):
    batch = [outbox.create(), outbox.answer("JG-ZZ-001"), outbox.operation("delete")]
    first, second = outbox.send(*batch), outbox.send(*batch)
    assert first["results"] == second["results"]
    late = outbox.send(outbox.answer("JG-ZZ-002"), outbox.create(), outbox.operation("delete"))["results"]
    assert [result["status"] for result in late] == [410] * 3
    assert "已删除" in late[0]["message"]
    assert db.session.query(Inspection).count() == 0


def test_a_draft_deleted_on_the_page_is_known_as_well(outbox, phone):
    batch = [outbox.create(), outbox.answer("JG-ZZ-001")]
    outbox.send(*batch)
    phone.post(f"/inspections/{outbox.inspection}/deletion")
    assert outbox.told(*batch, outbox.answer("JG-ZZ-002")) == [APPLIED, APPLIED, refused(410)]


def test_what_a_deleted_draft_said_is_gone(outbox):
    remark = outbox.operation("remark", "JG-ZZ-001", "许可证过期")
    outbox.send(outbox.create(), remark, outbox.operation("delete"))
    [rest] = db.session.scalars(db.select(DiscardedInspection))
    assert len(rest.operations) == 3 and "许可证过期" not in str(rest.operations)


def test_nobody_else_learns_of_a_deleted_draft(outbox, as_user, stranger):
    outbox.send(outbox.create(), outbox.operation("delete"))
    other = Phone(as_user(stranger), stranger, outbox.inspection)
    assert other.post(other.create()).status_code == 404
    assert other.post(other.answer("JG-ZZ-001")).status_code == 404


def test_the_single_address_takes_every_kind(phone, outbox):
    def put(sent: dict[str, Any]) -> int:
        body = {name: value for name, value in sent.items() if name != "op"}
        return phone.put(f"/inspections/{outbox.inspection}/operations/{sent['op']}", json=body).status_code

    assert put(outbox.answer("JG-ZZ-001")) == 404
    assert put(outbox.create()) == put(outbox.answer("JG-ZZ-001")) == 200
    assert put(outbox.submit()) == 409
    assert put(outbox.operation("delete")) == 200
    assert put(outbox.answer("JG-ZZ-002")) == 410


def test_it_counts_statements(outbox):
    counts = set()
    for size in (1, 20, 40):
        begun_ = Phone(outbox.browser, inspector_of(outbox))
        batch = [begun_.create(), *everything(begun_)[:size], begun_.operation("delete")]
        with counted_statements() as statements:
            begun_.send(*batch)
        counts.add(len(statements))
    assert len(counts) == 1


def inspector_of(outbox: Phone) -> Any:
    return db.session.scalars(db.select(factories.User).where(factories.User.uuid == outbox.user)).one()
