"""What a phone asks before it sends or begins anything: who is signed in, and what may be inspected."""

from flask import Response, current_app, jsonify
from flask_login import current_user
from flask_wtf.csrf import generate_csrf

from webapp.access import inspects, public
from webapp.accounts.models import User
from webapp.catalog import catalog
from webapp.epoch import Epoch
from webapp.inspections.blank import address_of
from webapp.inspections.room import bp


@bp.get("/session")
@public
def session() -> tuple[Response, int]:
    """Who is signed in, with a token; what they may begin an inspection on; the epoch and the build."""
    if not current_user.is_authenticated:
        return jsonify(message="请先登录。"), 401
    user: User = current_user
    checklist = catalog().current_checklist()
    answer = jsonify(
        user=user.uuid,
        csrf=generate_csrf(),
        epoch=Epoch.current(),
        build=current_app.extensions["build"],
        scope=user.allowed_scope if inspects(user) else [],
        checklist={"slug": checklist.slug, "version": checklist.version, "url": address_of(checklist)},
    )
    return answer, 200
