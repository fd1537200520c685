"""Short signed links from a poster into the app, and the QR codes that carry them."""

import hmac
from base64 import b64decode, urlsafe_b64encode
from functools import lru_cache
from io import BytesIO
from uuid import UUID

from flask import current_app, request, url_for
from sqlalchemy import Select, select

from webapp.crypto import blind_index
from webapp.institutions.models import Institution, Status

UUID_BYTES, SIGNATURE_BYTES = 16, 8
# Pixels, about: sharp on paper at a hand's width, and small enough for a chat.
QR_SIDE = 1000
QR_BORDER = 4  # modules, the quiet zone of ISO/IEC 18004


def code_of(institution: Institution) -> str:
    """Return the code that stands for an institution in a link: its UUID, signed, in 32 letters."""
    return urlsafe_b64encode(institution.uuid.bytes + _signature(institution.uuid)).decode()


def with_code(code: str) -> Select[Institution]:
    """Select the approved institution that a code stands for; nothing when the code is not one of ours."""
    uuid = _signed_uuid(code)
    return select(Institution).where(Institution.uuid == uuid, Institution.status == Status.APPROVED)


def _signed_uuid(code: str) -> UUID | None:
    try:
        raw = b64decode(code, altchars=b"-_", validate=True)
    except ValueError:
        return None
    if len(raw) != UUID_BYTES + SIGNATURE_BYTES:
        return None
    uuid = UUID(bytes=raw[:UUID_BYTES])
    return uuid if hmac.compare_digest(raw[UUID_BYTES:], _signature(uuid)) else None


def _signature(uuid: UUID) -> bytes:
    """Made with the key of the blind indexes, which outlives every other: a poster hangs for years."""
    return bytes.fromhex(blind_index(str(uuid), "join"))[:SIGNATURE_BYTES]


def public_address(code: str | None) -> str:
    """Return the whole address of a welcome page, as it is printed and encoded."""
    path = url_for("pwa.join_institution", code=code) if code else url_for("pwa.join")
    return (current_app.config["PUBLIC_URL"] or request.host_url.rstrip("/")) + path


@lru_cache(maxsize=256)
def qr_png(text: str) -> bytes:
    """Return a QR code as PNG: WeChat recognises a pressed picture only where it is one of pixels.

    A quarter of it may be stained or torn (level Q) before it can't be read.
    """
    import segno  # takes long to import, and seldom is a poster made

    code = segno.make_qr(text, error="q", boost_error=False)
    modules = code.symbol_size(border=QR_BORDER)[0]
    stream = BytesIO()
    code.save(stream, kind="png", scale=-(-QR_SIDE // modules), border=QR_BORDER)
    return stream.getvalue()
