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


@app.put("/<inspection>")
def answer(inspection: str) -> str:
    """Keep one answer."""
    sent = request.get_json()
    _connection().execute(
        "INSERT INTO answers VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET value = excluded.value",
        (inspection, sent["item"], sent["value"]),
    )
    return f'<span id="s-{sent["item"]}">已上传</span>'
