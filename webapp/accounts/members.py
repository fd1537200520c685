"""What an administrator does to the accounts of the institution's staff (manual 1.2.4)."""

from collections.abc import Iterable, Sequence
from typing import TypedDict

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from webapp.accounts.codes import FirstSignInCode
from webapp.accounts.models import Kind, User
from webapp.accounts.sessions import end_sessions
from webapp.audit.models import record
from webapp.catalog import catalog
from webapp.database import db
from webapp.messages.models import Message


class Facts(TypedDict):
    """What is known of a member of staff; `inspects` are 小类 codes."""

    name: str
    department_id: int
    id_number: str
    mobile: str
    inspects: Sequence[str]
    scores: bool


class Administers(Exception):
    """Whoever administers the institution hands that over before the account can go."""


class CannotTakeOver(Exception):
    """Administration goes from an administrator to an active colleague who has signed in before."""


def add(*staff: Facts, by: User) -> list[User]:
    """Add people to the administrator's institution within the running transaction and return them.

    They have no password, so nobody signs in as them before they get a code.

    :raises sqlalchemy.exc.IntegrityError: a mobile number or an ID number is taken
    """
    users = [_new(facts, by) for facts in staff]
    db.session.add_all(users)
    db.session.flush()
    for user in users:
        record("staff-added", by=by, about=user)
    return users


def _new(facts: Facts, by: User) -> User:
    user = User(kind=Kind.MEMBER, institution_id=by.institution_id)
    _take_over(user, facts)
    return user


def _take_over(user: User, facts: Facts) -> None:
    user.name = facts["name"]
    user.department_id = facts["department_id"]
    user.id_number = facts["id_number"]
    user.mobile = facts["mobile"]
    user.grant(inspects=facts["inspects"], scores=facts["scores"])


def change(user: User, facts: Facts, *, by: User) -> None:
    """Take over what an administrator has changed.

    :raises sqlalchemy.exc.IntegrityError: the mobile number or the ID number is taken
    """
    before = {name: getattr(user, name) for name in User.EDITED}
    _take_over(user, facts)
    db.session.flush()
    changed = [name for name, value in before.items() if getattr(user, name) != value]
    record("staff-changed", by=by, about=user, fields=changed)
    db.session.commit()


def remove(user: User, *, by: User) -> bool:
    """Delete an account that nothing refers to, else disable it; tell whether it was deleted.

    Whatever somebody did refers to the account: inspections, photos, decisions, entries of the audit log.

    :raises Administers: the account administers the institution
    """
    if user.is_administrator:
        raise Administers
    try:
        with db.session.begin_nested():
            db.session.delete(user)
    except IntegrityError:
        deactivate(user, by=by)
        return False
    record("staff-deleted", by=by, about=user, name=user.name)
    db.session.commit()
    return True


def deactivate(user: User, *, by: User) -> None:
    """Keep somebody out from this moment on: sessions end, codes expire, records stay.

    :raises Administers: the account administers the institution
    """
    if user.is_administrator:
        raise Administers
    user.is_active = False
    end_sessions(user)
    FirstSignInCode.withdraw(user)
    record("staff-deactivated", by=by, about=user)
    db.session.commit()


def activate(user: User, *, by: User) -> None:
    """Let somebody in again."""
    user.is_active = True
    record("staff-activated", by=by, about=user)
    db.session.commit()


def issue_code(user: User, *, by: User) -> str:
    """Give somebody a code to sign in with once, and return it; an earlier one is worthless from now on."""
    code = FirstSignInCode.issue(user)
    record("code-issued", by=by, about=user)
    if user.has_signed_in:
        Message.send(
            user, "一次性口令", "机构管理员为您签发了一次性口令，用来重设密码。您没有提出时，请向管理员询问。"
        )
    db.session.commit()
    return code


def can_take_over(receiver: User, giver: User) -> bool:
    """Tell whether somebody can become the administrator in the giver's place."""
    colleagues = giver.institution_id == receiver.institution_id and giver.id != receiver.id
    ready = receiver.is_active and receiver.has_signed_in and not receiver.is_administrator
    return colleagues and ready and giver.is_administrator and giver.is_active


def hand_over(giver: User, receiver: User) -> None:
    """Make another member the administrator in the giver's place; other roles of both stay as they are.

    :raises CannotTakeOver: one of them is not, or no longer, who can do this
    """
    both = select(User).where(User.id.in_([giver.id, receiver.id])).order_by(User.id)
    # As they are now, and neither can be disabled meanwhile.
    db.session.scalars(both.with_for_update(of=User).execution_options(populate_existing=True)).all()
    if not can_take_over(receiver, giver):
        raise CannotTakeOver
    giver.is_administrator, receiver.is_administrator = False, True
    record("administration-handed-over", by=giver, about=receiver)
    Message.send(
        receiver, "您已成为机构管理员", f"{giver.name}把机构管理员移交给了您，从现在起由您管理本机构。"
    )
    Message.send(giver, "管理权已移交", f"您已把机构管理员移交给{receiver.name}，您的其他业务范围不变。")
    db.session.commit()


def inspection_titles(scope: Iterable[str]) -> str:
    """小类 in words, in the checklist's order."""
    chapters = catalog().current_checklist().chapters(frozenset(scope))
    return "、".join(chapter.subcategory.title for chapter in chapters)
