"""The filling page: its content, 暂存, 确认上报, deletion."""

from uuid import uuid4

import pytest
from bs4 import BeautifulSoup
from sqlalchemy.exc import DatabaseError

from tests import factories
from tests.inspections.conftest import answer_all, submitted
from tests.sessions import counted_statements
from webapp.chain import digest_of
from webapp.database import db
from webapp.inspections.answers import Answer, InspectionPhoto
from webapp.inspections.models import Inspection
from webapp.inspections.operations import Operation


def url(inspection, rest=""):
    return f"/inspections/{inspection.uuid}{rest}"


def test_it_shows_every_item_of_the_scope(phone, draft):
    page = BeautifulSoup(phone.get(url(draft)).text, "lxml")
    items = page.select("fieldset[data-item]")
    assert [item["data-item"] for item in items] == [item.code for item in draft.items]
    assert [label.text for label in items[0].select(".seg label")] == ["是", "否", "合理缺项"]
    assert "医疗机构执业，必须进行登记，领取《医疗机构执业许可证》。" in items[0].legend.text
    assert "条号待核" in items[0].text


def test_it_saves_a_form_sent_without_scripts(phone, draft):
    first, second = draft.items[:2]
    form = {f"item-{first.code}": "yes", f"item-{second.code}": "no", f"remark-{second.code}": "缺记录"}
    assert phone.post(url(draft), data=form).status_code == 303
    assert {c: (a.value, a.remark) for c, a in draft.answers().items()} == {
        first.code: ("yes", ""),
        second.code: ("no", "缺记录"),
    }
    assert db.session.query(Operation).count() == 3


def test_saving_the_same_form_again_changes_nothing(phone, draft):
    form = {f"item-{draft.items[0].code}": "yes"}
    phone.post(url(draft), data=form)
    phone.post(url(draft), data=form)
    assert db.session.query(Operation).count() == 1


def test_it_saves_photos_sent_without_scripts(phone, draft):
    code = draft.items[0].code
    data = {f"photo-{code}": [(factories.jpeg(), "一.jpg"), (factories.jpeg(), "二.jpg")]}
    phone.post(url(draft), data=data, content_type="multipart/form-data")
    assert [photo.item for photo in draft.photos] == [code, code]


def test_saving_never_asks_for_anything(phone, draft):
    assert phone.post(url(draft), data={}).location == "/inspections"


@pytest.mark.parametrize("value", ["maybe", "<script>", "是" * 300])
def test_it_rejects_bad_input(phone, draft, value):
    answer = phone.post(url(draft), data={f"item-{draft.items[0].code}": value}, follow_redirects=True)
    assert "请选择“是”“否”或“合理缺项”" in answer.text
    assert draft.answers() == {}


def test_submission_lists_what_is_missing(phone, draft):
    answer = phone.post(url(draft, "/submission"))
    assert answer.status_code == 422
    assert f"还有 {draft.total} 项没有回答" in answer.text
    links = BeautifulSoup(answer.text, "lxml").select("#missing a")
    assert [link["href"] for link in links] == [f"#i-{item.code}" for item in draft.items]


def test_submission_keeps_what_the_refused_form_said(phone, draft):
    phone.post(url(draft, "/submission"), data={f"item-{draft.items[0].code}": "na"})
    assert draft.answers()[draft.items[0].code].value == "na"


def test_submission_freezes_the_record(phone, draft):
    answer_all(draft)
    assert phone.post(url(draft, "/submission")).status_code == 303
    assert not draft.is_draft
    assert draft.record["answers"][draft.items[0].code] == ["yes", ""]
    assert draft.digest == digest_of(draft.record, None)
    assert db.session.query(Answer).count() == 0


def test_a_double_tap_submits_once(phone, draft):
    answer_all(draft)
    first, second = phone.post(url(draft, "/submission")), phone.post(url(draft, "/submission"))
    assert first.location == second.location
    assert draft.chain_number == 1


def test_records_are_chained_per_institution(app, inspector, stranger):
    first, second, elsewhere = submitted(inspector), submitted(inspector), submitted(stranger)
    assert (second.chain_number, second.previous_digest) == (2, first.digest)
    assert (elsewhere.chain_number, elsewhere.previous_digest) == (1, None)


def test_submission_waits_for_a_choice_between_two_devices(phone, draft):
    answer_all(draft)
    draft.answers()[draft.items[0].code].rival = {"op": "", "kind": "answer", "value": "no"}
    answer = phone.post(url(draft, "/submission"))
    assert answer.status_code == 422 and "两台设备" in answer.text


def test_the_database_itself_refuses_to_change_a_record(app, inspector):
    record = submitted(inspector)
    with pytest.raises(DatabaseError, match="frozen"):
        db.session.execute(db.update(Inspection).where(Inspection.id == record.id).values(failed=9))
    db.session.rollback()
    with pytest.raises(DatabaseError, match="frozen"):
        db.session.execute(db.delete(Inspection).where(Inspection.id == record.id))
    db.session.rollback()


def test_the_record_keeps_the_institution_as_it_was(phone, draft):
    answer_all(draft)
    phone.post(url(draft, "/submission"))
    draft.institution.name = "改了名的门诊部"
    db.session.commit()
    assert draft.revision.data["name"].startswith("样例")


def test_a_draft_can_be_deleted(phone, draft):
    answer_all(draft)
    assert phone.post(url(draft, "/deletion")).location == "/inspections"
    assert db.session.query(Inspection).count() == db.session.query(Answer).count() == 0


def test_a_record_cannot_be_deleted(phone, inspector):
    record = submitted(inspector)
    assert phone.post(url(record, "/deletion")).status_code == 409
    assert db.session.query(Inspection).count() == 1


def test_a_record_cannot_be_saved_over(phone, inspector):
    record = submitted(inspector)
    form = {f"item-{record.items[0].code}": "no"}
    assert "已上报" in phone.post(url(record), data=form, follow_redirects=True).text
    assert record.failed == 0


def test_it_hides_other_institutions(as_user, stranger, draft):
    browser = as_user(stranger)
    assert browser.get(url(draft)).status_code == 404
    for rest in ("", "/submission", "/deletion"):
        assert browser.post(url(draft, rest)).status_code == 404


def test_it_handles_a_missing_uuid(phone):
    assert phone.get(f"/inspections/{uuid4()}").status_code == 404


def test_the_administrator_reads_a_draft_but_cannot_fill_it(as_user, administrator, draft):
    page = as_user(administrator).get(url(draft))
    assert page.status_code == 200 and "确认上报" not in page.text
    assert as_user(administrator).post(url(draft)).status_code == 403


def test_a_reviewer_sees_no_draft(as_user, reviewer, draft):
    assert as_user(reviewer).get(f"/supervision/inspections/{draft.uuid}").status_code == 404


def test_a_reload_of_a_refused_submission_leads_to_the_draft(phone, draft):
    assert phone.get(url(draft, "/submission")).location == url(draft)


def test_it_counts_statements(phone, draft):
    with counted_statements() as empty:
        phone.get(url(draft))
    answer_all(draft)
    for item in draft.items[:6]:
        photo = factories.AttachmentFactory(uploader=draft.inspector)
        draft.photos.append(
            InspectionPhoto(institution_id=draft.institution_id, attachment=photo, item=item.code)
        )
    db.session.commit()
    with counted_statements() as full:
        phone.get(url(draft))
    assert len(full) == len(empty) <= 6
