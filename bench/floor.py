"""The floor under one answer saved: a bare Flask view with one committed write, as durable as the product's.

Served by the product's own server with the same settings; ``BENCH_FLOOR`` names its database.
"""

import os
import sqlite3
import threading

from flask import Flask, request

app = Flask(__name__)
_of_thread = threading.local()


def _connection() -> sqlite3.Connection:
    if not hasattr(_of_thread, "connection"):
        connection = sqlite3.connect(os.environ["BENCH_FLOOR"], isolation_level=None)
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "busy_timeout=10000"):
            connection.execute(f"PRAGMA {pragma}")
        connection.execute(
            "CREATE TABLE IF NOT EXISTS answers "
            "(inspection TEXT, item TEXT, value TEXT, PRIMARY KEY (inspection, item)) WITHOUT ROWID"
        )
        _of_thread.connection = connection
    found: sqlite3.Connection = _of_thread.connection
    return found


def keep(inspection: str, item: str, value: str) -> None:
    """Commit one answer."""
    _connection().execute(
        "INSERT INTO answers VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET value = excluded.value",
        (inspection, item, value),
    )


def count(inspection: str) -> int:
    """Return how many items of an inspection are answered."""
    counted = "SELECT count(*) FROM answers WHERE inspection = ?"
    number: int = _connection().execute(counted, (inspection,)).fetchone()[0]
    return number


@app.put("/<inspection>")
def answer(inspection: str) -> str:
    """Keep one answer."""
    sent = request.get_json()
    keep(inspection, sent["item"], sent["value"])
    return f'<span id="s-{sent["item"]}">已上传</span>'
