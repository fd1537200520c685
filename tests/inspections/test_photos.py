"""Photos of items: uploaded beforehand, then tied to an item or to the whole by an operation."""

import pytest

from tests import factories
from tests.inspections.phones import APPLIED, Phone, Sent, refused
from webapp.accounts.models import User
from webapp.database import db, uuid7
from webapp.inspections.models import Inspection
from webapp.inspections.operations import PHOTO_LIMIT


def added(outbox: Phone, item: str, uploader: User) -> Sent:
    """Add a photo that has arrived."""
    return outbox.operation("photo", item, str(factories.AttachmentFactory(uploader=uploader).uuid))


def tied(draft: Inspection, item: str) -> list[str]:
    return [str(photo.uuid) for photo in draft.photos_of(item)]


def test_they_come_and_go(outbox, inspector, draft):
    code = draft.items[0].code
    photo = added(outbox, code, inspector)
    html = outbox.send(photo)["html"]
    assert f"/attachments/{photo['value']}/thumbnail" in html and tied(draft, code) == [photo["value"]]
    html = outbox.send(outbox.operation("photo-remove", code, photo["value"]))["html"]
    assert f'id="p-{code}"' in html and photo["value"] not in html
    assert draft.photos == []


def test_they_belong_to_the_whole_too(outbox, inspector, draft):
    photo = added(outbox, "", inspector)
    html = outbox.send(photo)["html"]
    assert 'id="p-"' in html and tied(draft, "") == [photo["value"]]


def test_added_by_two_operations_a_photo_is_there_once(outbox, inspector, draft):
    photo = added(outbox, draft.items[0].code, inspector)
    outbox.send(photo, outbox.operation("photo", photo["item"], photo["value"]))
    assert tied(draft, photo["item"]) == [photo["value"]]


def test_a_photo_is_moved_within_a_batch(outbox, inspector, draft):
    first, second = (item.code for item in draft.items[:2])
    photo = added(outbox, first, inspector)
    outbox.send(photo)
    out = outbox.operation("photo-remove", first, photo["value"])
    assert outbox.told(out, outbox.operation("photo", second, photo["value"])) == [APPLIED] * 2
    assert (tied(draft, first), tied(draft, second)) == ([], [photo["value"]])


def test_they_keep_to_the_limit(outbox, inspector, draft):
    code = draft.items[0].code
    answer = outbox.send(*(added(outbox, code, inspector) for _ in range(PHOTO_LIMIT + 1)))
    *taken, last = answer["results"]
    assert {result["status"] for result in taken} == {200}
    assert last["status"] == 422 and f"最多 {PHOTO_LIMIT} 张" in last["message"]
    assert len(tied(draft, code)) == PHOTO_LIMIT


@pytest.mark.parametrize("value", ["", "not-a-uuid", "01890a5d-ac96-774b-bcce-b302099a8057"])
def test_it_rejects_bad_input(outbox, draft, value):
    [result] = outbox.send(outbox.operation("photo", draft.items[0].code, value))["results"]
    assert result["status"] == 422 and "还没有上传完成" in result["message"]


def test_what_is_not_there_can_be_taken_out(outbox, draft):
    gone = outbox.operation("photo-remove", draft.items[0].code, str(uuid7()))
    assert outbox.told(gone) == [APPLIED]


def test_a_strangers_photo_is_not_taken_over(outbox, stranger, draft):
    assert outbox.told(added(outbox, draft.items[0].code, stranger)) == [refused(422)]
    assert draft.photos == []


def test_a_handed_in_photo_is_shown_to_reviewers(outbox, as_user, inspector, reviewer, draft):
    photo = added(outbox, draft.items[0].code, inspector)
    answers = [outbox.answer(item.code) for item in draft.items]
    outbox.send(photo, *answers[:49])
    address = f"/attachments/{photo['value']}"
    assert as_user(reviewer).get(address).status_code == 404
    outbox.send(*answers[49:], outbox.submit())
    db.session.expire_all()
    assert not draft.is_draft and as_user(reviewer).get(address).status_code == 200
