"""Pages that are the same for everybody: what the app shows when there is no server to ask.

They are rendered once, when the app starts and nobody is asking, so nothing of a person can get into them.
"""

import hashlib
from collections.abc import Mapping
from types import MappingProxyType

from flask import Flask, render_template

from webapp.assets import DIGEST_LENGTH

TEMPLATES = {
    "/offline": "pwa/offline.html",
    "/offline/new": "pwa/new.html",
    "/offline/fill": "pwa/fill.html",
    "/outbox": "pwa/outbox.html",
}


def render_shells(app: Flask) -> Mapping[str, str]:
    """Return each shell's HTML by its address."""
    with app.test_request_context("/offline"):
        return MappingProxyType(
            {path: render_template(template, neutral=True) for path, template in TEMPLATES.items()}
        )


def digest_of(*texts: str) -> str:
    """Return a short name for what these texts say together."""
    return hashlib.sha256("\0".join(texts).encode()).hexdigest()[:DIGEST_LENGTH]
