"""The commands of ``flask --app wsgi``."""

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import select

from webapp.accounts.models import Kind, User
from webapp.audit.models import AuditEntry
from webapp.database import db

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
