"""Changes of what a reviewer approved: proposed, replaced, taken back; and who else may have the code."""

import random
from threading import Barrier, Thread

import pytest
from bs4 import BeautifulSoup
from sqlalchemy.exc import IntegrityError

from tests import factories
from tests.institutions.answers import error_at, institution, photo, registration, send, typed_at
from tests.institutions.maintaining import NAME, URL, changes, equipped, form_of, revisions, save
from webapp.audit.models import AuditEntry
from webapp.database import db, uuid7
from webapp.institutions.changes import Change, propose
from webapp.institutions.models import DocumentKind, Institution, Status
from webapp.institutions.registrations import CodeTaken, Registration, claim
from webapp.messages.models import Message
from webapp.sample import sample_credit_code

CODE = sample_credit_code(random.Random(7))


@pytest.fixture
def own(administrator):
    return equipped(administrator.institution, administrator)


@pytest.fixture
def browser(own, administrator, as_user):
    return as_user(administrator)


@pytest.fixture
def neighbour(as_user):
    """The browser of an administrator of another institution."""
    administrator = factories.UserFactory(administrator=True)
    equipped(administrator.institution, administrator)
    return as_user(administrator)


def waiting():
    return [change for change in changes() if change.is_waiting]


def lines(page):
    """What waits, as the page sets it beside the present: label, now, then."""
    found = BeautifulSoup(page, "html.parser").select("#waiting .changes > div")
    return [[cell.get_text() for cell in row.select("dt, dd p")] for row in found]


def withdrawal(change):
    return f"{URL}/changes/{change.uuid}/withdrawal"


@pytest.mark.parametrize(("field", "value"), [("name", NAME), ("credit_code", CODE), ("scope", ["JG-ZZ"])])
def test_it_waits(browser, own, field, value):
    before = getattr(own, field)
    assert save(browser, **{field: value}).status_code == 303
    [change] = changes()
    assert change.is_waiting and change.proposed == {field: value}
    assert getattr(own, field) == before and len(revisions(own)) == 1


@pytest.mark.parametrize("kind", DocumentKind)
def test_new_photos_are_held(browser, own, kind):
    before = own.documents_of(kind)
    save(browser, **{kind.value: [photo()]})
    [change] = changes()
    assert own.documents_of(kind) == before
    assert change.proposed.keys() == {kind.value} and len(change.proposed[kind.value]) == 1


def test_it_lies_encrypted(browser):
    save(browser, name=NAME)
    raw = db.session.scalar(db.text("SELECT changes FROM registrations"))
    assert NAME not in raw and "name" not in raw


def test_both_values_are_shown(browser, own):
    before = own.name
    save(browser, name=NAME)
    page = browser.get(URL).text
    assert lines(page) == [["医疗机构名称", before, NAME]]
    assert typed_at(page, "name") == [NAME]


def test_the_institution_works_on(browser, own, as_user):
    inspector = factories.UserFactory(inspector=True, institution=own)
    save(browser, scope=["JG-ZZ"], agreed=form_agreement(browser, ["JG-ZZ"]))
    assert own.is_approved and set(inspector.allowed_scope) == set(own.scope)
    assert as_user(inspector).get("/inspections/new").status_code == 200


def form_agreement(browser, scope):
    """The agreement that the page asks for when the scope is this."""
    page = save(browser, scope=scope).text
    box = BeautifulSoup(page, "html.parser").select_one("#agreed")
    return box["value"]


def test_the_reviewers_are_told(browser, own, reviewer, other_reviewer):
    save(browser, name=NAME)
    message = db.session.scalars(Message.visible_to(reviewer)).one()
    assert "医疗机构名称" in message.body and str(changes()[0].uuid) in message.link
    assert db.session.scalars(Message.visible_to(other_reviewer)).all() == []


def test_it_is_recorded(browser, administrator):
    save(browser, name=NAME, credit_code=CODE)
    submitted = db.select(AuditEntry).where(AuditEntry.action == "change-submitted")
    entry = db.session.scalars(submitted).one()
    assert (entry.user_id, entry.subject) == (administrator.id, changes()[0].uuid)
    assert entry.detail == {"fields": ["name", "credit_code"]}


def test_a_new_one_takes_its_place_after_telling_so(browser, own):
    save(browser, name=NAME)
    assert "会代替正在等待的变更" in browser.get(URL).text
    save(browser, name="又改名的门诊部")
    first, second = changes()
    assert first.withdrawn_at is not None and first.status == Status.RETURNED
    assert second.is_waiting and second.proposed == {"name": "又改名的门诊部"}


def test_the_rest_leaves_what_waits_alone(browser, own):
    save(browser, name=NAME)
    save(browser, address="新样例路 2 号")
    assert len(changes()) == 1 and waiting()[0].proposed == {"name": NAME}


def test_the_present_values_take_it_back(browser, own):
    save(browser, name=NAME)
    save(browser, name=own.name)
    assert len(changes()) == 1 and waiting() == []


def test_it_can_be_withdrawn(browser, own, administrator):
    save(browser, name=NAME)
    answer = browser.post(withdrawal(changes()[0]))
    assert (answer.status_code, answer.location) == (303, URL)
    assert waiting() == [] and lines(browser.get(URL).text) == []
    entry = db.session.scalars(db.select(AuditEntry)).all()[-1]
    assert (entry.action, entry.user_id) == ("change-withdrawn", administrator.id)


def test_what_is_decided_cannot_be_withdrawn(browser, own, reviewer):
    save(browser, name=NAME)
    [change] = changes()
    change.approve(by=reviewer)
    browser.post(withdrawal(change))
    assert "没有撤回" in browser.get(URL).text
    assert (change.status, change.withdrawn_at) == (Status.APPROVED, None)


def test_withdrawing_is_for_its_own_administrators(browser, neighbour, as_user, own, client):
    save(browser, name=NAME)
    url = withdrawal(changes()[0])
    assert neighbour.post(url).status_code == 404
    assert as_user(factories.UserFactory(inspector=True, institution=own)).post(url).status_code == 403
    assert client.post(url).location.startswith("/login")
    assert len(waiting()) == 1


def test_withdrawing_needs_a_change(browser):
    registered = factories.RegistrationFactory()
    assert browser.post(f"{URL}/changes/{uuid7()}/withdrawal").status_code == 404
    assert browser.post(withdrawal(registered)).status_code == 404
    assert browser.get(f"{URL}/changes/{uuid7()}/withdrawal").status_code == 405


def test_why_it_was_returned_stands_on_the_page(browser, reviewer):
    save(browser, name=NAME)
    changes()[0].return_("与许可证不符", by=reviewer)
    assert "退回原因：与许可证不符" in browser.get(URL).text
    save(browser, name=NAME)
    assert "与许可证不符" not in browser.get(URL).text


def test_the_database_lets_one_wait(browser, own, administrator):
    save(browser, name=NAME)
    with pytest.raises(IntegrityError):
        propose(own, {"name": [own.name, "又改名的门诊部"]}, by=administrator)


def test_the_database_knows_what_is_asked_for(browser, own, neighbour):
    save(browser, credit_code=CODE)
    save(neighbour, name=NAME)
    with pytest.raises(IntegrityError):
        db.session.execute(db.update(Registration).values(credit_code=CODE))


def test_a_code_in_force_is_refused(browser, stranger):
    answer = save(browser, credit_code=stranger.institution.credit_code, name=NAME)
    assert answer.status_code == 422
    assert "已经注册" in error_at(answer.text, "credit_code")
    assert typed_at(answer.text, "name") == [NAME] and changes() == []


def test_a_code_asked_for_is_refused(browser, neighbour):
    save(browser, credit_code=CODE)
    answer = save(neighbour, credit_code=CODE)
    assert answer.status_code == 422
    assert "已经注册" in error_at(answer.text, "credit_code")


def test_nobody_registers_with_a_code_asked_for(browser, client):
    save(browser, credit_code=CODE)
    answer = send(client, registration(credit_code=CODE))
    assert answer.status_code == 422
    assert "已经注册" in error_at(answer.text, "credit_code")


def test_nobody_corrects_to_a_code_asked_for(browser, as_user, reviewer):
    save(browser, credit_code=CODE)
    returned = factories.RegistrationFactory()
    returned.return_("信用代码有误", by=reviewer)
    answer = send(as_user(returned.applicant), institution(credit_code=CODE), "/registration/edit")
    assert answer.status_code == 422
    assert returned.status == Status.RETURNED


def test_a_code_is_free_again_after_withdrawing(browser, neighbour):
    save(browser, credit_code=CODE)
    browser.post(withdrawal(changes()[0]))
    assert save(neighbour, credit_code=CODE).status_code == 303


def test_one_may_propose_again_what_one_asked_for(browser):
    save(browser, credit_code=CODE)
    save(browser, credit_code=CODE, name=NAME)
    assert waiting()[0].proposed == {"name": NAME, "credit_code": CODE}


def test_the_verbs_check_the_code_themselves(browser, own, administrator, stranger):
    taken = stranger.institution.credit_code
    with pytest.raises(CodeTaken):
        propose(own, {"credit_code": [own.credit_code, taken]}, by=administrator)
    claim(own.credit_code, besides=own)


def test_of_two_at_once_one_gets_the_code(browser, neighbour):
    """Each asks in a thread of its own, as two workers of a server do."""
    forms = [form_of(one.get(URL).text) | {"credit_code": CODE} for one in (browser, neighbour)]
    db.session.commit()
    ready, answers = Barrier(2), []

    def ask(one, form):
        ready.wait()
        answers.append(one.post(URL, data=form, content_type="multipart/form-data").status_code)

    threads = [Thread(target=ask, args=pair) for pair in zip((browser, neighbour), forms, strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == [303, 422]
    assert len(waiting()) == 1


def test_narrowing_asks_first_and_names_whom_it_touches(browser, own):
    touched = factories.UserFactory(inspector=True, institution=own)
    spared = factories.UserFactory(inspector=True, institution=own, inspection_scope=["JG-ZZ"])
    answer = save(browser, scope=["JG-ZZ"])
    notice = BeautifulSoup(answer.text, "html.parser").select_one("#field-agreed").text
    assert answer.status_code == 422 and changes() == []
    assert touched.name in notice and spared.name not in notice


def test_it_goes_on_once_agreed(browser, own):
    touched = factories.UserFactory(inspector=True, institution=own)
    agreed = form_agreement(browser, ["JG-ZZ"])
    assert save(browser, scope=["JG-ZZ"], agreed=agreed).status_code == 303
    page = BeautifulSoup(browser.get(URL).text, "html.parser").select_one("#waiting").text
    assert f"{touched.name} 的自查范围会随之缩小" in page


def test_agreeing_to_less_is_not_agreeing_to_more(browser, own):
    factories.UserFactory(inspector=True, institution=own)
    agreed = form_agreement(browser, [code for code in own.scope if code != "JG-ZZ"])
    assert save(browser, scope=["JG-ZZ"], agreed=agreed).status_code == 422
    assert changes() == []


def test_narrowing_what_nobody_has_asks_nothing(browser, own):
    factories.UserFactory(inspector=True, institution=own, inspection_scope=["JG-ZZ"])
    assert save(browser, scope=["JG-ZZ"]).status_code == 303


def test_very_many_names_are_cut(browser, own):
    for _ in range(25):
        factories.UserFactory(inspector=True, institution=own)
    assert "等 25 人" in save(browser, scope=["JG-ZZ"]).text


def test_others_are_left_alone(browser, own, stranger):
    save(browser, scope=["JG-ZZ"])
    assert [change.institution_id for change in db.session.scalars(db.select(Change))] == [own.id]
    assert db.session.scalars(db.select(Institution).where(Institution.name == NAME)).all() == []
