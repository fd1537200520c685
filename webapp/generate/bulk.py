"""Rows in bulk: gathered by table, written many at once, by COPY where the database has it."""

from collections.abc import Callable, Iterable
from contextlib import nullcontext
from typing import Any, NamedTuple, cast

from sqlalchemy import Column, Connection, Table, func, insert, select, text
from sqlalchemy.exc import IntegrityError

from webapp.database import Base, RowId

# Rows that one transaction writes: the more, the fewer waits for the disk.
BATCH = 20_000


class AlreadyThere(Exception):
    """The database holds rows with the identifiers or numbers of the new ones."""


class _Value(NamedTuple):
    """Where a column's value comes from, and how the driver wants it."""

    attribute: str
    default: Callable[[], Any]
    process: Callable[[Any], Any] | None

    def of(self, given: dict[str, Any]) -> Any:
        value = given[self.attribute] if self.attribute in given else self.default()
        return value if self.process is None else self.process(value)


class Bulk:
    """Takes new rows of any model and writes them in big transactions, parents before children.

    An interrupted run leaves whole transactions: what they hold refers to nothing that is not there.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._values: dict[Table, list[_Value]] = {}
        self._rows: dict[Table, list[tuple[Any, ...]]] = {}
        self._keys: dict[Table, int] = {}
        self._waiting = 0
        # What gives rows that can only be made when the transaction that writes them has begun.
        self.late: Callable[[Connection], Iterable[Base]] = lambda connection: ()

    def add(self, row: Base) -> None:
        """Take a row over and give it its key, so that others can refer to it.

        Whatever it refers to must have been added before.
        """
        self._take(row)
        self._waiting += 1
        if self._waiting >= BATCH:
            self.write()

    def _take(self, row: Base) -> None:
        table = cast(Table, row.__table__)
        values = self._values.get(table) or self._prepare(table, type(row))
        if isinstance(row, RowId):
            self._keys[table] += 1
            row.id = self._keys[table]
        given = row.__dict__
        self._rows[table].append(tuple([value.of(given) for value in values]))

    def write(self) -> None:
        """Write what has gathered, in one transaction.

        :raises AlreadyThere: nothing of it was written
        """
        # What is copied passes SQLAlchemy by, and its errors with it.
        drivers: type[Exception] = self._connection.dialect.loaded_dbapi.IntegrityError
        try:
            with self._connection.begin():
                for row in self.late(self._connection):
                    self._take(row)
                for table in Base.metadata.sorted_tables:
                    if rows := self._rows.get(table):
                        self._insert(table, rows)
                        rows.clear()
        except (IntegrityError, drivers) as taken:
            raise AlreadyThere from taken
        self._waiting = 0

    def finish(self) -> None:
        """Write the rest, let the database's own keys go on behind ours, and tell it what it holds now."""
        self.write()
        if self._connection.dialect.name != "postgresql":
            return
        with self._connection.begin():
            for table, key in self._keys.items():
                sequence = func.pg_get_serial_sequence(table.name, "id")
                self._connection.execute(select(func.setval(sequence, key)))
            # Its own tasks come a minute later; until then it would plan queries for empty tables.
            self._connection.execute(text("ANALYZE"))

    def _prepare(self, table: Table, model: type[Base]) -> list[_Value]:
        if issubclass(model, RowId):
            begun = self._connection.in_transaction()
            with nullcontext() if begun else self._connection.begin():
                self._keys[table] = self._connection.scalar(select(func.max(table.c.id))) or 0
        self._rows[table] = []
        self._values[table] = [self._value(model, column) for column in table.columns]
        return self._values[table]

    def _value(self, model: type[Base], column: Column[Any]) -> _Value:
        dialect = self._connection.dialect
        attribute = model.__mapper__.get_property_by_column(column).key
        return _Value(
            attribute, _default_of(column), column.type.dialect_impl(dialect).bind_processor(dialect)
        )

    def _insert(self, table: Table, rows: list[tuple[Any, ...]]) -> None:
        dialect = self._connection.dialect
        if dialect.name == "postgresql":
            self._copy(table, rows)
        else:
            self._connection.exec_driver_sql(str(insert(table).compile(dialect=dialect)), rows)

    def _copy(self, table: Table, rows: list[tuple[Any, ...]]) -> None:
        # Loaded here: an app on SQLite starts without it.
        from psycopg.sql import SQL, Identifier

        columns = SQL(", ").join(Identifier(column.name) for column in table.columns)
        copying = SQL("COPY {} ({}) FROM STDIN").format(Identifier(table.name), columns)
        driver: Any = self._connection.connection.driver_connection
        with driver.cursor() as cursor, cursor.copy(copying) as copy:
            for row in rows:
                copy.write_row(row)


def _default_of(column: Column[Any]) -> Callable[[], Any]:
    default = column.default
    if default is None:
        return lambda: None
    if default.is_callable:
        return lambda: default.arg(None)  # type: ignore[attr-defined]
    return lambda: default.arg  # type: ignore[attr-defined]
