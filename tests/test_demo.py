"""The demo's data: who and what the README promises, all of it valid."""

from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import func, select

from tests.demo import demo_app
from webapp import demo
from webapp.accounts.models import Kind, User
from webapp.attachments.models import Attachment, storage
from webapp.audit.models import AuditEntry
from webapp.audit.wording import ACTIONS, DETAILS, SUBJECTS
from webapp.catalog import catalog
from webapp.database import Base, db, now
from webapp.demerits.verification import broken_demerits, broken_petitions
from webapp.demo import records
from webapp.demo.cast import FEATURES, REMARKS
from webapp.inspections.answers import Value
from webapp.inspections.models import Inspection
from webapp.inspections.operations import Operation
from webapp.inspections.verification import broken_inspections
from webapp.institutions.departments import Department
from webapp.institutions.models import Institution
from webapp.messages.models import Message
from webapp.numbers import credit_code_problem, id_number_problem

# What each demo account is: kind, institution, district, and the roles shown on screen.
PROMISED = {
    "13800000001": (Kind.MEMBER, "渝州示范医院", None, ["机构管理员"]),
    "13800000002": (Kind.MEMBER, "渝州示范医院", None, ["自查用户"]),
    "13800000003": (Kind.MEMBER, "渝州示范医院", None, ["记分用户"]),
    "13800000004": (Kind.MEMBER, "渝州示范医院", None, ["自查用户", "记分用户"]),
    "13800000031": (Kind.MEMBER, "渝中仁和诊所", None, ["机构管理员"]),
    "13800000032": (Kind.MEMBER, "渝中仁和诊所", None, ["自查用户"]),
    "13800000033": (Kind.MEMBER, "渝中仁和诊所", None, ["记分用户"]),
    "13800000041": (Kind.MEMBER, "南岸待审门诊部", None, ["机构管理员"]),
    "13800000011": (Kind.REVIEWER, None, "500106", ["监督员"]),
    "13800000012": (Kind.REVIEWER, None, None, ["监督员"]),
    "13800000021": (Kind.SYSTEM, None, None, ["系统管理员"]),
    "13800000022": (Kind.AUDITOR, None, None, ["审计员"]),
}
INSTITUTIONS = {
    "渝州示范医院": ("500106", "二级", "非营利", "approved"),
    "渝中仁和诊所": ("500103", "未定级", "营利", "approved"),
    "沙坪坝样例口腔门诊部": ("500106", "未定级", "营利", "returned"),
    "南岸待审门诊部": ("500108", "一级", "营利", "pending"),
    "沙坪坝样例中医门诊部": ("500106", "一级", "营利", "pending"),
}


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """The demo, filled once for this file, whose tests only read it."""
    app = demo_app(tmp_path_factory.mktemp("demo"))
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


@pytest.mark.usefixtures("filled")
class TestPeople:
    @pytest.mark.parametrize("mobile", PROMISED)
    def test_each_account_is_who_it_should_be(self, mobile: str) -> None:
        user = db.session.scalars(User.with_mobile(mobile)).one()
        name = user.institution.name if user.institution else None
        assert (user.kind, name, user.district, user.role_titles) == PROMISED[mobile]
        assert user.has_password("Demo2026pass")

    def test_the_terminal_shows_every_account(self) -> None:
        assert set(demo.ACCOUNTS) == set(PROMISED)

    def test_the_hospitals_inspector_answers_for_its_whole_scope(self) -> None:
        inspector = db.session.scalars(User.with_mobile("13800000002")).one()
        assert inspector.institution is not None
        assert inspector.allowed_scope == inspector.institution.scope
        assert len(catalog().current_checklist().items_in(inspector.allowed_scope)) >= 300

    def test_numbers_are_valid(self) -> None:
        assert not [u.name for u in db.session.scalars(select(User)) if id_number_problem(u.id_number)]
        codes = db.session.scalars(select(Institution.credit_code)).all()
        assert not [code for code in codes if credit_code_problem(code)]

    def test_institutions_are_as_promised(self) -> None:
        institutions = db.session.scalars(select(Institution))
        facts = {i.name: (i.district, i.level, i.nature, i.status) for i in institutions}
        assert facts == INSTITUTIONS

    def test_treatment_subjects_are_known(self) -> None:
        for institution in db.session.scalars(select(Institution)):
            assert len(institution.treatment_subject_names) == len(institution.treatment_subjects)

    def test_approved_institutions_have_departments(self) -> None:
        counted = (
            select(Institution.name, func.count(Department.id)).join(Department).group_by(Institution.id)
        )
        assert dict(db.session.execute(counted).all()) == {"渝州示范医院": 10, "渝中仁和诊所": 3}

    def test_applications_carry_both_proofs(self) -> None:
        for institution in db.session.scalars(select(Institution)):
            assert [document.kind for document in institution.documents] == ["certificate", "licence"]

    def test_everybody_who_inspects_has_something_unread(self) -> None:
        inspectors = db.session.scalars(select(User).where(User.is_inspector)).all()
        assert all(Message.unread_count(user) for user in inspectors)


@pytest.mark.usefixtures("filled")
def test_its_audit_log_is_said_in_words() -> None:
    entries = db.session.scalars(select(AuditEntry)).all()
    assert {entry.action for entry in entries} <= ACTIONS.keys()
    assert {entry.subject_kind for entry in entries} - {""} <= SUBJECTS.keys()
    assert {name for entry in entries for name in entry.detail} <= DETAILS.keys()


@pytest.mark.usefixtures("filled")
class TestInspections:
    def test_both_institutions_have_submitted_ones_and_drafts(self) -> None:
        for name in ("渝州示范医院", "渝中仁和诊所"):
            mine = db.session.scalars(select(Inspection).join(Institution).where(Institution.name == name))
            assert {inspection.is_draft for inspection in mine} == {True, False}

    def test_nothing_lies_in_the_future(self) -> None:
        for inspection in db.session.scalars(select(Inspection)):
            assert inspection.started_at <= (inspection.submitted_at or inspection.changed_at) < now()

    def test_dates_rise_along_each_chain(self) -> None:
        chains = Inspection.submitted().order_by(Inspection.institution_id, Inspection.chain_number)
        keys = [(i.institution_id, i.submitted_at) for i in db.session.scalars(chains)]
        assert keys == sorted(keys)

    def test_digests_hold(self) -> None:
        finished = [plan for plan in records.PLANS if plan.share == 1]
        assert broken_inspections() == (len(finished), [])
        demerits, petitions = broken_demerits(), broken_petitions()
        assert demerits[0] and petitions[0] and demerits[1] == petitions[1] == []

    def test_counts_agree_with_the_answers(self) -> None:
        for inspection in db.session.scalars(select(Inspection).where(Inspection.submitted_at.is_(None))):
            values = [answer.value for answer in inspection.answers().values() if answer.value]
            assert (inspection.answered, inspection.failed) == (len(values), values.count(Value.NO))

    def test_history_is_kept(self) -> None:
        answers = select(func.count()).where(Operation.kind == "answer")
        assert db.session.scalar(answers) == db.session.scalar(select(func.sum(Inspection.answered)))

    def test_the_words_beside_no_belong_to_items_of_the_checklist(self) -> None:
        items = catalog().current_checklist().items
        assert set(REMARKS) <= set(items)
        assert {code for plan in records.PLANS for code in plan.failing} == set(REMARKS)

    def test_special_cases_are_words_of_the_checklist(self) -> None:
        known = {word for item in catalog().current_checklist().items.values() for word in item.applies_to}
        assert all(features <= known for features in FEATURES.values())

    def test_all_three_answers_occur(self) -> None:
        full = db.session.scalars(Inspection.submitted().where(Inspection.kind == "full")).one()
        assert full.record is not None
        assert {value for value, _ in full.record["answers"].values()} == {"yes", "no", "na"}

    def test_photos_are_stored(self) -> None:
        attachments = db.session.scalars(select(Attachment)).all()
        assert attachments
        assert all(storage().exists(photo.key) for photo in attachments)


def test_an_interrupted_fill_leaves_nothing(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(app.config, "DEMO", True)

    def fail() -> None:
        raise KeyboardInterrupt

    def rows() -> dict[str, int | None]:
        tables = Base.metadata.sorted_tables
        return {table.name: db.session.scalar(select(func.count()).select_from(table)) for table in tables}

    before = rows()
    monkeypatch.setattr(records, "add_inspections", fail)
    with pytest.raises(KeyboardInterrupt):
        demo.fill()
    assert rows() == before


def test_it_is_refused_outside_the_demo(app: Flask) -> None:
    with pytest.raises(demo.NotADemo):
        demo.fill()
    assert demo.is_wanted()
