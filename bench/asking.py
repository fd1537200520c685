"""Asking the app in this process: whole requests without a network, and their parts."""

import hashlib
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import Context
from io import BytesIO
from typing import Any

from flask import Flask, session, template_rendered
from flask_wtf.csrf import generate_csrf
from jinja2 import Template
from sqlalchemy import event
from werkzeug.test import EnvironBuilder

from webapp.accounts.models import User
from webapp.accounts.sessions import SignIn
from webapp.database import db

Act = Callable[[], object]


class Request:
    """One request of a signed-in user, ready to be sent again and again."""

    def __init__(self, app: Flask, user: User, path: str, data: dict[str, str] | None = None) -> None:
        """:param data: the fields of a form, which make it a POST"""
        builder = EnvironBuilder(path=path, method="POST" if data else "GET", data=data)
        builder.headers["Cookie"] = f"{app.config['SESSION_COOKIE_NAME']}={signed_in(app, user)}"
        self.app = app
        self.environ = builder.get_environ()
        self.body = self.environ["wsgi.input"].read()

    def send(self) -> bytes:
        """Send it and return the page.

        :raises AssertionError: the answer is not 200
        """
        seen: list[str] = []
        pieces = self.app(self._fresh(), lambda status, headers, _=None: seen.append(status))
        page = b"".join(pieces)
        assert seen == ["200 OK"], (self.environ["PATH_INFO"], seen)
        return page

    def statements(self) -> list[tuple[str, Any]]:
        """Return what queries the request sends, with their parameters as the driver gets them."""
        sent: list[tuple[str, Any]] = []

        def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_rest: Any) -> None:
            if statement.startswith("SELECT"):
                sent.append((statement, parameters))

        with self.app.app_context():
            engine = db.engine
        event.listen(engine, "before_cursor_execute", note)
        self.send()
        event.remove(engine, "before_cursor_execute", note)
        return sent

    @contextmanager
    def rendering(self) -> Iterator[Act]:
        """Yield an act that renders the request's page anew from rows in memory, without any SQL."""
        template, context = self._rendered()
        with self.app.request_context(self._fresh()):
            yield lambda: template.render(context)

    def _rendered(self) -> tuple[Template, dict[str, Any]]:
        seen: list[tuple[Template, dict[str, Any]]] = []

        def note(_app: Flask, template: Template, context: dict[str, Any], **_: Any) -> None:
            seen.append((template, context))

        with template_rendered.connected_to(note, self.app):
            self.send()
        return seen[-1]

    def _fresh(self) -> dict[str, Any]:
        return self.environ | {"wsgi.input": BytesIO(self.body)}


def signed_in(app: Flask, user: User) -> str:
    """Sign a user in and return the cookie of the browser."""
    return cookie_of(app, {"_user_id": _opened(user), "_fresh": True})


def signed_in_to_write(app: Flask, user: User) -> dict[str, str]:
    """Sign a user in and return the headers by which the browser's requests may write."""
    token, kept = with_token(app)
    cookie = cookie_of(app, {**kept, "_user_id": _opened(user), "_fresh": True})
    return {"Cookie": f"{app.config['SESSION_COOKIE_NAME']}={cookie}", "X-CSRFToken": token}


def with_token(app: Flask) -> tuple[str, dict[str, Any]]:
    """Return a token for forms, and the session that it belongs to."""

    def make() -> tuple[str, dict[str, Any]]:
        with app.test_request_context():
            return generate_csrf(), dict(session)

    # A context of its own, as each browser's request has: the token is kept in it.
    return Context().run(make)


def cookie_of(app: Flask, kept: dict[str, Any]) -> str:
    """Return the cookie of a session that holds something."""
    serializer: Any = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined]
    cookie: str = serializer.dumps(kept)
    return cookie


def _opened(user: User) -> str:
    token = secrets.token_urlsafe(32)
    digest = hashlib.sha256(token.encode()).hexdigest()
    db.session.add(SignIn(user_id=user.id, token_digest=digest, address="127.0.0.1", browser="bench"))
    db.session.commit()
    return token


def replay(cursor: Any, statements: list[tuple[str, Any]]) -> list[Any]:
    """Send statements through the driver alone and fetch what they find."""
    found = []
    for statement, parameters in statements:
        # Without any, psycopg takes a % for what it is.
        found.append(cursor.execute(statement, *([parameters] if parameters else [])).fetchall())
    return found
