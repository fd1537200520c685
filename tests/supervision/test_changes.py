"""变更 on the reviewers' desk: how it is marked, what it shows, what a decision does."""

from collections.abc import Callable

import pytest
from bs4 import BeautifulSoup
from flask.testing import FlaskClient

from tests import factories
from tests.institutions.maintaining import NAME, equipped, revisions
from tests.sessions import counted_statements
from tests.supervision.records import handed_in, registration_in, rows
from webapp.accounts.models import User
from webapp.audit.models import AuditEntry
from webapp.database import db
from webapp.inspections.models import Inspection
from webapp.institutions.changes import Change, propose
from webapp.institutions.models import DocumentKind, Institution, Status
from webapp.messages.models import Message
from webapp.sample import sample_credit_code

LIST = "/supervision/registrations"
KEPT = ["JG-ZZ"]
AsUser = Callable[[User], FlaskClient]


@pytest.fixture
def own(administrator: User) -> Institution:
    return equipped(administrator.institution, administrator)


@pytest.fixture
def change(own: Institution, administrator: User) -> Change:
    return proposing(own, administrator, name=NAME)


def proposing(own: Institution, by: User, **values: object) -> Change:
    present = own.as_data() | {
        kind.value: [str(photo.uuid) for photo in own.documents_of(kind)] for kind in DocumentKind
    }
    change = propose(own, {name: [present[name], value] for name, value in values.items()}, by=by)
    db.session.commit()
    return change


def url_of(change: Change) -> str:
    return f"{LIST}/{change.uuid}"


def decide(desk: FlaskClient, change: Change, result: str = "approved", reason: str = "") -> int:
    data = {"result": result, "reason": reason}
    return desk.post(f"{url_of(change)}/decision", data=data).status_code


def lines(page: str) -> list[list[str]]:
    found = BeautifulSoup(page, "html.parser").select("#change .changes > div")
    return [[cell.get_text() for cell in row.select("dt, dd span, dd p, .span")] for row in found]


def test_it_stands_on_the_same_queue(desk: FlaskClient, change: Change) -> None:
    registration_in(factories.DISTRICT)
    assert {row[7] for row in rows(desk.get(LIST).text)} == {"待审核", "变更"}
    assert {row[7] for row in rows(desk.get(f"{LIST}?status=pending").text)} == {"待审核", "变更"}


def test_it_stands_on_the_desk(desk: FlaskClient, change: Change) -> None:
    page = BeautifulSoup(desk.get("/supervision/").text, "html.parser")
    record = page.select_one(f"a[href='{url_of(change)}']")
    assert record is not None and "变更" in record.text


def test_a_decided_one_is_still_marked(desk: FlaskClient, change: Change, reviewer: User) -> None:
    change.approve(by=reviewer)
    assert [row[7] for row in rows(desk.get(LIST).text)] == ["变更已通过"]


def test_it_shows_old_and_new(desk: FlaskClient, own: Institution, change: Change) -> None:
    page = desk.get(url_of(change)).text
    assert lines(page) == [["医疗机构名称", "现在", own.name, "变更后", NAME]]


def test_it_keeps_showing_what_it_was(
    desk: FlaskClient, own: Institution, change: Change, reviewer: User
) -> None:
    before = own.name
    change.approve(by=reviewer)
    assert lines(desk.get(url_of(change)).text) == [["医疗机构名称", "原来", before, "变更后", NAME]]


def test_it_names_what_leaves_the_scope(desk: FlaskClient, own: Institution, administrator: User) -> None:
    scope = [code for code in sorted(own.scope) if code != "JG-ZZ"]
    [[label, *_, note]] = lines(desk.get(url_of(proposing(own, administrator, scope=scope))).text)
    assert label == "执业自查范围"
    assert note == "去掉：机构执业·机构资质"


def test_photos_stand_beside_each_other(desk: FlaskClient, own: Institution, administrator: User) -> None:
    new = factories.AttachmentFactory(uploader=administrator)
    change = proposing(own, administrator, licence=[str(new.uuid)])
    page = BeautifulSoup(desk.get(url_of(change)).text, "html.parser")
    links = [str(link["href"]) for link in page.select("#change a[data-zoom]")]
    assert links == [f"/attachments/{photo.uuid}" for photo in (*own.documents_of(DocumentKind.LICENCE), new)]
    assert {desk.get(link).status_code for link in links} == {200}


def test_approving_puts_the_values_in_place(desk: FlaskClient, own: Institution, administrator: User) -> None:
    code = sample_credit_code(factories.rng)
    change = proposing(own, administrator, name=NAME, credit_code=code)
    assert decide(desk, change) == 303
    assert (own.name, own.credit_code, own.status) == (NAME, code, Status.APPROVED)
    assert [revision.data["name"] for revision in revisions(own)][1:] == [NAME]


def test_approving_moves_the_photos(desk: FlaskClient, own: Institution, administrator: User) -> None:
    certificate = own.documents_of(DocumentKind.CERTIFICATE)
    new = factories.AttachmentFactory(uploader=administrator)
    decide(desk, proposing(own, administrator, licence=[str(new.uuid)]))
    assert own.documents_of(DocumentKind.LICENCE) == [new]
    assert own.documents_of(DocumentKind.CERTIFICATE) == certificate
    assert len(revisions(own)) == 2


def test_approving_narrows_the_staff(desk: FlaskClient, own: Institution, administrator: User) -> None:
    inspector = factories.UserFactory(inspector=True, institution=own)
    spared = factories.UserFactory(inspector=True, institution=own, inspection_scope=KEPT)
    versions = inspector.version, spared.version
    decide(desk, proposing(own, administrator, scope=KEPT))
    assert own.scope == inspector.inspection_scope == spared.inspection_scope == KEPT
    assert (inspector.version, spared.version) == (versions[0] + 1, versions[1])
    assert "自查范围随之缩小" in db.session.scalars(Message.visible_to(inspector)).one().body


def test_returning_narrows_nobody(desk: FlaskClient, own: Institution, administrator: User) -> None:
    inspector = factories.UserFactory(inspector=True, institution=own)
    decide(desk, proposing(own, administrator, scope=KEPT), "returned", "请说明理由")
    assert set(inspector.inspection_scope) == set(own.scope) != set(KEPT)


def test_drafts_keep_their_scope(
    desk: FlaskClient, as_user: AsUser, own: Institution, administrator: User
) -> None:
    inspector = factories.UserFactory(inspector=True, institution=own)
    gone = [code for code in own.scope if code not in KEPT][:2]
    draft: Inspection = factories.InspectionFactory(inspector=inspector, scope=gone)
    decide(desk, proposing(own, administrator, scope=KEPT))
    assert draft.scope == gone
    assert as_user(inspector).get(f"/inspections/{draft.uuid}").status_code == 200
    assert draft.revision.data["scope"] != inspector.allowed_scope == KEPT


def test_past_records_keep_the_name(desk: FlaskClient, own: Institution, change: Change) -> None:
    before = own.name
    record = handed_in(factories.UserFactory(inspector=True, institution=own))
    decide(desk, change)
    desk.get(LIST)  # says which institution was decided on
    page = desk.get(f"/supervision/inspections/{record.uuid}").text
    assert before in page and NAME not in page


def test_returning_keeps_the_old_values(desk: FlaskClient, own: Institution, change: Change) -> None:
    assert decide(desk, change, "returned", "与许可证不符") == 303
    assert own.name != NAME and own.is_approved and len(revisions(own)) == 1
    assert (change.status, change.reason) == (Status.RETURNED, "与许可证不符")


@pytest.mark.parametrize(("result", "title"), [("approved", "变更审核通过"), ("returned", "变更被退回")])
def test_the_result_is_told(
    desk: FlaskClient, own: Institution, administrator: User, change: Change, result: str, title: str
) -> None:
    colleague = factories.UserFactory(administrator=True, institution=own)
    decide(desk, change, result, "与许可证不符")
    for told in (administrator, colleague):
        message = db.session.scalars(Message.visible_to(told)).one()
        assert (message.title, message.link) == (title, "/institution")


def test_the_decision_is_recorded(desk: FlaskClient, change: Change, reviewer: User) -> None:
    decide(desk, change)
    entry = db.session.scalars(db.select(AuditEntry)).all()[-1]
    assert (entry.action, entry.user_id, entry.subject) == ("change-approved", reviewer.id, change.uuid)


def test_returning_asks_for_a_reason(desk: FlaskClient, change: Change) -> None:
    assert decide(desk, change, "returned") == 422
    assert change.is_waiting


def test_the_second_reviewer_is_told(city: FlaskClient, change: Change, reviewer: User) -> None:
    change.return_("与许可证不符", by=reviewer)
    answer = city.post(f"{url_of(change)}/decision", data={"result": "approved"})
    assert answer.status_code == 409 and reviewer.name in answer.text
    assert change.institution.name != NAME


def test_what_was_taken_back_is_not_decided(desk: FlaskClient, change: Change, administrator: User) -> None:
    change.withdraw(by=administrator)
    answer = desk.post(f"{url_of(change)}/decision", data={"result": "approved"})
    assert answer.status_code == 409 and "这次变更已经撤回" in answer.text
    assert change.institution.name != NAME
    assert "已撤回" in desk.get(url_of(change)).text
    assert [row[7] for row in rows(desk.get(LIST).text)] == ["变更已撤回"]


def test_a_code_that_is_taken_cannot_be_approved(
    desk: FlaskClient, own: Institution, administrator: User
) -> None:
    code = sample_credit_code(factories.rng)
    change = proposing(own, administrator, credit_code=code)
    factories.InstitutionFactory(credit_code=code)  # past the checks that every form makes
    answer = desk.post(f"{url_of(change)}/decision", data={"result": "approved"})
    assert answer.status_code == 409 and "已由另一机构使用" in answer.text
    assert change.is_waiting and own.credit_code != code


def test_it_hides_other_districts(elsewhere: FlaskClient, change: Change) -> None:
    assert elsewhere.get(url_of(change)).status_code == 404
    assert decide(elsewhere, change) == 404
    assert rows(elsewhere.get(LIST).text) == []


def test_it_refuses_other_roles(outsider: FlaskClient, change: Change) -> None:
    assert outsider.get(url_of(change)).status_code == 403
    assert decide(outsider, change) == 403
    assert change.is_waiting


def test_it_asks_to_sign_in(client: FlaskClient, change: Change) -> None:
    assert client.get(url_of(change)).location.startswith("/login")


def test_the_list_counts_statements(desk: FlaskClient, change: Change) -> None:
    with counted_statements() as few:
        desk.get(LIST)
    for _ in range(5):
        colleague = factories.UserFactory(administrator=True)
        proposing(colleague.institution, colleague, name=NAME)
    with counted_statements() as many:
        desk.get(LIST)
    assert len(few) == len(many)


def test_approving_counts_statements(desk: FlaskClient) -> None:
    counts = []
    for staff in (1, 12):
        administrator = factories.UserFactory(administrator=True)
        for _ in range(staff):
            factories.UserFactory(inspector=True, institution=administrator.institution)
        change = proposing(administrator.institution, administrator, scope=KEPT)
        with counted_statements() as statements:
            decide(desk, change)
        counts.append(len(statements))
    assert counts[0] == counts[1]
