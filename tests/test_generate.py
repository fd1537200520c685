"""``flask generate``: made-up rows in any number, as the app's own verbs would have written them."""

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from tests.databases import database_of
from tests.demo import empty_app
from tests.inspections.conftest import submitted
from tests.sessions import sign_in_as
from webapp.accounts.models import Kind, User
from webapp.audit.models import AuditEntry
from webapp.audit.verification import broken_entries
from webapp.catalog import catalog
from webapp.catalog.reference import today
from webapp.database import Base, db
from webapp.demerits.figures import DemeritFigures
from webapp.demerits.ledger import standings
from webapp.demerits.models import Demerit
from webapp.demerits.persons import MedicalPerson
from webapp.demerits.verification import broken_demerits
from webapp.generate import bulk
from webapp.generate.draw import first_day
from webapp.inspections.answers import Value
from webapp.inspections.figures import InspectionFigures
from webapp.inspections.models import Inspection
from webapp.inspections.operations import Operation
from webapp.inspections.verification import broken_inspections
from webapp.institutions.models import Institution, InstitutionRevision, Status
from webapp.institutions.registrations import Registration
from webapp.numbers import credit_code_problem, id_number_problem, mobile_problem
from webapp.recount import differences
from webapp.verification import lost_records

LAST = date(2026, 11, 20)
INSTITUTIONS, INSPECTIONS, DEMERITS = 101, 600, 200
SMALL = ["--institutions", "3", "--inspections", "100", "--demerits", "10", "--until", LAST.isoformat()]
SignedIn = Callable[[User], FlaskClient]


def run(app: Flask, *arguments: str) -> Result:
    return app.test_cli_runner().invoke(args=["generate", *arguments])


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """An app with generated rows, made once for this file, whose tests only read them."""
    app = empty_app(tmp_path_factory.mktemp("generated"))
    with app.app_context(), pytest.MonkeyPatch.context() as patch:
        patch.setattr(bulk, "BATCH", 500)
        result = run(
            app,
            *("--institutions", str(INSTITUTIONS), "--inspections", str(INSPECTIONS)),
            *("--demerits", str(DEMERITS), "--until", LAST.isoformat()),
        )
        assert result.exit_code == 0, result.output
        yield app
        db.session.remove()
        db.engine.dispose()


def count(model: type[Base], *conditions: Any) -> int:
    return db.session.scalar(select(func.count()).select_from(model).where(*conditions)) or 0


def contents() -> dict[str, list[Any]]:
    """Every row in plain values: two ciphertexts of one text are never equal."""
    tables = Base.metadata.sorted_tables
    return {t.name: db.session.execute(select(t).order_by(*t.primary_key.columns)).all() for t in tables}


@pytest.mark.usefixtures("filled")
class TestRows:
    def test_there_are_as_many_as_asked_for(self) -> None:
        assert count(Institution) == count(Registration) == INSTITUTIONS
        assert (count(Inspection), count(Demerit)) == (INSPECTIONS, DEMERITS)

    def test_digests_hold(self) -> None:
        assert broken_inspections() == (count(Inspection, Inspection.submitted_at.is_not(None)), [])
        assert broken_demerits() == (count(Demerit, Demerit.submitted_at.is_not(None)), [])

    def test_figures_agree_with_the_rows(self) -> None:
        assert list(differences()) == []
        assert count(InspectionFigures) and count(DemeritFigures)

    def test_a_few_are_drafts(self) -> None:
        assert 0 < count(Inspection, Inspection.submitted_at.is_(None)) <= INSPECTIONS // 50
        assert 0 < count(Demerit, Demerit.submitted_at.is_(None)) <= DEMERITS // 50

    def test_numbers_are_valid(self) -> None:
        people = [*db.session.scalars(select(User)), *db.session.scalars(select(MedicalPerson))]
        assert not [person.name for person in people if id_number_problem(person.id_number)]
        assert not [user.name for user in people if isinstance(user, User) and mobile_problem(user.mobile)]
        codes = db.session.scalars(select(Institution.credit_code)).all()
        assert not [code for code in codes if credit_code_problem(code)]

    def test_nobody_can_sign_in(self) -> None:
        assert set(db.session.scalars(select(User.password_hash))) == {""}

    def test_each_district_has_a_reviewer_and_so_has_the_city(self) -> None:
        reviewers = db.session.scalars(select(User.district).where(User.kind == Kind.REVIEWER)).all()
        assert sorted(map(str, reviewers)) == sorted(
            [*(r.code for r in catalog().reference.regions_on(LAST)), "None"]
        )

    def test_some_registrations_wait_and_some_are_returned(self) -> None:
        statuses = set(db.session.scalars(select(Institution.status)))
        assert statuses == set(Status)
        for registration in db.session.scalars(select(Registration)):
            assert registration.status == registration.institution.status
            assert bool(registration.decisions) == (registration.status != Status.PENDING)

    def test_only_approved_institutions_have_records(self) -> None:
        assert not count(Inspection, Inspection.institution.has(Institution.status != Status.APPROVED))
        assert not count(Demerit, Demerit.institution.has(Institution.status != Status.APPROVED))

    def test_all_levels_occur(self) -> None:
        assert set(db.session.scalars(select(Institution.level))) == set(catalog().reference.levels)

    def test_records_lie_within_four_years(self) -> None:
        for day in (Inspection.inspected_on, Demerit.recorded_on):
            first, last = db.session.execute(select(func.min(day), func.max(day))).one()
            assert first_day(LAST) <= first < date(2023, 2, 1) and date(2026, 10, 1) < last <= LAST

    def test_newer_records_have_higher_keys(self) -> None:
        days = db.session.scalars(select(Inspection.inspected_on).order_by(Inspection.id)).all()
        assert list(days) == sorted(days)

    def test_inspections_stay_within_the_inspectors_scope(self) -> None:
        for inspection in db.session.scalars(select(Inspection)):
            assert set(inspection.scope) <= set(inspection.inspector.allowed_scope)
            assert inspection.total == len(inspection.items)

    def test_counts_agree_with_the_answers(self) -> None:
        for inspection in db.session.scalars(select(Inspection)):
            answers = inspection.answers().values()
            said = [value for value, _ in inspection.record["answers"].values()] if inspection.record else []
            values = said or [answer.value for answer in answers]
            assert (inspection.answered, inspection.failed) == (len(values), values.count(Value.NO))

    def test_a_drafts_answers_have_their_history(self) -> None:
        drafts = db.session.scalars(select(Inspection).where(Inspection.submitted_at.is_(None))).all()
        revisions = sum(answer.revision for draft in drafts for answer in draft.answers().values())
        assert count(Operation) == revisions > 0

    def test_all_answers_occur(self) -> None:
        records = db.session.scalars(select(Inspection.record).where(Inspection.submitted_at.is_not(None)))
        assert {value for record in records for value, _ in record["answers"].values()} == set(Value)

    def test_old_records_keep_a_district_that_was_merged(self) -> None:
        merged = select(Inspection).join(Institution).where(Institution.district == "500157")
        found = {(i.inspected_on >= date(2025, 11, 1), i.district) for i in db.session.scalars(merged)}
        assert (True, "500157") in found
        assert found - {(True, "500157")} and found <= {
            (False, "500105"),
            (False, "500112"),
            (True, "500157"),
        }

    def test_records_name_the_revision_of_their_time(self) -> None:
        for inspection in db.session.scalars(Inspection.submitted()):
            assert inspection.record and inspection.revision.institution_id == inspection.institution_id
            assert inspection.revision.data["district"] == inspection.district
        assert count(InstitutionRevision, InstitutionRevision.number == 2)

    def test_some_persons_work_in_two_institutions(self) -> None:
        numbers = select(MedicalPerson.id_number_index).group_by(MedicalPerson.id_number_index)
        twice = db.session.scalars(numbers.having(func.count() > 1)).all()
        assert twice and set(standings(twice, LAST)) == set(twice)

    def test_what_was_handed_in_is_in_the_audit_log(self) -> None:
        handed_in = select(Inspection.uuid).where(Inspection.submitted_at.is_not(None))
        noted = select(AuditEntry.subject).where(AuditEntry.action == "inspection-submitted")
        assert set(db.session.scalars(handed_in)) == set(db.session.scalars(noted))

    def test_the_audit_log_is_unbroken(self) -> None:
        frozen = sum(count(model, model.submitted_at.is_not(None)) for model in (Inspection, Demerit))
        assert broken_entries() == (count(AuditEntry), [])
        assert lost_records() == (frozen, [])


def biggest() -> Institution:
    level = select(Institution).where(Institution.level == "三级", Institution.status == Status.APPROVED)
    return db.session.scalars(level.order_by(Institution.id).limit(1)).one()


def one(**columns: Any) -> User:
    return db.session.scalars(select(User).filter_by(**columns).order_by(User.id).limit(1)).one()


class TestPages:
    @pytest.mark.parametrize(
        ("address", "row", "rows"),
        [
            ("/supervision/registrations", "data-href=", 20),
            ("/supervision/inspections", "data-href=", 20),
            ("/supervision/demerits", "data-href=", 20),
        ],
    )
    def test_lists_answer_the_citys_reviewer(self, filled: Flask, address: str, row: str, rows: int) -> None:
        page = sign_in_as(filled.test_client(), one(kind=Kind.REVIEWER, district=None)).get(address)
        assert page.status_code == 200
        assert page.text.count(row) == rows

    @pytest.mark.parametrize("model", [Inspection, Demerit])
    def test_details_answer_the_citys_reviewer(
        self, filled: Flask, model: type[Inspection] | type[Demerit]
    ) -> None:
        client = sign_in_as(filled.test_client(), one(kind=Kind.REVIEWER, district=None))
        newest = select(model).where(model.submitted_at.is_not(None)).order_by(model.id.desc())
        for record in db.session.scalars(newest.limit(5)):
            page = client.get(f"/supervision/{model.__tablename__}/{record.uuid}")
            assert page.status_code == 200
            assert record.institution.name in page.text

    @pytest.mark.parametrize("role", ["is_administrator", "is_inspector", "is_scorer"])
    @pytest.mark.parametrize(
        "address",
        ["/", "/inspections", "/demerits", "/persons", "/departments", "/staff", "/institution", "/me"],
    )
    def test_pages_answer_the_members(self, filled: Flask, role: str, address: str) -> None:
        user = one(institution_id=biggest().id, **{role: True})
        answer = sign_in_as(filled.test_client(), user).get(address)
        assert answer.status_code in (200, 403), answer.status

    def test_a_draft_can_be_gone_on_with(self, filled: Flask) -> None:
        draft = db.session.scalars(
            select(Inspection).where(Inspection.answered.between(1, Inspection.total - 1))
        )
        inspection = draft.first()
        assert inspection is not None
        page = sign_in_as(filled.test_client(), inspection.inspector).get(f"/inspections/{inspection.uuid}")
        assert page.text.count(" checked") >= inspection.answered


def test_equal_seeds_give_equal_rows(app: Flask) -> None:
    found = []
    for seed in ("7", "7", "8"):
        db.session.remove()
        db.engine.dispose()
        database_of(Path(app.instance_path)).bring_back("empty")
        assert run(app, *SMALL, "--seed", seed).exit_code == 0
        found.append(contents())
    assert found[0] == found[1]
    tables = ("users", "medical_persons", "inspections", "demerits", "answers", "operations", "audit_entries")
    assert all(found[0][name] != found[2][name] for name in tables)


def test_the_last_day_is_yesterday(app: Flask) -> None:
    assert run(app, *SMALL[:-2]).exit_code == 0
    newest = db.session.scalar(select(func.max(Inspection.inspected_on)))
    assert today() - timedelta(days=90) < newest < today()


def test_real_records_are_left_alone(app: Flask, inspector: User) -> None:
    result = run(app, *SMALL)
    assert result.exit_code == 1
    assert "has users already" in result.output
    assert count(Institution) == 1


def test_it_adds_to_the_demo_and_work_goes_on(
    app: Flask, monkeypatch: pytest.MonkeyPatch, inspector: User
) -> None:
    monkeypatch.setitem(app.config, "DEMO", True)
    before = submitted(inspector)
    assert run(app, *SMALL).exit_code == 0
    assert run(app, *SMALL, "--seed", "2").exit_code == 0
    after = submitted(inspector)
    assert after.id > before.id + 200 and after.chain_number == 2
    assert broken_inspections()[1] == broken_demerits()[1] == broken_entries()[1] == []


def test_a_seed_is_good_for_once(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(app.config, "DEMO", True)
    run(app, *SMALL)
    users = count(User)
    result = run(app, *SMALL)
    assert result.exit_code == 1
    assert "another --seed" in result.output
    assert count(User) == users


@pytest.mark.parametrize("arguments", [["--institutions", "0"], ["--inspections", "-1"], ["--until", "soon"]])
def test_bad_arguments_are_refused(app: Flask, arguments: list[str]) -> None:
    assert run(app, *arguments).exit_code == 2
    assert not count(Institution)
