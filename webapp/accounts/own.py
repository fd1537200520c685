"""What people change about their own account: data, password, sign-ins (manual 1.6)."""

from typing import Any

from sqlalchemy import select

from webapp.accounts.models import ID_NUMBER, User
from webapp.accounts.sessions import FailedSignIns, SignIn, end_others, renew_session
from webapp.audit.models import record
from webapp.crypto import blind_index
from webapp.database import db
from webapp.messages.models import Message

LOCKED = "连续输错 5 次，请 15 分钟后再试，或联系管理员。"


def password_refusal(user: User, password: str, wrong: str) -> str | None:
    """Say why the present password of a signed-in user is refused, or None.

    A wrong one counts as a failed sign-in and locks like one: a phone left lying about is no place to guess.

    :param wrong: what to say of a wrong password
    """
    # Of two changes at once the second must meet the first one's password.
    db.session.refresh(user, ["password_hash"], with_for_update=True)
    if FailedSignIns.refuse(user.mobile):
        return LOCKED
    if user.has_password(password):
        FailedSignIns.forget(user.mobile)
        return None
    FailedSignIns.count(user.mobile)
    record("password-refused", by=user)
    db.session.commit()
    return wrong


def is_taken(user: User, name: str, number: str) -> bool:
    """Tell whether somebody else has the mobile number, or within the institution the ID number."""
    if name == "mobile":
        holders = User.with_mobile(number)
    else:
        same = blind_index(number, ID_NUMBER)
        holders = select(User).where(User.institution_id == user.institution_id, User.id_number_index == same)
    return db.session.scalar(holders.with_only_columns(User.id).where(User.id != user.id)) is not None


def change_data(user: User, changes: dict[str, Any]) -> None:
    """Keep new values of ``name``, ``id_number`` or ``mobile``; nothing changed writes nothing.

    :raises sqlalchemy.exc.IntegrityError: a number was taken in this moment; nothing is kept
    """
    if not changes:
        return
    for name, value in changes.items():
        setattr(user, name, value)
    record("profile-changed", by=user, about=user, fields=sorted(changes))
    db.session.commit()


def change_password(user: User, password: str) -> None:
    """Set a new password; every other browser of the user is signed out, and a message says so."""
    user.set_password(password)
    end_others(user)
    renew_session(user)
    Message.send(
        user,
        "密码已修改",
        "您的登录密码已修改，其他设备上的登录已退出。如果不是您本人操作，请立即联系管理员。",
        "/me/devices",
    )
    record("password-changed", by=user, about=user)
    db.session.commit()


def end_other_sign_ins(user: User) -> int:
    """退出其他设备: sign every browser but this one out and return how many there were."""
    ended = end_others(user)
    record("sign-ins-ended", by=user, about=user, count=ended)
    db.session.commit()
    return ended


def end_sign_in(sign_in: SignIn, *, by: User) -> None:
    """Sign one other browser out."""
    db.session.delete(sign_in)
    record("sign-ins-ended", by=by, about=by, count=1)
    db.session.commit()
