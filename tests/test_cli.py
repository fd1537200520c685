"""The commands of ``flask --app wsgi``."""

from typing import Any

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import select, update

from tests import factories
from tests.databases import drop_trigger
from tests.inspections.conftest import submitted
from webapp.accounts.models import Kind, User
from webapp.audit.models import AuditEntry
from webapp.database import db
from webapp.inspections.models import Inspection
from webapp.inspections.submission import digest_of
from webapp.institutions.models import InstitutionRevision

ID_NUMBER = "500160199001010018"
SOMEBODY = ["--name", "新示人", "--mobile", "16012345678", "--id-number", ID_NUMBER]
PASSWORD = "Fresh2026words"
TYPED = f"{PASSWORD}\n{PASSWORD}\n"


def run(app: Flask, *arguments: str, typed: str | None = None) -> Result:
    return app.test_cli_runner().invoke(args=list(arguments), input=typed)


def created() -> User:
    return db.session.scalars(User.with_mobile("16012345678")).one()


def test_demo_fills_an_empty_database_once(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(app.config, "DEMO", True)
    assert "Demo2026pass" in run(app, "demo").output
    users = db.session.scalars(select(User.id)).all()
    assert "nothing was added" in run(app, "demo").output
    assert db.session.scalars(select(User.id)).all() == users


def test_demo_is_refused_elsewhere(app: Flask) -> None:
    result = run(app, "demo")
    assert result.exit_code == 1
    assert "DEMO=1" in result.output
    assert not db.session.scalars(select(User)).all()


@pytest.mark.parametrize(
    ("arguments", "kind", "district"),
    [
        (["reviewer", "--district", "500106"], Kind.REVIEWER, "500106"),
        (["reviewer", "--city"], Kind.REVIEWER, None),
        (["system"], Kind.SYSTEM, None),
        (["auditor"], Kind.AUDITOR, None),
    ],
)
def test_create_user_adds_an_official(
    app: Flask, arguments: list[str], kind: Kind, district: str | None
) -> None:
    result = run(app, "create-user", *arguments, *SOMEBODY, typed=TYPED)
    assert result.exit_code == 0, result.output
    user = created()
    assert (user.kind, user.district, user.name) == (kind, district, "新示人")
    assert user.has_password(PASSWORD)


def test_create_user_is_recorded_without_numbers(app: Flask) -> None:
    run(app, "create-user", "auditor", *SOMEBODY, typed=TYPED)
    entry = db.session.scalars(select(AuditEntry)).one()
    assert (entry.action, entry.subject) == ("user-created", created().uuid)
    assert entry.detail == {"kind": "auditor"}


def test_create_user_asks_for_what_is_left_out(app: Flask) -> None:
    typed = f"新示人\n160 1234 5678\n{ID_NUMBER}\n{TYPED}"
    assert run(app, "create-user", "system", typed=typed).exit_code == 0
    assert created().id_number == ID_NUMBER


def test_create_user_shows_a_password_it_made(app: Flask) -> None:
    result = run(app, "create-user", "auditor", "--generate-password", *SOMEBODY)
    password = result.output.partition("Password: ")[2].strip()
    assert len(password) >= 10
    assert created().has_password(password)


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["reviewer", *SOMEBODY], "--district"),
        (["reviewer", "--city", "--district", "500106", *SOMEBODY], "--district"),
        (["reviewer", "--district", "500105", *SOMEBODY], "500105"),
        (["auditor", "--city", *SOMEBODY], "only a reviewer"),
        (["member", *SOMEBODY], "member"),
        (["auditor", *SOMEBODY, "--mobile", "1601234567"], "手机号应为11位数字"),
        (["auditor", *SOMEBODY, "--id-number", ID_NUMBER[:-1] + "1"], "校验位不符"),
    ],
)
def test_create_user_refuses_bad_input(app: Flask, arguments: list[str], reason: str) -> None:
    result = run(app, "create-user", *arguments, typed=TYPED)
    assert result.exit_code == 2
    assert reason in result.output
    assert not db.session.scalars(select(User)).all()


def test_create_user_refuses_a_weak_password(app: Flask) -> None:
    result = run(app, "create-user", "auditor", *SOMEBODY, typed="short1\nshort1\n")
    assert result.exit_code == 2
    assert "密码至少10位" in result.output


def test_create_user_refuses_a_taken_mobile(app: Flask) -> None:
    run(app, "create-user", "auditor", *SOMEBODY, typed=TYPED)
    result = run(app, "create-user", "system", *SOMEBODY, typed=TYPED)
    assert result.exit_code == 1
    assert "exists" in result.output
    assert created().kind == Kind.AUDITOR


def test_verify_accepts_untouched_records(app: Flask, inspector: User, stranger: User) -> None:
    for by in (inspector, inspector, stranger):
        submitted(by)
    factories.InspectionFactory(inspector=inspector)
    result = run(app, "verify")
    assert result.exit_code == 0
    assert result.output == "3 records checked, 0 institutions with a broken record\n"


def unlock() -> None:
    """Take the guards away, as somebody could who owns the database."""
    for verb in ("update", "delete"):
        drop_trigger(f"inspections_no_{verb}", "inspections")


def forge(inspection: Inspection, **columns: Any) -> None:
    unlock()
    db.session.execute(update(Inspection).where(Inspection.id == inspection.id).values(**columns))
    db.session.commit()


def verified(app: Flask) -> str:
    result = run(app, "verify")
    assert result.exit_code == 1
    return result.output


def test_verify_notices_a_changed_answer(app: Flask, inspector: User) -> None:
    inspection = submitted(inspector)
    assert inspection.record is not None
    forge(inspection, record={**inspection.record, "remark": "另有说明"})
    output = verified(app)
    assert str(inspection.uuid) in output
    assert "its content differs from its digest" in output


def test_verify_notices_a_record_with_a_digest_of_its_own(app: Flask, inspector: User) -> None:
    first, second = submitted(inspector), submitted(inspector)
    changed = {**(first.record or {}), "remark": "另有说明"}
    forge(first, record=changed, digest=digest_of(changed, None))
    output = verified(app)
    assert str(second.uuid) in output
    assert "it does not follow from the record before it" in output


def test_verify_notices_a_missing_record(app: Flask, inspector: User) -> None:
    _, second, third = (submitted(inspector) for _ in range(3))
    unlock()
    db.session.delete(second)
    db.session.commit()
    output = verified(app)
    assert str(third.uuid) in output
    assert "record 2 is missing" in output


def test_verify_notices_a_record_under_another_identifier(app: Flask, inspector: User) -> None:
    inspection = submitted(inspector)
    forge(inspection, uuid=inspector.uuid)
    assert "another record's identifier" in verified(app)


def test_verify_notices_changed_data_of_the_institution(app: Flask, inspector: User) -> None:
    inspection = submitted(inspector)
    renamed = {**inspection.revision.data, "name": "改名医院"}
    db.session.execute(update(InstitutionRevision).values(data=renamed))
    db.session.commit()
    assert "the institution's data of its time were changed" in verified(app)


def test_verify_notices_another_checklist(app: Flask, inspector: User) -> None:
    inspection = submitted(inspector)
    record = {**(inspection.record or {})}
    record["checklist"] = {**record["checklist"], "sha256": "0" * 64}
    forge(inspection, record=record, digest=digest_of(record, None))
    assert "its checklist was changed" in verified(app)


def test_verify_names_the_first_of_each_institution(app: Flask, inspector: User, stranger: User) -> None:
    for by in (inspector, inspector, stranger):
        inspection = submitted(by)
        forge(inspection, record={**(inspection.record or {}), "remark": "另有说明"})
    output = verified(app)
    assert output.count(": record 1 (") == 2
    assert "3 records checked, 2 institutions" in output
