"""GET /session: who is signed in on this phone, and what may be begun."""

from tests import factories
from webapp.catalog import catalog
from webapp.database import db
from webapp.epoch import Epoch


def test_it_works(app, phone, inspector):
    answer = phone.get("/session").get_json()
    checklist = catalog().current_checklist()
    assert answer["user"] == str(inspector.uuid)
    assert answer["epoch"] == str(Epoch.current())
    assert answer["build"] == app.extensions["build"]
    assert answer["scope"] == inspector.allowed_scope
    named = answer["checklist"]
    assert (named["slug"], named["version"]) == (checklist.slug, checklist.version)
    assert phone.get(named["url"]).status_code == 200


def test_nobody_is_signed_in(client):
    assert client.get("/session").status_code == 401


def test_a_disabled_account_is_nobody(phone, inspector):
    inspector.is_active = False
    db.session.commit()
    assert phone.get("/session").status_code == 401


def test_the_scope_is_what_is_left_of_it(phone, inspector):
    inspector.inspection_scope = ["JG-ZZ", "JG-XW"]
    inspector.institution.scope = ["JG-ZZ"]
    db.session.commit()
    assert phone.get("/session").get_json()["scope"] == ["JG-ZZ"]


def test_who_does_not_inspect_has_no_scope(as_user, administrator, reviewer):
    for user in (administrator, reviewer, factories.UserFactory(scorer=True)):
        assert as_user(user).get("/session").get_json()["scope"] == []


def test_its_token_is_taken(app, phone, inspector, draft, monkeypatch):
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", True)
    url, body = f"/inspections/{draft.uuid}/operations", {"user": str(inspector.uuid), "operations": []}
    assert phone.post(url, json=body, headers={"X-CSRFToken": "another"}).status_code == 400
    token = phone.get("/session").get_json()["csrf"]
    assert phone.post(url, json=body, headers={"X-CSRFToken": token}).status_code == 422


def test_it_is_not_kept(phone):
    assert phone.get("/session").headers["Cache-Control"] == "no-store"
