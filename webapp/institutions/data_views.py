"""Screens of an institution's own data: 单位信息基本维护 (manual 1.2.2)."""

from uuid import UUID

from flask import Blueprint, Response, flash, url_for
from flask_login import current_user
from sqlalchemy.exc import IntegrityError
from werkzeug.wrappers import Response as AnyResponse

from webapp.access import administers, allow
from webapp.database import db
from webapp.fragments import go_to, page_or_fragment
from webapp.institutions.changes import REVIEWED, Change, narrowed_by
from webapp.institutions.data import Outdated, Standing, save
from webapp.institutions.data_form import DataForm
from webapp.institutions.registrations import AlreadyDecided, CodeTaken
from webapp.institutions.wording import LABELS, some_names

bp = Blueprint("institution", __name__)


@bp.route("/institution", methods=["GET", "POST"])
@allow(administers)
def data() -> AnyResponse:
    """单位信息基本维护."""
    own = current_user.institution
    form = DataForm(own, Standing.of(own))
    if not form.is_submitted():
        return _page(form, 200)
    if not form.validate():
        return _page(form, 422)
    try:
        at_once, waiting = save(own, form.wanted(), str(form.seen.data), by=current_user)
    except Outdated:
        db.session.rollback()
        form.meet(Standing.of(own))
        return _page(form, 409)
    except (CodeTaken, IntegrityError):
        db.session.rollback()
        if not form.refuse_taken("credit_code"):
            raise
        return _page(form, 422)
    flash(_told(at_once, waiting), "success")
    return go_to(url_for(".data"))


@bp.post("/institution/changes/<uuid:change_uuid>/withdrawal")
@allow(administers)
def withdraw(change_uuid: UUID) -> AnyResponse:
    """撤回变更申请."""
    change: Change = db.one_or_404(Change.visible_to(current_user).where(Change.uuid == change_uuid))
    try:
        change.withdraw(by=current_user)
        flash("变更申请已撤回，原来的信息继续有效。", "success")
    except AlreadyDecided:
        db.session.rollback()
        flash("这次变更已经不在等待审核，没有撤回。请看下面的现状。", "info")
    return go_to(url_for(".data"))


def _page(form: DataForm, status: int) -> Response:
    standing = form.standing
    waiting = standing.waiting
    scope = waiting.proposed.get("scope") if waiting else None
    losing = narrowed_by(waiting.institution, scope) if waiting and scope else ()
    return page_or_fragment(
        "institutions/data.html",
        "institutions/_data.html",
        status=status,
        form=form,
        change=standing.change,
        waiting=waiting,
        losing=some_names([user.name for user in losing if user.is_active]),
        reviewed=REVIEWED,
    )


def _told(at_once: list[str], waiting: list[str]) -> str:
    """Say what holds now and what waits."""
    told = []
    if at_once:
        told.append(f"已保存并生效：{'、'.join(LABELS[name] for name in at_once)}。")
    if waiting:
        told.append(f"已提交监督员审核，通过后生效：{'、'.join(LABELS[name] for name in waiting)}。")
    return "".join(told) or "已保存，没有需要改动的内容。"
