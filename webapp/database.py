"""The database session, the declarative base and column types shared by every model."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from flask import g, has_app_context, has_request_context, request
from flask_sqlalchemy import SQLAlchemy
from flask_sqlalchemy.session import Session
from sqlalchemy import BigInteger, DateTime, Engine, Enum, Integer, MetaData, event
from sqlalchemy.engine import Connection, Dialect
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, registry
from sqlalchemy.pool import ConnectionPoolEntry
from sqlalchemy.types import TypeDecorator
from uuid_utils.compat import uuid7 as _uuid7

from webapp.embedded import EmbeddedConnection

# The execution option of a transaction that only reads.
SNAPSHOT = "snapshot"
# The name of the copy among the engines, and of the mark that lets a session read from it.
REPLICA = "replica"
ON_REPLICA = "reads_replica"
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}

BigKey = BigInteger().with_variant(Integer, "sqlite")


class Base(DeclarativeBase):
    """Base of all models: named constraints, one metadata."""

    registry = registry(
        metadata=MetaData(naming_convention=NAMING),
        # An enumeration is its value as text; its members are named in the program only.
        type_annotation_map={
            StrEnum: Enum(StrEnum, native_enum=False, length=12, values_callable=lambda kind: list(kind))
        },
    )


class UtcDateTime(TypeDecorator[datetime]):
    """An aware datetime, kept and read in UTC; SQLite forgets the zone, so it is put back on reading."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return None if value is None else value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        # PostgreSQL answers in the zone of its session, and a digest covers the moment as it is written.
        return value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC)


class RowId:
    """Mixin: an internal bigint key."""

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)


class PublicId(RowId):
    """Mixin: the UUIDv7 by which the outside knows a row, beside the internal key."""

    uuid: Mapped[UUID] = mapped_column(unique=True, default=lambda: uuid7())


class RoutedSession(Session):
    """A session that reads from the copy of the database while webapp.replica lets it."""

    def get_bind(self, mapper: Any = None, clause: Any = None, bind: Any = None, **kwargs: Any) -> Any:
        if bind is None and has_app_context() and ON_REPLICA in g:
            return self._db.engines[REPLICA]
        return super().get_bind(mapper, clause, bind, **kwargs)


# Objects stay readable after a commit: a page is rendered from them when the transaction is over.
db = SQLAlchemy(model_class=Base, session_options={"expire_on_commit": False, "class_": RoutedSession})


def uuid7() -> UUID:
    """Return a time-ordered UUID (RFC 9562, version 7)."""
    return _uuid7()


def now() -> datetime:
    """Return the present moment in UTC."""
    return datetime.now(UTC)


@contextmanager
def snapshot() -> Iterator[None]:
    """Let a long reading see the database as it is now, without keeping anybody from writing."""
    db.session.rollback()
    options: dict[str, Any] = {SNAPSHOT: True}
    if db.engine.dialect.name == "postgresql":
        options["isolation_level"] = "REPEATABLE READ"
    db.session.connection(execution_options=options)
    try:
        yield
    finally:
        db.session.rollback()


@event.listens_for(Engine, "connect")
def _harden_sqlite(connection: Any, _record: ConnectionPoolEntry) -> None:
    if not isinstance(connection, sqlite3.Connection):
        return
    # Python's driver would otherwise open transactions late and by itself.
    connection.isolation_level = None
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=10000"):
        connection.execute(f"PRAGMA {pragma}")


@event.listens_for(Engine, "begin")
def _begin_sqlite(connection: Connection) -> None:
    """Writers take SQLite's lock at once: a reader that turns writer midway can fail without waiting."""
    if connection.dialect.name == "sqlite":
        reads = connection.get_execution_options().get(SNAPSHOT) or _only_reads()
        driver = connection.connection.dbapi_connection
        if not reads and isinstance(driver, EmbeddedConnection):
            driver.await_turn()
        connection.exec_driver_sql("BEGIN" if reads else "BEGIN IMMEDIATE")


def _only_reads() -> bool:
    """A request reads while it finds out who asks, and to its end when its method is a safe one.

    Outside requests whoever only reads says so, see :func:`reading`.
    """
    if has_request_context():
        return request.method in SAFE_METHODS or "access_decided" not in g
    return has_app_context() and "reads" in g


@contextmanager
def reading() -> Iterator[None]:
    """Only read inside the block, in a transaction of its own that nobody who writes waits for.

    For work outside requests; what the session holds before is committed.
    """
    db.session.commit()
    g.reads = True
    try:
        yield
        db.session.commit()
    finally:
        del g.reads
