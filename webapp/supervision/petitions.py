"""撤销与申辩: what is asked against demerits, and the reviewer's decision on it."""

from decimal import Decimal
from typing import Any
from uuid import UUID

from flask import Response, flash, render_template
from flask_login import current_user
from flask_wtf import FlaskForm
from sqlalchemy import Select
from sqlalchemy.orm import joinedload, lazyload, load_only
from werkzeug.wrappers import Response as AnyResponse
from wtforms import DecimalField, RadioField, TextAreaField, ValidationError
from wtforms.validators import Optional

from webapp.access import allow, reviews
from webapp.accounts.models import User
from webapp.attachments.links import photo_links
from webapp.database import db
from webapp.demerits.decisions import AlreadyDecided, decide
from webapp.demerits.models import Demerit
from webapp.demerits.petitions import OUTCOMES, Outcome, Petition, PetitionKind, points_left
from webapp.demerits.points import sum_of
from webapp.formats import day
from webapp.fragments import go_to
from webapp.lists.columns import Column
from webapp.lists.filters import ALL, Choice
from webapp.lists.pages import trail_of
from webapp.lists.paging import By
from webapp.supervision.desk import bp, district_name
from webapp.supervision.filters import Filter
from webapp.supervision.forms import REASON_LENGTH

LIST = "supervision.petitions"
HALF = Decimal("0.5")
STATES = {"waiting": "待处理", "decided": "已处理"}


COLUMNS = (
    Column("district", "所属地区", lambda row: district_name(row.district), look="nowrap"),
    Column("name", "姓名", lambda row: row.demerit.facts["name"], look="nowrap"),
    Column("kind", "类别", lambda row: row.kind.label, look="nowrap"),
    Column("points", "记分", lambda row: str(row.demerit.points), look="num", kind="number"),
    Column("recorded_on", "记分日期", lambda row: day(row.demerit.recorded_on), look="nowrap", kind="day"),
    Column("filed_by", "提交人", lambda row: row.filed_by.name),
    Column("filed_at", "提交日期", lambda row: day(row.filed_at), look="nowrap", kind="day"),
    Column(
        "state",
        "状态",
        lambda row: row.state_title,
        look="nowrap",
        tags=lambda row: [(row.state_title, "amber" if row.is_waiting else "grey")],
    ),
)


class PetitionFilter(Filter):
    """Petitions, the newest first."""

    ENDPOINT, MODEL = LIST, Petition
    ORDER = (By(Petition.id, falling=True),)
    COLUMNS = COLUMNS
    SORTED = "按提交时间由近到远"
    kind = Choice("类别", choices=ALL | {kind.value: kind.label for kind in PetitionKind}, default="")
    state = Choice("状态", choices=ALL | STATES, default="")

    def matching(self, seen: Select[Petition]) -> Select[Petition]:
        """Return the rows that the fields ask for."""
        seen = super().matching(seen)
        if self.kind.data:
            seen = seen.where(Petition.kind == self.kind.data)
        if self.state.data:
            waits = Petition.decided_at.is_(None)
            seen = seen.where(waits if self.state.data == "waiting" else ~waits)
        return seen

    @staticmethod
    def listed(seen: Select[Petition]) -> Select[Petition]:
        """Load no more than a list shows."""
        return seen.options(
            load_only(
                Petition.uuid,
                Petition.district,
                Petition.kind,
                Petition.filed_at,
                Petition.outcome,
                Petition.decided_at,
            ),
            joinedload(Petition.demerit).options(
                load_only(Demerit.points, Demerit.recorded_on, Demerit.record), lazyload(Demerit.person)
            ),
            joinedload(Petition.filed_by).options(load_only(User.name), lazyload(User.institution)),
        )

    def name_of(self, row: Petition) -> str:
        """What a row is called beside others."""
        return f"{row.demerit.facts['name']}的{row.kind.label}"


class PointsField(DecimalField):
    """Points, or none."""

    def __init__(self, label: str, **kwargs: Any) -> None:
        super().__init__(label, [Optional()], **kwargs)

    def process_formdata(self, valuelist: list[Any]) -> None:
        try:
            super().process_formdata(valuelist)
        except ValueError as error:
            raise ValueError("分值应为数字，如 1 或 0.5") from error


class OutcomeForm(FlaskForm):
    """处理意见: the outcome, its reason and, for a part, how many points are taken off."""

    outcome = RadioField("处理结果", validate_choice=False)
    points_off = PointsField("减去分值", render_kw={"inputmode": "decimal", "autocomplete": "off"})
    reply = TextAreaField("处理理由", filters=[lambda text: (text or "").strip()])

    def __init__(self, petition: Petition) -> None:
        super().__init__()
        self.left = points_left(petition.demerit)
        offered = dict(OUTCOMES[petition.kind])
        if self.left <= HALF:
            offered.pop(Outcome.PARTLY, None)
        if Outcome.PARTLY not in offered:
            del self.points_off
        self.offered = {outcome.value: title for outcome, title in offered.items()}
        self.outcome.choices = list(self.offered.items())

    def validate_outcome(self, field: RadioField) -> None:
        """Ask for a choice."""
        if field.data not in self.offered:
            raise ValidationError("请选择处理结果")

    def validate_reply(self, field: TextAreaField) -> None:
        """Ask for a reason, whatever the outcome; the institution and the person read it."""
        if not field.data:
            raise ValidationError("请写明处理理由，机构和本人会看到")
        if len(field.data) > REASON_LENGTH:
            raise ValidationError(f"最多 {REASON_LENGTH} 个字，现在是 {len(field.data)} 个，请缩短")

    def validate(self, extra_validators: object = None) -> bool:
        """Check all fields; a part lies between nothing and what the entry still counts for."""
        valid = bool(super().validate())
        asks_for_part = self.outcome.data == Outcome.PARTLY and Outcome.PARTLY in self.offered
        if asks_for_part and not self.points_off.errors and not self._is_part():
            self.points_off.errors = [
                f"部分成立时请填写要减去的分值，{HALF} 至 {sum_of([self.left, -HALF])}，可以有半分"
            ]
            return False
        return valid

    def _is_part(self) -> bool:
        points: Decimal | None = self.points_off.data
        return points is not None and points.is_finite() and 0 < points < self.left and points * 2 % 1 == 0


@bp.get("/petitions")
@allow(reviews)
def petitions() -> Response:
    """撤销与申辩."""
    return PetitionFilter(current_user).listing(PetitionFilter.listed(Petition.visible_to(current_user)))


@bp.get("/petitions/<uuid:petition_uuid>")
@allow(reviews)
def petition(petition_uuid: UUID) -> str:
    """处理详情."""
    found = _found(petition_uuid)
    return _page(found, OutcomeForm(found))


@bp.post("/petitions/<uuid:petition_uuid>/decision")
@allow(reviews)
def decide_petition(petition_uuid: UUID) -> AnyResponse | tuple[str, int]:
    """提交 of the decision; whoever comes second is told what the first decided."""
    found = _found(petition_uuid)
    form = OutcomeForm(found)
    if found.is_waiting and not form.validate():
        return _page(found, form), 422
    try:
        points = form.points_off.data if "points_off" in form and form.points_off.data else Decimal(0)
        decide(found, Outcome(form.outcome.data), form.reply.data or "", points, by=current_user)
    except AlreadyDecided:
        db.session.rollback()
        return _page(found, form, too_late=True), 409
    flash(f"{found.demerit.facts['name']}的{found.kind.label}：{found.state_title}。", "success")
    return go_to(PetitionFilter.beside(current_user).url_with(at=found.uuid))


def _found(uuid: UUID) -> Petition:
    found: Petition = db.one_or_404(Petition.visible_to(current_user).where(Petition.uuid == uuid))
    return found


def _page(found: Petition, form: OutcomeForm, *, too_late: bool = False) -> str:
    beside = PetitionFilter.beside(current_user)
    return render_template(
        "supervision/petition.html",
        petition=found,
        demerit=found.demerit,
        photos=photo_links(found.demerit.attachments, "材料信息"),
        form=form,
        beside=beside.asked,
        trail=trail_of(beside, Petition.visible_to(current_user), found),
        too_late=too_late,
    )
