"""Whose photos a browser may use: its user's or, before there is an account, those of its own draft.

A registration form's browser holds a random token in its session; rows hold only the token's digest.
"""

import hashlib
import secrets
from typing import TypedDict

from flask import session
from flask_login import current_user
from sqlalchemy import Select

from webapp.accounts.models import User
from webapp.attachments.models import Attachment

KEY = "draft"


class Holder(TypedDict, total=False):
    """Who uploads a photo, as :meth:`Attachment.take_in` wants it."""

    uploader: User
    draft: str


def open_draft() -> str:
    """Return the digest of this browser's draft, which is begun when there is none."""
    token = session.setdefault(KEY, secrets.token_urlsafe(32))
    return hashlib.sha256(token.encode()).hexdigest()


def holder() -> Holder:
    """Return who uploads in this request: the signed-in user, else the browser's draft."""
    if current_user.is_authenticated:
        return {"uploader": current_user._get_current_object()}
    return {"draft": open_draft()}


def photos_in_reach() -> Select[Attachment]:
    """Select the photos that this browser may see and hand in."""
    user = current_user if current_user.is_authenticated else None
    return Attachment.visible_to(user, open_draft() if KEY in session else None)
