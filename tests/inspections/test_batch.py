"""Many operations at a time: POST /inspections/<uuid>/operations."""

from typing import Any

import pytest
from bs4 import BeautifulSoup

from tests import factories
from tests.htmx import normalised, swapped
from tests.inspections.conftest import submitted
from tests.inspections.phones import APPLIED, CONFLICT, SUPERSEDED, Phone, refused
from tests.sessions import counted_statements
from webapp.database import db, uuid7
from webapp.epoch import Epoch
from webapp.inspections.models import Inspection
from webapp.inspections.operations import Operation

pytestmark = pytest.mark.usefixtures("app")


def stored(draft: Inspection) -> dict[str, tuple[Any, str]]:
    return {code: (answer.value, answer.remark) for code, answer in draft.answers().items()}


def test_it_works(outbox, draft):
    first, second = draft.items[:2]
    remark = outbox.operation("remark", second.code, "缺记录", base=1)
    assert outbox.told(outbox.answer(first.code), outbox.answer(second.code, "no"), remark) == [APPLIED] * 3
    assert stored(draft) == {first.code: ("yes", ""), second.code: ("no", "缺记录")}
    assert (draft.answered, draft.failed) == (2, 1)


def test_each_result_says_all_there_is_to_say(outbox, draft):
    sent = outbox.answer(draft.items[0].code)
    answer = outbox.send(sent)
    told = {"status": 200, "outcome": "applied", "revision": 1, "message": None, "missing": None}
    assert answer["results"] == [{"op": sent["op"], **told}]
    assert answer["epoch"] == str(Epoch.current())


def test_it_leaves_each_item_as_a_fresh_page_would(outbox, phone, draft):
    old = phone.get(f"/inspections/{draft.uuid}").text
    codes = [item.code for item in draft.items[:40]]
    html = outbox.send(*map(outbox.answer, codes), outbox.operation("remark", value="三人小组"))["html"]
    for code in codes:
        radio = f'name="item-{code}" value="yes"'
        old = old.replace(radio, f"{radio} checked")
    fresh = phone.get(f"/inspections/{draft.uuid}").text
    left, right = (items_of(page) for page in (swapped(old, html, "#fill", "none"), normalised(fresh)))
    assert left == right


def items_of(page: str) -> list[str]:
    soup = BeautifulSoup(page, "lxml")
    return [str(piece) for piece in soup.select(".state, fieldset.item")]


def test_it_shows_a_touched_item_once_as_it_is_after_the_batch(outbox, draft):
    code = draft.items[0].code
    html = outbox.send(outbox.answer(code), outbox.answer(code, "no"), outbox.answer(code, "na"))["html"]
    [state] = BeautifulSoup(html, "html.parser").select("[hx-swap-oob]")
    assert (state["id"], state["data-revision"]) == (f"s-{code}", "3")


def test_a_conflict_brings_the_whole_item(outbox, phone, inspector, draft):
    code, other = draft.items[0].code, Phone(phone, inspector, draft.uuid, device="B")
    outbox.send(outbox.answer(code, "yes"))
    answer = other.send(other.answer(code, "no"), other.answer(draft.items[1].code, "yes"))
    assert [result["status"] for result in answer["results"]] == [409, 200]
    assert "请选择保留哪一个" in answer["results"][0]["message"]
    item = BeautifulSoup(answer["html"], "html.parser").select_one(f"#i-{code}")
    assert item.name == "fieldset" and "两台设备填得不同" in item.text
    assert stored(draft)[code][0] == "yes"


def test_a_conflict_over_the_whole_is_shown_and_chosen_as_well(outbox, phone, inspector, draft):
    other = Phone(phone, inspector, draft.uuid, device="B")
    outbox.send(outbox.operation("remark", value="小组三人"))
    html = other.send(other.operation("remark", value="小组五人"))["html"]
    whole = BeautifulSoup(html, "html.parser").select_one("section#i-")
    assert "小组三人" in whole.text and "小组五人" in whole.select_one(".rival").text
    met = outbox.send(outbox.submit())
    assert met["results"][0]["missing"]["rivals"] == [""] and "小组五人" in met["html"]
    assert "相关材料的备注" in phone.post(f"/inspections/{draft.uuid}/submission").text
    other.send(other.operation("remark", value="小组五人", base=1))
    assert stored(draft) == {"": (None, "小组五人")} and draft.answers()[""].rival is None


def test_a_refused_operation_takes_no_other_with_it(outbox, draft):
    first, second = draft.items[:2]
    assert outbox.told(
        outbox.answer(first.code),
        outbox.answer(first.code, "maybe"),
        outbox.answer("XX-99"),
        {"op": "no-uuid", "kind": "explode"},
        outbox.operation("photo", second.code, str(uuid7())),
        outbox.answer(second.code, "no"),
    ) == [APPLIED, refused(422), refused(404), refused(422), refused(422), APPLIED]
    assert stored(draft) == {first.code: ("yes", ""), second.code: ("no", "")}
    assert db.session.query(Operation).count() == 2


def test_a_refusal_says_why_in_chinese(outbox, draft):
    [result] = outbox.send(outbox.answer(draft.items[0].code, "maybe"))["results"]
    assert "请选择“是”“否”或“合理缺项”" in result["message"]


@pytest.mark.parametrize(
    "broken",
    [
        {"base": -1},
        {"seq": 2**40},
        {"kind": "explode"},
        {"surprise": 1},
        {"device": None},
        {"value": {"not": "text"}},
    ],
)
def test_what_is_no_operation_is_refused_by_itself(outbox, draft, broken):
    sent = [outbox.answer(draft.items[0].code), {**outbox.answer(draft.items[1].code), **broken}]
    assert outbox.told(*sent) == [APPLIED, refused(422)]


@pytest.mark.parametrize("thing", [None, 7, "text", [], {"op": 7}])
def test_what_has_no_identifier_is_refused_by_itself(outbox, draft, thing):
    answer = outbox.post(thing, outbox.answer(draft.items[0].code)).get_json()
    assert [result["status"] for result in answer["results"]] == [422, 200]


def test_half_a_character_spoils_nothing_but_itself(outbox, draft):
    code = draft.items[0].code
    cut = outbox.operation("remark", code, "已整改👩\ud83d")
    assert outbox.told(cut, outbox.answer(draft.items[1].code)) == [APPLIED] * 2
    assert stored(draft)[code] == (None, "已整改👩")


def test_a_batch_again_gets_the_stored_outcomes(outbox, phone, inspector, draft):
    codes = [item.code for item in draft.items[:5]]
    other = Phone(phone, inspector, draft.uuid, device="B")
    other.send(other.answer(codes[0], "no"))
    batch = [outbox.answer(code) for code in codes]
    first, second = outbox.send(*batch), outbox.send(*batch)
    assert [result["status"] for result in first["results"]] == [409, 200, 200, 200, 200]
    assert (first["results"], first["html"]) == (second["results"], second["html"])
    assert db.session.query(Operation).count() == 6


def test_one_operation_twice_in_a_batch_is_applied_once(outbox, draft):
    sent = outbox.answer(draft.items[0].code)
    assert outbox.told(sent, sent) == [APPLIED] * 2
    assert db.session.query(Operation).count() == 1


def test_an_identifier_with_another_body_is_refused(outbox, draft):
    sent = outbox.answer(draft.items[0].code)
    outbox.send(sent)
    assert outbox.told({**sent, "value": "no"}) == [refused(409)]
    assert stored(draft)[draft.items[0].code][0] == "yes"


def test_an_identifier_of_another_inspection_is_refused(outbox, phone, inspector, draft):
    sent = outbox.answer(draft.items[0].code)
    outbox.send(sent)
    elsewhere = Phone(phone, inspector, factories.InspectionFactory(inspector=inspector).uuid)
    assert elsewhere.told(sent) == [refused(409)]


def test_the_devices_own_order_decides_inside_a_batch_too(outbox, draft):
    code = draft.items[0].code
    early, late = outbox.answer(code, "yes"), outbox.answer(code, "no")
    assert outbox.told(late, early) == [APPLIED, SUPERSEDED]
    assert stored(draft)[code][0] == "no"


def test_the_choice_between_two_devices_settles_the_conflict(outbox, phone, inspector, draft):
    code, other = draft.items[0].code, Phone(phone, inspector, draft.uuid, device="B")
    outbox.send(outbox.answer(code, "yes"))
    assert other.told(other.answer(code, "no"), other.answer(code, "no", base=1)) == [CONFLICT, APPLIED]
    assert (draft.answers()[code].value, draft.answers()[code].rival) == ("no", None)


def test_a_late_tap_after_submission_is_locked_out(phone, inspector):
    record = submitted(inspector)
    outbox = Phone(phone, inspector, record.uuid)
    answer = outbox.send(outbox.answer(record.items[0].code, "no"))
    assert answer["results"][0]["status"] == 423 and "已上报" in answer["results"][0]["message"]
    assert answer["html"] == ""


def test_fifty_are_taken_and_not_one_more(outbox, draft):
    codes = [draft.items[place % draft.total].code for place in range(51)]
    batch = [outbox.operation("remark", code, "长") for code in codes]
    answer = outbox.post(*batch)
    assert answer.status_code == 413 and "50" in answer.get_json()["message"]
    assert db.session.query(Operation).count() == 0
    outbox.send(*batch[:50])
    assert db.session.query(Operation).count() == 50


def test_a_huge_body_is_refused(outbox, draft):
    answer = outbox.post(outbox.operation("remark", draft.items[0].code, "长" * 2**20))
    assert answer.status_code == 413


DEEP = b'{"user": ' + b"[" * 100_000
BODIES = [b"", b"\xff\x00", b"[]", b"{}", b'{"user": "\xff"}', b'{"user": "me", "operations": [{}]}', DEEP]


@pytest.mark.parametrize("body", BODIES, ids=range(len(BODIES)))
def test_it_rejects_bad_input(phone, draft, body):
    answer = phone.post(f"/inspections/{draft.uuid}/operations", data=body)
    assert answer.status_code == 422 and "格式有误" in answer.get_json()["message"]


def test_an_empty_batch_is_no_batch(outbox):
    assert outbox.post().status_code == 422


def statements_of(outbox: Phone, *batch: Any) -> list[str]:
    with counted_statements() as statements:
        outbox.send(*batch)
    return list(statements)


@pytest.mark.parametrize("size", [1, 7, 25])
def test_it_counts_statements(outbox, inspector, draft, size):
    codes = [item.code for item in draft.items[:size]]
    photos = [str(factories.AttachmentFactory(uploader=inspector).uuid) for _ in codes]
    fresh = statements_of(outbox, *map(outbox.answer, codes))
    assert len(fresh) == 8
    again = [
        *(outbox.answer(code, "no") for code in codes),
        *(outbox.operation("remark", c, "注") for c in codes),
    ]
    assert len(statements_of(outbox, *again)) == 9
    added = [outbox.operation("photo", code, uuid) for code, uuid in zip(codes, photos, strict=True)]
    ties = [each for each in statements_of(outbox, *added) if "INSERT INTO inspection_photos" not in each]
    assert len(ties) == 12


def test_what_is_asked_again_is_only_read(outbox, draft):
    batch = [outbox.answer(item.code) for item in draft.items[:50]]
    outbox.send(*batch)
    again = statements_of(outbox, *batch)
    assert len(again) <= 6
    assert {statement.split()[0] for statement in again} == {"SELECT"}


def test_a_faulty_moment_keeps_nothing_of_a_batch(outbox, draft, monkeypatch):
    def fail(*args: object) -> None:
        raise RuntimeError("power cut")

    monkeypatch.setattr(db.session, "commit", fail)
    with pytest.raises(RuntimeError):
        outbox.post(outbox.answer(draft.items[0].code))
    monkeypatch.undo()
    db.session.rollback()
    assert stored(draft) == {} and db.session.query(Operation).count() == 0
