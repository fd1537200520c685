"""What ``make run`` starts: prepare the database, say where to look, then become the WSGI server."""

import os
import resource
import socket
import sys

from dotenv import load_dotenv
from flask import Flask
from flask_migrate import upgrade

from webapp import create_app, demo, recount
from webapp.audit.checklists import record_versions
from webapp.config import BODIES, PLACES, ROOT, MissingKeys

HOST = "127.0.0.1"
PORT = "8000"
GRANIAN = [
    *("--interface", "wsgi"),
    # One for each body that is waited for, see webapp.whole, and some for those without; made when needed.
    *("--blocking-threads", str(BODIES + 4 * PLACES)),
    # So many connections are held at a time, idle ones and those of phones on a bad line too; they cost a
    # file each, the others wait unseen. With 64 of them a few dozen slow ones kept everybody else out.
    *("--backpressure", "4096", "--backlog", "2048"),
    # Whoever sends headers by the drop holds a connection this long, and never a thread.
    *("--http1-header-read-timeout", "10000"),
    *("--respawn-failed-workers", "--workers-kill-timeout", "5"),
    *("--no-ws", "--log-level", "error"),
]
# To glibc: give big pieces back, such as a sign-in's 19 MB, and keep only two stores for small ones.
# Without it a process grows to 260 MB under mixed requests, with it to 140.
ALLOCATION = {"MALLOC_ARENA_MAX": "2", "MALLOC_MMAP_THRESHOLD_": "524288"}


def main() -> None:
    """Serve the app on this machine; without a database of one's own as the demo."""
    load_dotenv(ROOT / ".env")
    if not os.environ.get("DATABASE_URL"):
        os.environ.setdefault("DEMO", "1")
    port = os.environ.get("PORT") or PORT
    if _is_taken(int(port)):
        sys.exit(f"Port {port} is in use. Another one: make run PORT=8001")
    try:
        app = create_app()
    except MissingKeys as missing:
        sys.exit(str(missing))
    try:
        number = workers(app.config["SQLALCHEMY_DATABASE_URI"], os.environ.get("WORKERS") or "1")
    except ValueError as wrong:
        sys.exit(str(wrong))
    prepare(app)
    print(welcome(app, f"http://{HOST}:{port}"), flush=True)
    # The server takes this process's place, so that Ctrl-C and a supervisor's signals reach it directly.
    os.chdir(ROOT)
    command = [
        sys.executable,
        "-m",
        "granian",
        *GRANIAN,
        "--workers",
        str(number),
        "--host",
        HOST,
        "--port",
        port,
        "webapp.serving:app",
    ]
    environ = {**ALLOCATION, **os.environ}
    allow_connections()
    os.execve(sys.executable, command, environ)  # noqa: S606 - no shell, and every argument is ours


def workers(database: str, asked: str) -> int:
    """Return how many processes are to serve: one, because the embedded database has one writer, or as asked.

    :raises ValueError: what is asked for is no number of them, or the database has one writer
    """
    if not asked.isdecimal() or int(asked) < 1:
        raise ValueError(f"WORKERS is how many processes serve, such as 2, not {asked}.")
    if int(asked) > 1 and not database.startswith("postgresql"):
        raise ValueError("WORKERS above 1 needs PostgreSQL: the embedded database has one writer.")
    return int(asked)


def allow_connections() -> None:
    """Let this process and those it becomes or starts open as many files as the system lets it at most."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


def _is_taken(port: int) -> bool:
    with socket.socket() as probe:
        # As the server itself binds: what still lingers from the last one is no hindrance.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return True
    return False


def prepare(app: Flask) -> None:
    """Bring the database to the current schema and, in the demo, fill it when it is empty."""
    with app.app_context():
        upgrade()
        if app.config["DEMO"] and demo.is_wanted():
            print("Adding the demo data …", flush=True)
            demo.fill()
        record_versions()
        if recount.rebuild_if_missing():
            print("Counted the figures of the work desk.", flush=True)


def welcome(app: Flask, address: str) -> str:
    """Return what the terminal shows: the address and, in the demo, who can sign in."""
    lines = ["", f"  {address}", ""]
    if app.config["DEMO"]:
        lines += [f"  {mobile}  {who}" for mobile, who in demo.ACCOUNTS.items()]
        lines += ["", f"  密码 {demo.PASSWORD}", ""]
    return "\n".join([*lines, "  Ctrl-C stops the server.", ""])


if __name__ == "__main__":
    main()
