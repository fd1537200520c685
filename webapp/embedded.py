"""SQLite as several threads of one process write to it."""

import sqlite3
from functools import cached_property
from threading import Lock
from typing import ClassVar

# In seconds; as long as SQLite itself is told to wait.
PATIENCE = 10.0


class EmbeddedConnection(sqlite3.Connection):
    """A connection whose process lets one writer after the other come to the database.

    SQLite has one writer at a time and makes the others look again after ever longer pauses, up to a tenth of
    a second, in which nobody may be writing. Threads that wait for a lock go on in the moment it is free.
    """

    _turns: "ClassVar[dict[str, Lock]]" = {}
    _turn: "Lock | None" = None

    def await_turn(self) -> bool:
        """Wait until no other thread writes, but not for ever; then the database has to decide.

        :return: whether it is this connection's turn, until it commits, rolls back or closes
        """
        turn = self._turns.setdefault(self._file, Lock())
        if turn.acquire(timeout=PATIENCE):
            self._turn = turn
        return self._turn is not None

    @cached_property
    def _file(self) -> str:
        """Where the database lies: the third column of its first line."""
        file: str = self.execute("PRAGMA database_list").fetchone()[2]
        return file

    def commit(self) -> None:
        """Commit, and let the next one write."""
        try:
            super().commit()
        finally:
            self._pass_on()

    def rollback(self) -> None:
        """Roll back, and let the next one write."""
        try:
            super().rollback()
        finally:
            self._pass_on()

    def close(self) -> None:
        """Close, and let the next one write."""
        super().close()
        self._pass_on()

    def _pass_on(self) -> None:
        turn, self._turn = self._turn, None
        if turn is not None:
            turn.release()
