"""The demo: made-up institutions, people and records of the last months, built by the app's own verbs."""

from collections.abc import Iterator
from contextlib import contextmanager

from flask import current_app
from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.accounts.models import User
from webapp.database import db
from webapp.demo import people, records, scoring
from webapp.demo.cast import PASSWORD

__all__ = ["ACCOUNTS", "PASSWORD", "NotADemo", "fill", "is_wanted"]

# What the terminal and the README show; every one of them has the same password.
ACCOUNTS = {
    "13800000001": "机构管理员 渝州示范医院（沙坪坝区，二级）",
    "13800000002": "自查用户   渝州示范医院",
    "13800000003": "记分用户   渝州示范医院",
    "13800000004": "自查用户、记分用户 渝州示范医院",
    "13800000031": "机构管理员 渝中仁和诊所（渝中区，未定级）",
    "13800000032": "自查用户   渝中仁和诊所",
    "13800000033": "记分用户   渝中仁和诊所",
    "13800000041": "注册待审   南岸待审门诊部（南岸区）",
    "13800000011": "监督员     沙坪坝区",
    "13800000012": "监督员     市级",
    "13800000021": "系统管理员",
    "13800000022": "审计员",
}


class NotADemo(RuntimeError):
    """Made-up people with a published password have no place in a real database."""


def is_wanted() -> bool:
    """Tell whether the database is still empty."""
    return db.session.scalar(select(User.id).limit(1)) is None


def fill() -> None:
    """Add the demo's data, all of it or, when it is interrupted, nothing.

    :raises NotADemo: the app does not run as a demo
    """
    if not current_app.config["DEMO"]:
        raise NotADemo("demo data needs DEMO=1")
    with _one_transaction():
        people.add_officials()
        people.add_institutions()
        records.add_inspections()
        scoring.add_persons()
        scoring.add_demerits()
        scoring.add_petitions()
        people.add_change()
        people.add_reminders()
        people.put_messages_in_order()


@contextmanager
def _one_transaction() -> Iterator[None]:
    """Let the verbs' commits be steps of one transaction: quick, and never half-done."""
    db.session.remove()
    with db.engine.begin() as connection:
        session = Session(connection, join_transaction_mode="create_savepoint", expire_on_commit=False)
        db.session.registry.set(session)  # type: ignore[arg-type]
        try:
            yield
        finally:
            db.session.remove()
