"""Settings from the environment, with defaults that fit one machine."""

import json
import os
import secrets
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

from webapp.crypto import new_field_key
from webapp.embedded import EmbeddedConnection

ROOT = Path(__file__).resolve().parent.parent
MEGABYTE = 1024 * 1024
# How many requests a process works on at a time; most of one is waiting for the disk.
PLACES = 8
# How many bodies may be on their way to a process, and how many bytes they may bring together.
BODIES, BODIES_SIZE = 224, 1024 * MEGABYTE
# In seconds but for the last, which is in milliseconds.
PATIENCE = {"connect_timeout": 5, "keepalives_idle": 30, "keepalives_interval": 5, "tcp_user_timeout": 15_000}


class MissingKeys(RuntimeError):
    """The app was started outside the demo without its secret keys."""


def settings(instance: Path, environ: Mapping[str, str] | None = None) -> dict[str, Any]:
    """Return Flask's configuration for this environment.

    :param instance: folder for the embedded database, the attachments and the demo's keys
    :param environ: environment variables; the process's own when left out
    :raises MissingKeys: SECRET_KEY or FIELD_KEY is absent outside the demo
    """
    env = os.environ if environ is None else environ
    demo = env.get("DEMO") == "1"
    public_url = env.get("PUBLIC_URL", "").rstrip("/")
    https = public_url.startswith("https://")
    return {
        "DEMO": demo,
        "PUBLIC_URL": public_url,
        "CHECKLISTS": Path(env.get("CHECKLISTS", ROOT / "checklists")),
        "STORAGE_URL": env.get("STORAGE_URL", f"file://{instance / 'attachments'}"),
        "SQLALCHEMY_DATABASE_URI": env.get("DATABASE_URL", f"sqlite:///{instance / 'app.db'}"),
        "SQLALCHEMY_ENGINE_OPTIONS": engine_options(env.get("DATABASE_URL", "")),
        "SQLALCHEMY_BINDS": _replica(env.get("DATABASE_REPLICA_URL", "")),
        # Seconds; a copy that is farther behind is not read.
        "REPLICA_BEHIND": 10,
        "RATELIMIT_STORAGE_URI": env.get("RATELIMIT_STORAGE_URI", "memory://"),
        "RATELIMIT_HEADERS_ENABLED": False,
        # A proxy's headers are believed only where somebody says how many proxies stand in front.
        "PROXIES": int(env.get("PROXIES", "0")),
        "METRICS_TOKEN": env.get("METRICS_TOKEN", ""),
        "SESSION_COOKIE_NAME": "__Host-session" if https else "session",
        "SESSION_COOKIE_SECURE": https,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_IDLE": timedelta(hours=12),
        "PERMANENT_SESSION_LIFETIME": timedelta(days=14),
        # Counted from the sign-in. Sent with each answer, the cookie could bring back what was just said.
        "SESSION_REFRESH_EACH_REQUEST": False,
        "WTF_CSRF_TIME_LIMIT": None,
        "WTF_CSRF_SSL_STRICT": False,
        "MAX_CONTENT_LENGTH": 64 * MEGABYTE,
        "MAX_FORM_MEMORY_SIZE": 2 * MEGABYTE,
        "MAX_FORM_PARTS": 4000,
        # OWASP's smaller argon2id setting: the library's default costs 64 MiB for each sign-in.
        "ARGON2": {"time_cost": 2, "memory_cost": 19 * 1024, "parallelism": 1},
        **_keys(instance, env, demo),
    }


def engine_options(url: str) -> dict[str, Any]:
    """Return how to connect: a server may have ended a connection since it was last used, so it is asked.

    A machine that vanished says nothing: without these limits a request would wait minutes for it.
    """
    # As many are kept as ask at a time: the sixth would else be made and ended for each request.
    pool = {"pool_size": PLACES + 2}
    if not url.startswith("postgresql"):
        return {**pool, "connect_args": {"factory": EmbeddedConnection}}
    return {**pool, "pool_pre_ping": True, "connect_args": PATIENCE}


def _replica(url: str) -> dict[str, Any]:
    """A copy follows a PostgreSQL server; beside the embedded database there is none."""
    return {"replica": {"url": url, **engine_options(url)}} if url.startswith("postgresql") else {}


def _keys(instance: Path, env: Mapping[str, str], demo: bool) -> dict[str, str]:
    if env.get("SECRET_KEY") and env.get("FIELD_KEY"):
        return {"SECRET_KEY": env["SECRET_KEY"], "FIELD_KEY": env["FIELD_KEY"]}
    if not demo:
        raise MissingKeys(
            "SECRET_KEY and FIELD_KEY must be set in the environment or in .env. "
            "Make a pair with: python -m webapp.crypto"
        )
    return _demo_keys(instance / "demo-keys.json")


def _demo_keys(file: Path) -> dict[str, str]:
    """Keys of the demo stay beside its database, which is unreadable without them."""
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        keys = {"SECRET_KEY": secrets.token_urlsafe(32), "FIELD_KEY": new_field_key()}
        file.touch(mode=0o600)
        file.write_text(json.dumps(keys))
    stored: dict[str, str] = json.loads(file.read_text())
    return stored
