"""The blueprint of these screens, and how they find a person."""

from uuid import UUID

from flask import Blueprint, request
from flask_login import current_user

from webapp.accounts.models import User
from webapp.database import SAFE_METHODS, db

bp = Blueprint("staff", __name__, url_prefix="/staff")


def found(uuid: UUID) -> User:
    """Return a person of the administrator's institution, as the row is now; 404 for anybody else.

    A request that changes something holds the row until it is done.
    """
    query = User.visible_to(current_user).where(User.uuid == uuid)
    if request.method not in SAFE_METHODS:
        query = query.with_for_update(of=User).execution_options(populate_existing=True)
    person: User = db.one_or_404(query)
    return person
