"""An inspection begun by a phone: the operation `create`."""

import json
from types import MappingProxyType

import msgspec
import pytest

from tests.inspections.phones import APPLIED, SCOPE, Phone, begun, refused
from webapp.catalog import Checklist, catalog
from webapp.database import db
from webapp.inspections.models import Inspection
from webapp.inspections.operations import Operation

pytestmark = pytest.mark.usefixtures("app")


@pytest.fixture
def outbox(phone, inspector) -> Phone:
    """The inspector's phone, on which an inspection is begun."""
    return Phone(phone, inspector)


def test_an_inspection_begins_on_the_phone(outbox, inspector):
    assert outbox.told(outbox.create(), outbox.answer("JG-ZZ-001", "no")) == [APPLIED] * 2
    inspection = begun(outbox)
    assert (inspection.inspector_id, inspection.scope, inspection.kind) == (inspector.id, SCOPE, "routine")
    assert (inspection.answered, inspection.failed) == (1, 1)
    assert inspection.total == len(inspection.items)


def test_begun_again_it_is_the_same(outbox):
    create = outbox.create()
    assert outbox.told(create) == outbox.told(create) == [APPLIED]
    assert db.session.query(Inspection).count() == db.session.query(Operation).count() == 1


def test_a_draft_that_a_form_began_is_taken_for_begun(phone, inspector, draft):
    outbox = Phone(phone, inspector, draft.uuid)
    assert outbox.told(outbox.create(draft.scope)) == [APPLIED]
    assert outbox.told(outbox.create([draft.scope[0]])) == [refused(409)]
    assert begun(outbox).scope == draft.scope


def test_a_scope_that_was_narrowed_is_refused_with_all_that_follows(outbox, inspector):
    inspector.inspection_scope = SCOPE[:1]
    db.session.commit()
    answer = outbox.send(outbox.create(), outbox.answer("JG-ZZ-001"), outbox.answer("JG-XW-001"))
    assert [result["status"] for result in answer["results"]] == [422, 424, 424]
    title = catalog().current_checklist().subcategories[SCOPE[1]].title
    assert f"不再包括“{title}”" in answer["results"][0]["message"]
    assert answer["html"] == ""
    assert db.session.query(Inspection).count() == 0


@pytest.fixture
def newer(app, monkeypatch) -> Checklist:
    """A version that was published while phones were away, without the items of a 小类."""
    older = catalog().current_checklist()
    dropped = older.subcategories["JG-XW"]
    newer = msgspec.structs.replace(
        older,
        version="2026-11b",
        all_chapters=tuple(c for c in older.all_chapters if c.subcategory != dropped),
        items={code: item for code, item in older.items.items() if item.subcategory != dropped.code},
    )
    both = {**catalog().checklists, newer.key: newer}
    monkeypatch.setitem(
        app.extensions, "catalog", msgspec.structs.replace(catalog(), checklists=MappingProxyType(both))
    )
    return newer


def test_it_stays_on_the_version_that_the_phone_had(outbox, phone, newer):
    older = {"version": "2026-11", "scope": ["JG-ZZ", "JG-XW"]}
    assert phone.get("/session").get_json()["checklist"]["version"] == newer.version
    assert outbox.told(outbox.create(**older), outbox.answer("JG-XW-001")) == [APPLIED] * 2
    assert begun(outbox).checklist_version == "2026-11"
    assert "JG-XW-001" in phone.get(f"/inspections/{outbox.inspection}").text


def test_the_newer_version_has_what_it_has(outbox, newer):
    told = outbox.told(outbox.create(), outbox.answer("JG-ZZ-001"), outbox.answer("JG-XW-001"))
    assert told == [APPLIED, APPLIED, refused(404)]
    assert begun(outbox).checklist_version == newer.version


def test_what_comes_before_its_creation_waits(outbox):
    answer, create = outbox.answer("JG-ZZ-001"), outbox.create()
    assert outbox.told(answer, create) == [refused(424), APPLIED]
    assert outbox.told(answer) == [APPLIED]


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": "explode"},
        {"version": "1999-01"},
        {"slug": "../x"},
        {"scope": []},
        {"scope": ["XX-99"]},
        {"scope": "JG-ZZ"},
        {"surprise": 1},
    ],
)
def test_it_rejects_a_bad_beginning(outbox, wrong):
    value = {**json.loads(outbox.create()["value"]), **wrong}
    assert outbox.told(outbox.operation("create", value=json.dumps(value))) == [refused(422)]
    assert db.session.query(Inspection).count() == 0


@pytest.mark.parametrize("value", ["", "no json", "{}", "[]", "null", '{"ops": {"x": ""}, "photos": {}}'])
def test_it_rejects_a_bad_value(phone, inspector, draft, value):
    outbox = Phone(phone, inspector, draft.uuid)
    assert (
        outbox.told(outbox.operation("create", value=value), outbox.operation("submit", value=value))
        == [refused(422)] * 2
    )
