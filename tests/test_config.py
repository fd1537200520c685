"""Settings: what the environment says, and what holds when it says nothing."""

import json
import stat
from pathlib import Path

import pytest

from webapp import create_app
from webapp.config import MissingKeys, settings
from webapp.crypto import FieldCipher, new_field_key

KEYS = {"SECRET_KEY": "secret", "FIELD_KEY": new_field_key()}
DEMO = {"DEMO": "1"}


@pytest.mark.parametrize("given", [{}, {"SECRET_KEY": "secret"}, {"FIELD_KEY": "k1:x"}, {"DEMO": "0"}])
def test_it_refuses_to_start_without_keys_and_says_how_to_make_them(
    tmp_path: Path, given: dict[str, str]
) -> None:
    with pytest.raises(MissingKeys, match=r"python -m webapp\.crypto"):
        create_app({"INSTANCE": tmp_path, "ENVIRON": given})


def test_the_demo_makes_its_own_keys_and_keeps_them(tmp_path: Path) -> None:
    first, second = settings(tmp_path, DEMO), settings(tmp_path, DEMO)
    assert (first["SECRET_KEY"], first["FIELD_KEY"]) == (second["SECRET_KEY"], second["FIELD_KEY"])
    assert FieldCipher(first["FIELD_KEY"])


def test_the_demos_keys_are_nobody_elses_to_read(tmp_path: Path) -> None:
    settings(tmp_path, DEMO)
    file = tmp_path / "demo-keys.json"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert set(json.loads(file.read_text())) == {"SECRET_KEY", "FIELD_KEY"}


def test_given_keys_win_over_the_demos(tmp_path: Path) -> None:
    assert settings(tmp_path, DEMO | KEYS)["SECRET_KEY"] == "secret"
    assert not (tmp_path / "demo-keys.json").exists()


def test_defaults_lie_in_the_instance(tmp_path: Path) -> None:
    config = settings(tmp_path, KEYS)
    assert config["SQLALCHEMY_DATABASE_URI"] == f"sqlite:///{tmp_path}/app.db"
    assert config["STORAGE_URL"] == f"file://{tmp_path}/attachments"
    assert config["DEMO"] is False


@pytest.mark.parametrize(
    ("name", "value", "setting"),
    [
        ("DATABASE_URL", "postgresql+psycopg://db/app", "SQLALCHEMY_DATABASE_URI"),
        ("STORAGE_URL", "s3://bucket", "STORAGE_URL"),
        ("RATELIMIT_STORAGE_URI", "redis://limits", "RATELIMIT_STORAGE_URI"),
    ],
)
def test_the_environment_decides(tmp_path: Path, name: str, value: str, setting: str) -> None:
    assert settings(tmp_path, KEYS | {name: value})[setting] == value


@pytest.mark.parametrize(
    ("url", "name", "secure"),
    [
        ("https://example.org/", "__Host-session", True),
        ("http://127.0.0.1:8000", "session", False),
        ("", "session", False),
    ],
)
def test_cookies_are_secure_under_https(tmp_path: Path, url: str, name: str, secure: bool) -> None:
    config = settings(tmp_path, KEYS | {"PUBLIC_URL": url})
    assert (config["SESSION_COOKIE_NAME"], config["SESSION_COOKIE_SECURE"]) == (name, secure)
    assert config["SESSION_COOKIE_HTTPONLY"]
    assert config["SESSION_COOKIE_SAMESITE"] == "Lax"


@pytest.mark.parametrize(("proxies", "address"), [("0", "127.0.0.1"), ("1", "192.0.2.7")])
def test_a_proxys_word_counts_only_where_a_proxy_stands(tmp_path: Path, proxies: str, address: str) -> None:
    app = create_app({"INSTANCE": tmp_path, "ENVIRON": KEYS | {"PROXIES": proxies}})
    seen = []
    app.before_request_funcs.setdefault(None, []).insert(0, lambda: seen.append(_remote_address()))
    app.test_client().get("/healthz", headers={"X-Forwarded-For": "192.0.2.7"})
    assert seen == [address]


def _remote_address() -> str | None:
    from flask import request

    return request.remote_addr
