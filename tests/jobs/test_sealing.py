"""Files that only their key opens."""

from base64 import b64encode
from io import BytesIO

import pytest
from cryptography.exceptions import InvalidTag
from hypothesis import given
from hypothesis import strategies as st

from webapp.jobs.sealing import PIECE, TAG, seal, unseal


def opened(sealed: bytes, key: str) -> bytes:
    return b"".join(unseal(BytesIO(sealed), key))


@given(st.binary(max_size=300))
def test_what_was_sealed_comes_back(content: bytes) -> None:
    key, sealed = seal(BytesIO(content))
    assert opened(sealed, key) == content
    assert len(sealed) == len(content) + TAG


@pytest.mark.parametrize("size", [0, 1, PIECE - 1, PIECE, PIECE + 1, 3 * PIECE])
def test_the_size_does_not_matter(size: int) -> None:
    content = bytes(range(256)) * (size // 256 + 1)
    key, sealed = seal(BytesIO(content[:size]))
    assert opened(sealed, key) == content[:size]


def test_the_content_is_not_readable() -> None:
    _key, sealed = seal(BytesIO(b"5001061987**" * 100))
    assert b"5001061987" not in sealed


def test_another_key_does_not_open_it() -> None:
    _key, sealed = seal(BytesIO(b"content"))
    with pytest.raises(InvalidTag):
        opened(sealed, b64encode(bytes(32)).decode())


@pytest.mark.parametrize("spoil", ["cut", "swapped", "doubled", "changed"])
def test_a_spoilt_file_is_refused(spoil: str) -> None:
    key, sealed = seal(BytesIO(bytes(2 * PIECE) + b"end"))
    first, second, last = sealed[: PIECE + TAG], sealed[PIECE + TAG : 2 * (PIECE + TAG)], sealed[-3 - TAG :]
    spoilt = {
        "cut": first + second,
        "swapped": second + first + last,
        "doubled": first + first + second + last,
        "changed": bytes([sealed[0] ^ 1]) + sealed[1:],
    }
    with pytest.raises(InvalidTag):
        opened(spoilt[spoil], key)
