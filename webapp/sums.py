"""Sums kept beside the rows they are of: added to in the transaction of what they count.

A table of sums has a primary key of what is told apart, and columns that are added up. Beside such tables
stand those of marks, all key, which lead from a sum to the rows it is of. Both are written by upserts in the
order of the keys: two that count into the same rows at once wait for each other, and never in a circle.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any

from sqlalchemy import func, inspect, select, text, tuple_
from sqlalchemy.dialects.postgresql import insert as insert_into_postgresql
from sqlalchemy.dialects.sqlite import insert as insert_into_sqlite

from webapp.database import Base, db

Table = type[Base]
Key = tuple[Any, ...]
Amounts = tuple[Any, ...]
# Marks are looked up so many at a time.
CHUNK = 1000


class Sums:
    """Amounts and marks that are to be added, or that a recount finds."""

    def __init__(self) -> None:
        self.amounts: dict[Table, dict[Key, Amounts]] = {}
        self.marks: defaultdict[Table, set[Key]] = defaultdict(set)

    def add(self, table: Table, key: Key, *amounts: Any) -> None:
        """Add amounts to the row of a key, both in the order of the table's columns."""
        rows = self.amounts.setdefault(table, {})
        before = rows.get(key)
        rows[key] = amounts if before is None else tuple(a + b for a, b in zip(before, amounts, strict=True))

    def mark(self, table: Table, *key: Any) -> None:
        """Let a table of marks have a row."""
        self.marks[table].add(key)

    def store(self) -> None:
        """Add everything to what the tables hold, within the running transaction, and begin anew."""
        for table, rows in self.amounts.items():
            _upsert(table, [(*key, *amounts) for key, amounts in sorted(rows.items())])
        for table, keys in self.marks.items():
            _upsert(table, sorted(keys))
        self.amounts.clear()
        self.marks.clear()

    def differences(self, tables: Iterable[Table]) -> Iterator[str]:
        """Yield in words where the tables of sums hold something else than this recount."""
        for table in tables:
            counted, kept = _without_zeros(self.amounts.get(table, {})), _without_zeros(_kept(table))
            for key in sorted(counted.keys() | kept.keys()):
                if (said := kept.get(key)) != (right := counted.get(key)):
                    yield f"{_named(table, key)}: {_words(said)} kept, {_words(right)} counted"

    def missing_marks(self) -> Iterator[str]:
        """Yield in words the marks of this recount that their tables lack, and forget the marks."""
        for table, keys in self.marks.items():
            columns = [getattr(table, name) for name in _keys(table)]
            for some in _chunks(sorted(keys)):
                rows = db.session.execute(select(*columns).where(tuple_(*columns).in_(some)))
                for key in sorted(set(some) - {tuple(row) for row in rows}):
                    yield f"{_named(table, key)}: missing"
        self.marks.clear()


def hold(tables: Iterable[Table]) -> None:
    """Let nobody add to the tables until the running transaction ends; SQLite has one writer anyway."""
    if db.engine.dialect.name == "postgresql":
        names = ", ".join(table.__tablename__ for table in tables)
        db.session.execute(text(f"LOCK TABLE {names} IN SHARE ROW EXCLUSIVE MODE"))


def size(table: Table) -> int:
    """Count the rows of a table."""
    return db.session.scalar(select(func.count()).select_from(table)) or 0


def _upsert(table: Table, rows: list[Key]) -> None:
    insert = insert_into_sqlite if db.engine.dialect.name == "sqlite" else insert_into_postgresql
    keys, names = _keys(table), _amounts(table)
    adding = insert(table)
    if names:
        together = {name: getattr(table, name) + adding.excluded[name] for name in names}
        adding = adding.on_conflict_do_update(index_elements=keys, set_=together)
    else:
        adding = adding.on_conflict_do_nothing(index_elements=keys)
    db.session.execute(adding, [dict(zip([*keys, *names], row, strict=True)) for row in rows])


def _keys(table: Table) -> list[str]:
    return [column.name for column in inspect(table).primary_key]


def _amounts(table: Table) -> list[str]:
    keys = _keys(table)
    return [column.name for column in inspect(table).columns if column.name not in keys]


def _kept(table: Table) -> dict[Key, Amounts]:
    keys, names = _keys(table), _amounts(table)
    rows = db.session.execute(select(*(getattr(table, name) for name in [*keys, *names])))
    return {tuple(row[: len(keys)]): tuple(row[len(keys) :]) for row in rows}


def _without_zeros(rows: dict[Key, Amounts]) -> dict[Key, Amounts]:
    """What was added and taken away again leaves a row of zeros, which is as good as none."""
    return {key: amounts for key, amounts in rows.items() if any(amounts)}


def _chunks(keys: list[Key]) -> Iterator[list[Key]]:
    for start in range(0, len(keys), CHUNK):
        yield keys[start : start + CHUNK]


def _named(table: Table, key: Key) -> str:
    return f"{table.__tablename__} {' '.join(map(str, key))}"


def _words(amounts: Amounts | None) -> str:
    return "nothing" if amounts is None else "/".join(map(str, amounts))
