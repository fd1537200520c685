"""Signing in without the cost of a password, and counting what a request asks of the database."""

import hashlib
import secrets
from collections.abc import Iterator
from contextlib import contextmanager

from flask.testing import FlaskClient
from sqlalchemy import event

from webapp.accounts.models import User
from webapp.accounts.sessions import SignIn
from webapp.database import db


def sign_in_as(client: FlaskClient, user: User) -> FlaskClient:
    """Give a test client the session of a user."""
    token = secrets.token_urlsafe(32)
    digest = hashlib.sha256(token.encode()).hexdigest()
    db.session.add(SignIn(user_id=user.id, token_digest=digest, address="127.0.0.1", browser="test"))
    db.session.commit()
    with client.session_transaction() as session:
        session["_user_id"] = token
        session["_fresh"] = True
    return client


@contextmanager
def counted_statements() -> Iterator[list[str]]:
    """Collect every SQL statement that is sent inside the block."""
    statements: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if not statement.startswith(("BEGIN", "PRAGMA", "SAVEPOINT", "RELEASE")):
            statements.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
