"""What the headers of the tus protocol say, version 1.0.0 (https://tus.io/protocols/resumable-upload)."""

import re
from base64 import b64decode

VERSION = "1.0.0"
EXTENSIONS = "creation,checksum,expiration,termination"
ALGORITHM = "sha256"
CONTENT_TYPE = "application/offset+octet-stream"

NUMBER = re.compile(r"[0-9]{1,15}")
HEX_DIGEST = re.compile(r"[0-9a-f]{64}")
DIGEST_BYTES = 32
LONGEST_METADATA = 8000


class Malformed(ValueError):
    """A header is missing or does not say what it must."""


def number(header: str | None) -> int:
    """Return the value of ``Upload-Length`` or ``Upload-Offset``, in bytes.

    :raises Malformed: it is no number
    """
    if not NUMBER.fullmatch(header or ""):
        raise Malformed("a number is missing")
    return int(header or "")


def metadata(header: str) -> dict[str, str]:
    """Return the pairs of ``Upload-Metadata``; what is no UTF-8 in a value becomes a replacement character.

    :raises Malformed: it is too long, a value is no Base64, or a key comes twice
    """
    if len(header) > LONGEST_METADATA:
        raise Malformed("too much metadata")
    pairs: dict[str, str] = {}
    for pair in filter(None, map(str.strip, header.split(","))):
        key, _, value = pair.partition(" ")
        if key in pairs:
            raise Malformed("a key comes twice")
        pairs[key] = _decoded(value).decode(errors="replace")
    return pairs


def checksum(header: str | None) -> bytes | None:
    """Return the digest in ``Upload-Checksum``, None where there is no such header.

    :raises Malformed: another algorithm than SHA-256, or no digest of its length
    """
    if header is None:
        return None
    algorithm, _, value = header.partition(" ")
    if algorithm != ALGORITHM or len(_decoded(value)) != DIGEST_BYTES:
        raise Malformed("no checksum by SHA-256")
    return _decoded(value)


def hex_digest(value: str) -> str:
    """Return a SHA-256 written as lower-case hex.

    :raises Malformed: it is none
    """
    if not HEX_DIGEST.fullmatch(value):
        raise Malformed("no SHA-256 in hex")
    return value


def _decoded(value: str) -> bytes:
    try:
        return b64decode(value, validate=True)
    except ValueError as fault:
        raise Malformed("no Base64") from fault
