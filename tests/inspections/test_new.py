"""自查填报: starting an inspection, GET and POST /inspections/new."""

import pytest

from tests import factories
from webapp.database import db, uuid7
from webapp.inspections.models import Inspection

URL = "/inspections/new"


def form(**changes):
    return {"kind": "routine", "scope": ["JG-ZZ", "JG-XW"], "uuid": str(uuid7()), **changes}


def test_it_works(phone, inspector):
    answer = phone.post(URL, data=form())
    inspection = db.session.scalars(db.select(Inspection)).one()
    assert answer.status_code == 303 and str(inspection.uuid) in answer.location
    assert inspection.scope == ["JG-ZZ", "JG-XW"] and inspection.is_draft
    assert inspection.total == len(inspection.items) > 40


def test_it_offers_only_ones_own_scope(as_user, inspector):
    colleague = factories.UserFactory(
        institution=inspector.institution, is_inspector=True, inspection_scope=["JG-ZZ"]
    )
    page = as_user(colleague).get(URL).text
    assert 'value="JG-ZZ"' in page and 'value="JG-XW"' not in page


def test_it_offers_nothing_that_the_institution_lost(as_user, inspector):
    inspector.institution.scope = ["JG-ZZ"]
    db.session.commit()
    assert 'value="JG-XW"' not in as_user(inspector).get(URL).text


def test_it_takes_a_category_for_all_its_parts(phone):
    phone.post(URL, data=form(scope=["JG"]))
    assert db.session.scalars(db.select(Inspection)).one().scope == ["JG-ZZ", "JG-XW", "JG-ZY"]


def test_it_leads_back_to_drafts(phone, draft):
    assert f"/inspections/{draft.uuid}" in phone.get(URL).text


def test_a_double_tap_starts_one(phone):
    sent = form()
    first, second = phone.post(URL, data=sent), phone.post(URL, data=sent)
    assert first.location == second.location
    assert db.session.query(Inspection).count() == 1


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"scope": []}, "请至少选择一项自查范围"),
        ({"scope": ["XX-99"]}, "选项"),
        ({"scope": ["<script>"]}, "选项"),
        ({"kind": ""}, "请选择自查类型"),
        ({"kind": "secret"}, ""),
    ],
)
def test_it_rejects_bad_input(phone, changes, message):
    answer = phone.post(URL, data=form(**changes))
    assert answer.status_code == 422 and message in answer.text
    assert db.session.query(Inspection).count() == 0


def test_it_mends_a_broken_identifier(phone):
    assert phone.post(URL, data=form(uuid="not-a-uuid")).status_code == 303


def test_it_does_not_open_another_ones_identifier(phone, as_user, stranger):
    sent = form()
    as_user(stranger).post(URL, data=sent)
    assert phone.post(URL, data=sent).status_code in (409, 422)
    assert db.session.query(Inspection).count() == 1


def test_it_refuses_other_roles(as_user, administrator, reviewer):
    assert as_user(administrator).get(URL).status_code == 403
    assert as_user(reviewer).post(URL, data=form()).status_code == 403


def test_it_asks_to_sign_in(client):
    assert client.get(URL).location.startswith("/login")


def test_it_explains_an_empty_scope(as_user, inspector):
    inspector.inspection_scope = []
    db.session.commit()
    assert "还没有自查范围" in as_user(inspector).get(URL).text
