"""概览: who can work, which districts nobody answers for, and what is in force."""

from collections import Counter

from flask import current_app, render_template
from flask_login import current_user

from webapp.access import administers_system, allow
from webapp.accounts.models import Kind, User
from webapp.admin.accounts import state_of
from webapp.admin.checklists import FAMILIES, shelves
from webapp.admin.forms import KINDS
from webapp.admin.room import bp
from webapp.catalog import catalog
from webapp.catalog.published import FileState, file_states
from webapp.database import db
from webapp.sitewide import SETTINGS, settings

LISTED = 8
WRONG = (FileState.CHANGED, FileState.MISSING)


@bp.get("/")
@allow(administers_system)
def overview() -> str:
    """概览."""
    accounts = db.session.scalars(User.visible_to(current_user).order_by(User.id.desc())).all()
    able = [user for user in accounts if user.is_active and user.has_signed_in]
    answered = {user.district for user in able if user.kind == Kind.REVIEWER}
    files = file_states(current_app.config["CHECKLISTS"])
    return render_template(
        "admin/overview.html",
        kinds=KINDS,
        able=Counter(user.kind.value for user in able),
        disabled=sum(not user.is_active for user in accounts),
        waiting=[user for user in accounts if state_of(user) == "待首次登录"],
        unanswered=[r.name for r in catalog().reference.regions_on() if r.code not in answered],
        city=None in answered,
        shelves=list(shelves()),
        families=FAMILIES,
        wrong=[file.name for file in files if file.state in WRONG],
        settings=[(kind.title, settings()[name]) for name, kind in SETTINGS.items()],
    )
