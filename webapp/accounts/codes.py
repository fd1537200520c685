"""One-time codes: an administrator hands one over, the person signs in with it and sets the password."""

import hmac
import secrets
import unicodedata
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import ClassVar

from sqlalchemy import ForeignKey, delete, select
from sqlalchemy.orm import Mapped, mapped_column

from webapp.accounts.models import User
from webapp.accounts.sessions import FailedSignIns, end_sessions
from webapp.audit.models import record
from webapp.crypto import BlindIndex, blind_index
from webapp.database import Base, UtcDateTime, db, now
from webapp.messages.models import Message

# Without what looks alike (0/O, 1/I, 2/Z, 5/S, 8/B); of what sounds alike (B, D, G, P, T, V) one stays.
ALPHABET = "34679ACEFHJKLMNRTWXY"
LENGTH = 10
GROUP = 5


class FirstSignInCode(Base):
    """The digest of the code that somebody may sign in with once."""

    __tablename__ = "first_sign_in_codes"
    LIFETIME: ClassVar[timedelta] = timedelta(hours=72)

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True)
    digest: Mapped[str] = mapped_column(BlindIndex)
    made_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)

    @classmethod
    def issue(cls, user: User) -> str:
        """Give a user a new code in place of any earlier one, within the running transaction; return it."""
        return cls.issue_all([user])[0]

    @classmethod
    def issue_all(cls, users: Iterable[User]) -> list[str]:
        """Give each user a new code, see :meth:`issue`."""
        codes = {user: "".join(secrets.choice(ALPHABET) for _ in range(LENGTH)) for user in users}
        cls.withdraw(*codes)
        db.session.add_all(cls(user_id=user.id, digest=_digest(user, code)) for user, code in codes.items())
        return [shown(code) for code in codes.values()]

    @classmethod
    def withdraw(cls, *users: User) -> None:
        """Make the users' codes worthless, within the running transaction."""
        db.session.execute(delete(cls).where(cls.user_id.in_([user.id for user in users])))

    @classmethod
    def holder(cls, mobile: str, code: str) -> User | None:
        """Return the active user to whom a valid code belongs, locked until the transaction ends.

        A wrong code counts like a wrong password, and is committed.
        """
        user: User | None = db.session.scalar(User.with_mobile(mobile).where(User.is_active))
        kept = user and db.session.scalar(select(cls).where(cls.user_id == user.id).with_for_update())
        # The name is part of the digest: even with the database in hand, one guess tries one account.
        if user and kept and kept.is_valid and hmac.compare_digest(kept.digest, _digest(user, code)):
            return user
        FailedSignIns.count(mobile)
        # By nobody: an entry in a person's name would keep an account that was never used from deletion.
        record("first-sign-in-failed", by=None, about=user)
        db.session.commit()
        return None

    @property
    def is_valid(self) -> bool:
        """Whether it is still young enough."""
        return now() - self.made_at < self.LIFETIME


def begin(user: User, password: str) -> None:
    """Use up the code: set the password, end older sessions and tell the administrators.

    Within the running transaction, which the caller ends with the new session in it.
    """
    first = not user.has_signed_in
    user.set_password(password)
    FirstSignInCode.withdraw(user)
    FailedSignIns.forget(user.mobile)
    end_sessions(user)
    record("first-sign-in" if first else "password-set-by-code", by=user)
    Message.send(user, "密码已设置", "您已用一次性口令登录并设置了密码。如果不是您本人，请立即告诉管理员。")
    for administrator in db.session.scalars(User.administrators_over(user)):
        if administrator.id != user.id:
            done = "首次登录" if first else "密码重设"
            Message.send(administrator, f"{done}完成", f"{user.name}已用一次性口令登录并设置了密码。")


def normalised(code: str) -> str:
    """Return a code as it was made, however it was typed: full-width, lower case, with blanks or hyphens."""
    return "".join(char for char in unicodedata.normalize("NFKC", code).upper() if char.isalnum())


def shown(code: str) -> str:
    """Write a code in two groups: ``K7M4N-3XHRT``."""
    return "-".join(code[start : start + GROUP] for start in range(0, LENGTH, GROUP))


def _digest(user: User, code: str) -> str:
    return blind_index(normalised(code), f"first_sign_in_codes.{user.uuid}")
