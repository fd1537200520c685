"""Home: institution and user on top, the modules of one's roles, the newest records (manual 1.2.1, 1.3.1)."""

from typing import Any

from flask import Blueprint, g, redirect, render_template, url_for
from flask_login import current_user
from werkzeug.local import LocalProxy
from werkzeug.wrappers import Response as AnyResponse

from webapp.access import (
    administers,
    administers_system,
    allow,
    applies,
    audits,
    inspects,
    reads_demerits,
    reads_inspections,
    reviews,
    scores,
    signed_in,
)
from webapp.accounts.models import User
from webapp.database import db
from webapp.inspections.listing import listed
from webapp.inspections.models import Inspection
from webapp.messages.models import Message

bp = Blueprint("home", __name__)
RECENT = 5


@bp.get("/")
@allow(signed_in)
def index() -> AnyResponse | str:
    """首页."""
    user: User = current_user
    if reviews(user):
        return redirect(url_for("supervision.desk"))
    if audits(user):
        return redirect(url_for("audit.index"))
    if administers_system(user):
        return redirect(url_for("admin.overview"))
    if applies(user):
        return redirect(url_for("institutions.registration"))
    return render_template("home/index.html", modules=_modules(user), **_inspections(user))


def _modules(user: User) -> list[tuple[str, str, str, str]]:
    """Title, address, icon and tone of each module that the user's roles open."""
    modules = []
    if inspects(user):
        modules.append(("自查填报", url_for("inspections.new"), "pen", "blue"))
    if scores(user):
        modules.append(("记分录入", url_for("demerits.new"), "note", "orange"))
    if administers(user):
        modules.append(("机构信息", url_for("institution.data"), "building", "teal"))
        modules.append(("信息维护", url_for("departments.index"), "grid", "orange"))
        modules.append(("工作信息员", url_for("staff.index"), "people", "violet"))
    if reads_inspections(user):
        modules.append(("自查记录", url_for("inspections.records"), "list", "teal"))
    if reads_demerits(user):
        modules.append(("记分记录", url_for("demerits.records"), "ledger", "red"))
    if administers(user):
        modules.append(("扫码海报", url_for("pwa.own_poster"), "qr", "blue"))
    return modules


def _inspections(user: User) -> dict[str, Any]:
    """The draft to go on with and the newest records, in one statement."""
    newest = Inspection.visible_to(user).order_by(Inspection.inspected_on.desc(), Inspection.id.desc())
    recent = db.session.scalars(listed(newest).limit(RECENT)).all()
    mine = (i for i in recent if i.is_draft and i.inspector_id == user.id)
    return {
        "recent": recent,
        "draft": next(mine, None),
        "may_inspect": inspects(user),
        "may_read": reads_inspections(user),
    }


def frame() -> dict[str, Any]:
    """What the shells show on every page: the unread mark."""
    return {"unread_count": LocalProxy(_unread_count)}


def _unread_count() -> int:
    """Asked only by templates that show it: a fragment needs no query for it."""
    if "unread_count" not in g:
        g.unread_count = Message.unread_count(current_user) if current_user.is_authenticated else 0
    count: int = g.unread_count
    return count
