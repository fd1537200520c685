"""Encrypted columns and blind indexes for ID numbers and telephone numbers.

AES-256-GCM (NIST SP 800-38D) with a random 96-bit nonce; the column's purpose is authenticated with
the value, so a ciphertext moved into another column is refused. Equality and uniqueness go through an
HMAC-SHA-256 of the plain value ("blind index").

``FIELD_KEY`` holds one or more keys as ``id:base64,…``. The first encrypts; every one decrypts, which is
how keys are rotated. The last one also derives the index key, so it stays until the index is rebuilt.
"""

import hashlib
import hmac
import json
import os
import secrets
from base64 import b64decode, b64encode
from typing import Any

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from flask import Flask, current_app
from sqlalchemy import String, Text
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator

NONCE_BYTES = 12
INDEX_LENGTH = 64


class FieldCipher:
    """Encrypts, decrypts and indexes values with the keys of one ``FIELD_KEY`` setting."""

    def __init__(self, setting: str) -> None:
        """:raises ValueError: the setting is not ``id:base64[,id:base64…]`` with 32-byte keys"""
        self._keys: dict[str, AESGCM] = {}
        raw = b""
        for part in setting.split(","):
            key_id, _, encoded = part.strip().partition(":")
            raw = b64decode(encoded, validate=True)
            if not key_id or "." in key_id or len(raw) != 32:
                raise ValueError("FIELD_KEY must be id:base64 of 32 bytes, several joined by commas")
            self._keys[key_id] = AESGCM(raw)
        self._current = next(iter(self._keys))
        self._index_key = hmac.digest(raw, b"blind-index", "sha256")

    def encrypt(self, plain: str, purpose: str) -> str:
        """Return ``keyid.base64(nonce + ciphertext)`` of a text for the named purpose."""
        nonce = os.urandom(NONCE_BYTES)
        sealed = self._keys[self._current].encrypt(nonce, plain.encode(), purpose.encode())
        return f"{self._current}.{b64encode(nonce + sealed).decode()}"

    def decrypt(self, stored: str, purpose: str) -> str:
        """Return the plain text.

        :raises KeyError: the key's id is not in FIELD_KEY
        :raises cryptography.exceptions.InvalidTag: the value was tampered with or moved
        """
        key_id, _, encoded = stored.partition(".")
        sealed = b64decode(encoded)
        plain = self._keys[key_id].decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], purpose.encode())
        return plain.decode()

    def index(self, plain: str, purpose: str) -> str:
        """Return the hex HMAC by which equal values of one purpose are found."""
        message = f"{purpose}\x00{plain}".encode()
        return hmac.new(self._index_key, message, hashlib.sha256).hexdigest()


def init_app(app: Flask) -> None:
    """Make the cipher of this app's FIELD_KEY available to columns."""
    app.extensions["field_cipher"] = FieldCipher(app.config["FIELD_KEY"])


def blind_index(plain: str, purpose: str) -> str:
    """Return the blind index of a value in the current app, see :meth:`FieldCipher.index`."""
    return _cipher().index(plain, purpose)


def new_field_key() -> str:
    """Return a fresh FIELD_KEY with one random key."""
    return f"k1:{b64encode(secrets.token_bytes(32)).decode()}"


class EncryptedText(TypeDecorator[str]):
    """A text column that is ciphertext in the database and plain text in Python."""

    impl = Text
    cache_ok = True

    def __init__(self, purpose: str) -> None:
        super().__init__()
        self.purpose = purpose

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        return None if value is None else _cipher().encrypt(value, self.purpose)

    def process_result_value(self, value: str | None, dialect: Dialect) -> str | None:
        return None if value is None else _cipher().decrypt(value, self.purpose)


class EncryptedJson(TypeDecorator[dict[str, Any]]):
    """A JSON object that is ciphertext in the database."""

    impl = Text
    cache_ok = True

    def __init__(self, purpose: str) -> None:
        super().__init__()
        self.purpose = purpose

    def process_bind_param(self, value: dict[str, Any] | None, dialect: Dialect) -> str | None:
        return None if value is None else _cipher().encrypt(json.dumps(value), self.purpose)

    def process_result_value(self, value: str | None, dialect: Dialect) -> dict[str, Any] | None:
        return None if value is None else json.loads(_cipher().decrypt(value, self.purpose))


class BlindIndex(TypeDecorator[str]):
    """The column type of a blind index: 64 hexadecimal digits."""

    impl = String(INDEX_LENGTH)
    cache_ok = True


def _cipher() -> FieldCipher:
    cipher: FieldCipher = current_app.extensions["field_cipher"]
    return cipher


if __name__ == "__main__":
    print(f"SECRET_KEY={secrets.token_urlsafe(32)}\nFIELD_KEY={new_field_key()}")
