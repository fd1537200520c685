"""账号管理: the accounts of reviewers, auditors and system administrators."""

from typing import Any
from uuid import UUID

from flask import Response, flash, redirect, render_template, request, url_for
from flask_login import current_user
from sqlalchemy import Select
from sqlalchemy.exc import IntegrityError
from werkzeug.wrappers import Response as AnyResponse

from webapp.access import administers_system, allow
from webapp.accounts import officials
from webapp.accounts.masked import Difference
from webapp.accounts.models import Kind, User
from webapp.accounts.sessions import FailedSignIns
from webapp.admin.forms import CITY, CITY_TITLE, KINDS, OfficialForm, district_title
from webapp.admin.room import bp
from webapp.catalog import catalog
from webapp.database import db
from webapp.fields import TextLine
from webapp.formats import day
from webapp.lists.columns import Column
from webapp.lists.filters import ALL, Choice, Filter
from webapp.lists.paging import By
from webapp.numbers import mask_id_number, mask_phone

STATES = {"active": "启用", "new": "待首次登录", "disabled": "停用"}
TONES = {"启用": "green", "待首次登录": "amber", "停用": "grey"}


def state_of(user: User) -> str:
    """An account's state in words."""
    if not user.is_active:
        return "停用"
    return "启用" if user.has_signed_in else "待首次登录"


def _responsible(user: User) -> str:
    return district_title(user.district) if user.kind == Kind.REVIEWER else ""


COLUMNS = (
    Column("name", "姓名", lambda row: row.name, look="name"),
    Column("kind", "角色", lambda row: KINDS[row.kind], look="nowrap"),
    Column("district", "负责地区", _responsible, look="nowrap"),
    Column("mobile", "手机号", lambda row: mask_phone(row.mobile), look="num nowrap"),
    Column("id_number", "身份证号", lambda row: mask_id_number(row.id_number), look="num nowrap"),
    Column("created_at", "添加日期", lambda row: day(row.created_at), look="nowrap"),
    Column(
        "state",
        "状态",
        state_of,
        look="nowrap",
        tags=lambda row: [(state_of(row), TONES[state_of(row)])],
    ),
)


class AccountFilter(Filter):
    """Accounts, the newest first."""

    ENDPOINT, MODEL = "admin.accounts", User
    ORDER = (By(User.id, falling=True),)
    COLUMNS, SORTED = COLUMNS, "按添加时间由近到远"
    kind = Choice("角色", choices=ALL | KINDS, default="")
    district = Choice("负责地区", default="")
    state = Choice("状态", choices=ALL | STATES, default="")
    q = TextLine("姓名", max_length=50)

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        regions = {region.code: region.name for region in catalog().reference.regions_on()}
        self.district.choices = ALL | {CITY: CITY_TITLE} | regions

    def matching(self, seen: Select[Any]) -> Select[Any]:
        """Return the accounts that the fields ask for."""
        if self.kind.data:
            seen = seen.where(User.kind == self.kind.data)
        if self.district.data:
            district = None if self.district.data == CITY else self.district.data
            seen = seen.where(User.kind == Kind.REVIEWER, User.district == district)
        if self.state.data:
            active, signed_in = User.is_active, User.password_hash != ""
            states = {"active": active & signed_in, "new": active & ~signed_in, "disabled": ~active}
            seen = seen.where(states[self.state.data])
        return seen.where(User.name.contains(self.q.data, autoescape=True)) if self.q.data else seen

    def name_of(self, row: User) -> str:
        """What an account is called beside others."""
        return row.name


@bp.get("/accounts")
@allow(administers_system)
def accounts() -> Response:
    """账号管理."""
    return AccountFilter(current_user).listing(User.visible_to(current_user))


@bp.route("/accounts/new", methods=["GET", "POST"])
@allow(administers_system)
def new_account() -> str | tuple[str, int]:
    """添加账号; the answer shows the one-time code, this once."""
    form = OfficialForm()
    if form.validate_on_submit() and form.chosen_kind:
        try:
            user, code = officials.add(form.chosen_kind, form.facts, by=current_user)
        except IntegrityError:
            _taken_meanwhile(form)
        else:
            return render_template("admin/code.html", user=user, code=code, added=True)
    return _page(form)


@bp.route("/accounts/<uuid:user_uuid>", methods=["GET", "POST"])
@allow(administers_system)
def account(user_uuid: UUID) -> AnyResponse | tuple[str, int]:
    """编辑; whoever saves over what somebody else has saved is told first, and sees both."""
    user = found(user_uuid, held=request.method == "POST")
    form = OfficialForm(user)
    if not form.validate_on_submit():
        return _page(form)
    differences = form.differences(user) if form.is_stale else []
    if differences:
        form.version.data = str(user.version)
        return _page(form, differences)
    try:
        officials.change(user, form.facts, by=current_user)
    except IntegrityError:
        _taken_meanwhile(form)
        return _page(form)
    flash(f"{user.name}的账号已保存。", "success")
    return redirect(url_for(".accounts"), 303)


def found(uuid: UUID, *, held: bool = False) -> User:
    """Return an official's account as it is now; 404 for anybody else's.

    :param held: nobody else can change it until the transaction ends
    """
    query = User.visible_to(current_user).where(User.uuid == uuid)
    if held:
        query = query.with_for_update(of=User).execution_options(populate_existing=True)
    user: User = db.one_or_404(query)
    return user


def _taken_meanwhile(form: OfficialForm) -> None:
    """A number was taken at the same moment: say so beside it."""
    db.session.rollback()
    if not form.refuse_taken():
        raise


def _page(form: OfficialForm, differences: list[Difference] | None = None) -> tuple[str, int]:
    user = form.own
    page = render_template(
        "admin/account.html",
        form=form,
        user=user,
        kind=user and KINDS[user.kind],
        state=user and state_of(user),
        is_locked=user and FailedSignIns.are_too_many(user.mobile),
        differences=differences,
    )
    return page, 409 if differences else 422 if form.errors else 200
