"""Server-side sessions: a browser holds a random token, the database its digest, so each can be ended."""

import hashlib
import secrets
from datetime import datetime, timedelta
from functools import cache
from typing import ClassVar, Self

from flask import Flask, Response, current_app, g, request, session
from flask_login import login_user, logout_user
from sqlalchemy import ForeignKey, Select, String, bindparam, delete, select, update
from sqlalchemy.orm import Mapped, mapped_column, relationship

from webapp.accounts.browsers import browser_title
from webapp.accounts.models import MOBILE, User, hash_password, verify_password
from webapp.audit.models import record
from webapp.crypto import BlindIndex, blind_index
from webapp.database import Base, PublicId, UtcDateTime, db, now
from webapp.extensions import login_manager

TOKEN_BYTES = 32
# In the browser's cookie: Flask-WTF's token against forgery, and whose session it is or was.
TOKEN, OWNER = "csrf_token", "owner"
# How stale "last seen" may get: writing it at every request would make each page a write.
SEEN_EVERY = timedelta(minutes=5)


class SignIn(PublicId, Base):
    """One browser in which a user is signed in."""

    __tablename__ = "sign_ins"

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    token_digest: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    seen_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    address: Mapped[str] = mapped_column(String(45))
    browser: Mapped[str] = mapped_column(String(200))

    user: Mapped[User] = relationship(lazy="joined", innerjoin=True)

    @classmethod
    def this_of(cls, user: User) -> Select[Self]:
        """Select the sign-in of the browser that sent this request."""
        return select(cls).where(cls.token_digest == _digest(user.get_id()))

    @classmethod
    def others_of(cls, user: User) -> Select[Self]:
        """Select a user's other sign-ins that still hold."""
        idle: timedelta = current_app.config["SESSION_IDLE"]
        lifetime: timedelta = current_app.config["PERMANENT_SESSION_LIFETIME"]
        moment = now()
        return select(cls).where(
            cls.user_id == user.id,
            cls.token_digest != _digest(user.get_id()),
            cls.seen_at > moment - idle,
            cls.created_at > moment - lifetime,
        )

    @property
    def title(self) -> str:
        """Browser and device in words."""
        return browser_title(self.browser)


# Made once: every request sends it. Neither idle nor old beyond the limits, and of an active user.
_HOLDING = (
    select(User, SignIn.id, SignIn.seen_at)
    .join(SignIn.user)
    .where(
        SignIn.token_digest == bindparam("digest"),
        SignIn.seen_at > bindparam("seen_after"),
        SignIn.created_at > bindparam("created_after"),
        User.is_active,
    )
)


class FailedSignIns(Base):
    """Wrong passwords for one mobile number, known or not, so that a lock tells nothing about accounts."""

    __tablename__ = "failed_sign_ins"
    LIMIT: ClassVar[int] = 5
    LOCK: ClassVar[timedelta] = timedelta(minutes=15)

    mobile_index: Mapped[str] = mapped_column(BlindIndex, primary_key=True)
    failures: Mapped[int] = mapped_column(default=0)
    last_at: Mapped[datetime] = mapped_column(UtcDateTime)

    @classmethod
    def are_too_many(cls, mobile: str) -> bool:
        """Tell whether the number is locked now."""
        row = db.session.get(cls, blind_index(mobile, MOBILE))
        return row is not None and row.failures >= cls.LIMIT and now() - row.last_at < cls.LOCK

    @classmethod
    def refuse(cls, mobile: str) -> bool:
        """Tell whether the number is locked now; that somebody tries it all the same is recorded."""
        if not cls.are_too_many(mobile):
            return False
        record("sign-in-locked", by=None, about=db.session.scalar(User.with_mobile(mobile)))
        db.session.commit()
        return True

    @classmethod
    def count(cls, mobile: str) -> None:
        """Add a failure; the count starts anew when the last one is older than the lock."""
        index = blind_index(mobile, MOBILE)
        row = db.session.get(cls, index)
        if row is None or now() - row.last_at >= cls.LOCK:
            row = db.session.merge(cls(mobile_index=index, failures=0))
        row.failures += 1
        row.last_at = now()

    @classmethod
    def forget(cls, mobile: str) -> None:
        """Drop the count after a right password."""
        db.session.execute(delete(cls).where(cls.mobile_index == blind_index(mobile, MOBILE)))


def sign_in(mobile: str, password: str) -> User | None:
    """Sign the browser of this request in and return the user; None when number or password is wrong."""
    user: User | None = db.session.scalar(User.with_mobile(mobile))
    # An unknown number costs a hash too: the time to answer must not tell whether there is an account.
    # So does one whose password is not set yet.
    kept = user.password_hash if user and user.has_signed_in else _nobodys_hash()
    right = verify_password(kept, password)
    if user is None or not right or not user.is_active:
        FailedSignIns.count(mobile)
        # By nobody: who it was is just what is not known.
        record("sign-in-failed", by=None, about=user)
        db.session.commit()
        return None
    FailedSignIns.forget(mobile)
    open_session(user)
    record("sign-in", by=user)
    db.session.commit()
    return user


@cache
def _nobodys_hash() -> str:
    return hash_password(secrets.token_urlsafe(TOKEN_BYTES))


def open_session(user: User) -> None:
    """Start a session for a user in this browser; whatever it held of another session is dropped.

    The same user may still have a form on the screen, of a session that ended while it was filled in: it can
    be sent now, because its token against forgery holds on. Nobody else's can.
    """
    kept = {TOKEN: session[TOKEN]} if session.get(OWNER) == str(user.uuid) and TOKEN in session else {}
    session.clear()
    session.update(kept, **{OWNER: str(user.uuid)})
    session.permanent = True
    token = secrets.token_urlsafe(TOKEN_BYTES)
    db.session.add(
        SignIn(
            user_id=user.id,
            token_digest=_digest(token),
            address=request.remote_addr or "",
            browser=request.user_agent.string[:200],
        )
    )
    user.sign_in_token = token  # type: ignore[misc]
    login_user(user)


def renew_session(user: User) -> None:
    """Give this browser a new token, in the running transaction: a copy of the old one is worth nothing."""
    token = secrets.token_urlsafe(TOKEN_BYTES)
    this = SignIn.token_digest == _digest(user.get_id())
    db.session.execute(update(SignIn).where(this).values(token_digest=_digest(token)))
    user.sign_in_token = token  # type: ignore[misc]
    session["_user_id"] = token  # where Flask-Login keeps it


def end_others(user: User) -> int:
    """End a user's sessions but that of this browser, in the running transaction; return their number."""
    mine = SignIn.user_id == user.id, SignIn.token_digest != _digest(user.get_id())
    return len(db.session.scalars(delete(SignIn).where(*mine).returning(SignIn.id)).all())


def sign_out(user: User) -> None:
    """End the session of this browser."""
    db.session.execute(delete(SignIn).where(SignIn.token_digest == _digest(user.get_id())))
    record("sign-out", by=user)
    db.session.commit()
    logout_user()
    session.clear()


def end_sessions(user: User) -> None:
    """End a user's sessions in every browser, in the running transaction."""
    db.session.execute(delete(SignIn).where(SignIn.user_id == user.id))


def init_app(app: Flask) -> None:
    """Let Flask-Login find users by the token of their sign-in."""
    login_manager.init_app(app)
    login_manager.user_loader(_load)
    # Phones change their address between two requests, so a session is not bound to it.
    login_manager.session_protection = None
    app.after_request(_note_presence)


def _load(token: str) -> User | None:
    moment = now()
    asked = {
        "digest": _digest(token),
        "seen_after": moment - current_app.config["SESSION_IDLE"],
        "created_after": moment - current_app.config["PERMANENT_SESSION_LIFETIME"],
    }
    found = db.session.execute(_HOLDING, asked).first()
    if found is None:
        return None
    user: User
    user, sign_in, seen_at = found
    if moment - seen_at > SEEN_EVERY:
        g.stale_sign_in = sign_in
    user.sign_in_token = token  # type: ignore[misc]
    return user


def _note_presence(response: Response) -> Response:
    """Move "last seen" forward after the page is made, in a transaction that writes nothing else."""
    if "stale_sign_in" in g:
        db.session.rollback()
        db.session.execute(update(SignIn).where(SignIn.id == g.stale_sign_in).values(seen_at=now()))
        db.session.commit()
    return response


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
