"""The chain of audit entries: kept with what they record, one after the other, and what breaks it."""

from collections.abc import Callable
from threading import Thread
from time import sleep

import pytest
from flask import Flask
from sqlalchemy import delete, select, text, update
from sqlalchemy.exc import DatabaseError, IntegrityError

from tests import factories
from tests.audit import forging
from webapp.accounts.models import User
from webapp.audit.models import CHAINS, AuditChain, AuditEntry, record
from webapp.audit.verification import GONE, SLIPPED_IN, UNSEALED, broken_entries, check
from webapp.chain import ASTRAY, CHANGED, digest_of
from webapp.database import db

GUARD = "append-only|only grows"


@pytest.fixture
def user(app: Flask) -> User:
    made: User = factories.UserFactory(reviewer=True, name="样例监督员")
    return made


@pytest.fixture
def entries(user: User) -> list[AuditEntry]:
    """Five entries, each of its own transaction."""
    for action in ("sign-in", "numbers-shown", "sign-out", "sign-in", "sign-out"):
        record(action, by=user, about=user, fields=("name", "mobile"))
        db.session.commit()
    return all_entries()


def all_entries() -> list[AuditEntry]:
    return list(db.session.scalars(select(AuditEntry).order_by(AuditEntry.number)))


def told() -> tuple[int, list[tuple[int, str]]]:
    checked, faults = broken_entries()
    return checked, [(fault.number, fault.reason) for fault in faults]


def test_entries_are_numbered_and_chained(entries: list[AuditEntry]) -> None:
    assert [entry.number for entry in entries] == [1, 2, 3, 4, 5]
    assert [entry.previous_digest for entry in entries] == [None, *(e.digest for e in entries[:-1])]
    assert entries[1].digest == digest_of(entries[1].facts(), entries[0].digest)
    assert told() == (5, [])


def test_an_empty_log_is_unbroken(app: Flask) -> None:
    assert told() == (0, [])


def test_an_entry_says_who_it_was_then(user: User) -> None:
    record("sign-in", by=user, about=user)
    db.session.commit()
    user.name = "改名"
    db.session.commit()
    (entry,) = all_entries()
    assert (entry.name, entry.office, entry.subject_title) == ("样例监督员", "监督员", "样例监督员")
    assert (entry.subject, entry.subject_kind) == (user.uuid, "users")


def test_an_entry_names_institution_and_roles(administrator: User) -> None:
    record("sign-in", by=administrator)
    db.session.commit()
    institution = administrator.institution
    assert institution is not None
    assert all_entries()[0].office == f"{institution.name} 机构管理员"


def test_an_entry_is_lost_with_its_transaction(user: User) -> None:
    record("sign-in", by=user)
    db.session.rollback()
    record("sign-out", by=user)
    db.session.commit()
    assert [(entry.number, entry.action) for entry in all_entries()] == [(1, "sign-out")]


def test_an_entry_is_lost_with_its_savepoint(user: User) -> None:
    record("sign-in", by=user)
    with db.session.begin_nested():
        record("numbers-shown", by=user)
        lost = db.session.begin_nested()
        record("password-changed", by=user)
        lost.rollback()
    outer = db.session.begin_nested()
    with db.session.begin_nested():
        record("password-refused", by=user)
    outer.rollback()
    assert all_entries() == []
    db.session.commit()
    assert [entry.action for entry in all_entries()] == ["sign-in", "numbers-shown"]
    assert told() == (2, [])


def test_a_transaction_that_fails_while_it_commits_leaves_no_entry(user: User) -> None:
    db.session.add(User(**{name: getattr(user, name) for name in ("kind", "name", "mobile", "id_number")}))
    record("user-created", by=user)
    with pytest.raises(IntegrityError):
        db.session.commit()
    db.session.rollback()
    db.session.commit()
    assert all_entries() == []


@pytest.mark.parametrize(
    "statement",
    [
        update(AuditEntry).values(action="sign-out"),
        delete(AuditEntry),
        delete(AuditChain),
        update(AuditChain).values(number=2),
    ],
)
def test_the_database_refuses_to_change_it(entries: list[AuditEntry], statement: object) -> None:
    with pytest.raises(DatabaseError, match=GUARD):
        db.session.execute(statement)  # type: ignore[call-overload]
    db.session.rollback()
    assert told() == (5, [])


def test_the_database_refuses_to_empty_it(entries: list[AuditEntry]) -> None:
    empty = "DELETE FROM" if db.engine.dialect.name == "sqlite" else "TRUNCATE"
    for table in ("audit_entries", "audit_chains"):
        with pytest.raises(DatabaseError, match=GUARD):
            db.session.execute(text(f"{empty} {table}"))
        db.session.rollback()


@pytest.mark.parametrize(
    ("forge", "fault"),
    [
        (lambda: forging.change(2, name="另一个人"), (2, CHANGED)),
        (lambda: forging.change(2, detail={"fields": []}), (2, CHANGED)),
        (lambda: forging.change(3, address="10.0.0.1"), (3, CHANGED)),
        (lambda: forging.change(3, digest="0" * 64), (3, CHANGED)),
        (lambda: forging.change(4, previous_digest="0" * 64), (4, ASTRAY)),
        (lambda: forging.drop(1), (2, "record 1 is missing")),
        (lambda: forging.drop(2, 3), (4, "record 2 is missing")),
        (lambda: forging.drop(5), (4, GONE.format(5))),
        (lambda: forging.drop(1, 2, 3, 4, 5), (0, GONE.format(5))),
        (lambda: forging.slip_in(5), (5, SLIPPED_IN)),
    ],
)
def test_the_first_broken_entry_is_named(
    entries: list[AuditEntry], forge: Callable[[], None], fault: tuple[int, str]
) -> None:
    forge()
    assert told()[1] == [fault]


def test_an_entry_with_a_digest_of_its_own_breaks_the_next(entries: list[AuditEntry]) -> None:
    second = entries[1]
    second.name = "另一个人"
    forged = digest_of(second.facts(), second.previous_digest)
    db.session.expire(second)
    forging.change(2, name="另一个人", digest=forged)
    assert told()[1] == [(3, ASTRAY)]


def test_an_end_that_was_moved_back_is_noticed(entries: list[AuditEntry]) -> None:
    forging.drop(4, 5)
    forging.move_end(3)
    assert told()[1] == [(3, UNSEALED)]


def test_a_stretch_is_checked_from_where_the_last_one_ended(entries: list[AuditEntry]) -> None:
    chain = entries[0].chain
    first = check(chain, limit=2)
    assert (first.number, first.digest) == (2, entries[1].digest)
    assert check(chain, after=first.number).number == 5
    forging.change(2, name="另一个人")
    assert check(chain, after=2).fault is None


def together(app: Flask, *works: Callable[[], None]) -> list[BaseException]:
    """Run each in a thread and session of its own; return what they raised."""
    raised: list[BaseException] = []

    def run(work: Callable[[], None]) -> None:
        with app.app_context():
            try:
                work()
            except BaseException as error:
                raised.append(error)

    threads = [Thread(target=run, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return raised


def test_each_account_has_its_chain(app: Flask) -> None:
    first, second = factories.UserFactory(reviewer=True), factories.UserFactory(reviewer=True)
    for user in (first, second, first):
        record("sign-in", by=user)
        db.session.commit()
    places = [
        (entry.user_id, entry.number) for entry in db.session.scalars(select(AuditEntry).order_by("id"))
    ]
    assert places == [(first.id, 1), (second.id, 1), (first.id, 2)]
    assert told() == (3, [])


def test_what_one_transaction_records_stays_together(app: Flask, user: User) -> None:
    other = factories.UserFactory(reviewer=True)
    for by in (user, None, other):
        record("sign-in", by=by)
    db.session.commit()
    assert [(entry.chain, entry.number) for entry in all_entries()] == [
        (user.id % CHAINS, number) for number in (1, 2, 3)
    ]


def test_many_at_once_make_one_chain(app: Flask, user: User) -> None:
    def work() -> None:
        me = db.session.get_one(User, user.id)
        for number in range(10):
            record("sign-in", by=me, about=me, count=number)
            db.session.commit() if number % 3 else db.session.rollback()

    db.session.remove()
    assert together(app, *[work] * 6) == []
    assert told() == (36, [])


def test_who_holds_an_account_and_who_acts_with_it_do_not_wait_in_a_circle(app: Flask, user: User) -> None:
    def hold() -> None:
        me = db.session.scalars(select(User).where(User.id == user.id).with_for_update(of=User)).one()
        sleep(0.5)
        record("official-changed", by=None, about=me)
        db.session.commit()

    def act() -> None:
        sleep(0.2)
        record("sign-in", by=db.session.get_one(User, user.id))
        db.session.commit()

    db.session.remove()
    assert together(app, hold, act) == []
    assert told() == (2, [])
