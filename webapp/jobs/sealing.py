"""Files that only their job's key opens: an export with full ID numbers never lies readable on a disk.

AES-256-GCM (NIST SP 800-38D) over pieces, so that a long file is opened as it is sent. A piece's number is
its nonce (the key is used for this one file), and whether it is the last is authenticated with it: pieces
that were swapped, dropped or cut off at the end are refused.
"""

import os
from base64 import b64decode, b64encode
from collections.abc import Iterator
from typing import BinaryIO

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

PIECE = 64 * 1024
TAG = 16
NONCE = 12


def seal(stream: BinaryIO) -> tuple[str, bytes]:
    """Return a fresh key and the sealed content of a stream."""
    key = os.urandom(32)
    return b64encode(key).decode(), b"".join(_sealed(AESGCM(key), stream))


def unseal(stream: BinaryIO, key: str) -> Iterator[bytes]:
    """Yield the content piece by piece, and close the stream.

    :raises cryptography.exceptions.InvalidTag: the content is not what was sealed
    """
    cipher = AESGCM(b64decode(key))
    with stream:
        for number, piece, mark in _pieces(stream, PIECE + TAG):
            yield cipher.decrypt(number, piece, mark)


def _sealed(cipher: AESGCM, stream: BinaryIO) -> Iterator[bytes]:
    for number, piece, mark in _pieces(stream, PIECE):
        yield cipher.encrypt(number, piece, mark)


def _pieces(stream: BinaryIO, size: int) -> Iterator[tuple[bytes, bytes, bytes]]:
    """Yield each piece with its nonce and its mark; even nothing is one piece."""
    piece, number = stream.read(size), 0
    while True:
        further = stream.read(size)
        yield number.to_bytes(NONCE), piece, b"more" if further else b"last"
        if not further:
            return
        piece, number = further, number + 1
