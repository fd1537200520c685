"""What a system administrator does to the accounts of reviewers, auditors and system administrators."""

from typing import TypedDict

from sqlalchemy import select

from webapp.accounts.codes import FirstSignInCode
from webapp.accounts.models import Kind, User
from webapp.accounts.sessions import FailedSignIns, end_sessions
from webapp.audit.models import record
from webapp.catalog import catalog
from webapp.database import db
from webapp.messages.models import Message


class Facts(TypedDict):
    """What is known of an official; ``district`` is a reviewer's, None for the whole city."""

    name: str
    id_number: str
    mobile: str
    district: str | None


class OwnAccount(Exception):
    """Nobody shuts themselves out."""


class LastAdministrator(Exception):
    """Somebody must be left who can administer the system."""


def add(kind: Kind, facts: Facts, *, by: User | None) -> tuple[User, str]:
    """Add an account and return it with the code for its first sign-in.

    :raises sqlalchemy.exc.IntegrityError: a number is taken
    """
    user = User(kind=kind, **facts)
    db.session.add(user)
    db.session.flush()
    record("official-added", by=by, about=user, kind=kind, **_responsible(user))
    code = FirstSignInCode.issue(user)
    record("code-issued", by=by, about=user)
    db.session.commit()
    return user, code


def change(user: User, facts: Facts, *, by: User) -> None:
    """Take over what an administrator has changed; a reviewer's district counts from the next page on.

    :raises sqlalchemy.exc.IntegrityError: a number is taken
    """
    changed = [name for name, value in facts.items() if getattr(user, name) != value]
    if not changed:
        return
    before = _responsible(user)
    for name, value in facts.items():
        setattr(user, name, value)
    db.session.flush()
    moved = {"before": before, "after": _responsible(user)} if "district" in changed else {}
    record("official-changed", by=by, about=user, fields=changed, **moved)
    db.session.commit()


def _responsible(user: User) -> dict[str, str]:
    """What a reviewer answers for, as the audit log says it."""
    if user.kind != Kind.REVIEWER:
        return {}
    return {"district": catalog().reference.region(user.district).name if user.district else "市级"}


def deactivate(user: User, *, by: User) -> None:
    """Keep somebody out from this moment on: sessions end, codes expire, records stay.

    :raises OwnAccount: it is the administrator's own
    :raises LastAdministrator: nobody else could administer the system, the one who asks included
    """
    if user.id == by.id:
        raise OwnAccount
    if user.kind == Kind.SYSTEM and _able_administrators() <= {user.id}:
        raise LastAdministrator
    user.is_active = False
    end_sessions(user)
    FirstSignInCode.withdraw(user)
    record("official-deactivated", by=by, about=user)
    db.session.commit()


def _able_administrators() -> set[int]:
    """Return who can sign in and administer the system; it stays so until the transaction ends."""
    able = select(User).where(User.kind == Kind.SYSTEM, User.is_active, User.password_hash != "")
    # Two who disable each other at once: the second finds only one left.
    locked = able.order_by(User.id).with_for_update(of=User).execution_options(populate_existing=True)
    return {user.id for user in db.session.scalars(locked)}


def activate(user: User, *, by: User) -> None:
    """Let somebody in again."""
    user.is_active = True
    record("official-activated", by=by, about=user)
    db.session.commit()


def issue_code(user: User, *, by: User) -> str:
    """Give somebody a code to sign in with once, and return it; an earlier one is worthless from now on.

    :raises OwnAccount: one's own password is changed with the old one
    """
    if user.id == by.id:
        raise OwnAccount
    code = FirstSignInCode.issue(user)
    FailedSignIns.forget(user.mobile)
    record("code-issued", by=by, about=user)
    if user.has_signed_in:
        Message.send(
            user, "一次性口令", "系统管理员为您签发了一次性口令，用来重设密码。您没有提出时，请向管理员询问。"
        )
    db.session.commit()
    return code


def unlock(user: User, *, by: User) -> None:
    """Let somebody try again at once who typed a wrong password too often."""
    FailedSignIns.forget(user.mobile)
    record("official-unlocked", by=by, about=user)
    db.session.commit()
