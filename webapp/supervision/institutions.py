"""机构自查情况: which institutions handed in inspections within a period, and which did not."""

from typing import Any

from flask import Response, url_for
from flask_login import current_user
from sqlalchemy import Select, func, select
from sqlalchemy.orm import load_only, with_expression

from webapp.access import allow, reviews
from webapp.accounts.models import User
from webapp.fields import TextLine
from webapp.inspections.figures import InstitutionFigures
from webapp.inspections.models import InspectionKind
from webapp.institutions.models import Institution, Status
from webapp.lists.columns import Column
from webapp.lists.filters import ALL, Choice
from webapp.lists.paging import By
from webapp.numbers import mask_phone
from webapp.supervision.desk import bp
from webapp.supervision.filters import Filter, is_called, level_choice
from webapp.supervision.periods import period_choice, periods
from webapp.supervision.waiting import handed_in

LIST = "supervision.institutions"
STATES = {"done": "已上报", "missing": "未上报"}
SHOWN = (
    Institution.uuid,
    Institution.district,
    Institution.name,
    Institution.credit_code,
    Institution.level,
    Institution.contact,
    Institution.contact_phone,
)
COLUMNS = (
    Column("district", "经营地区", lambda row: row.district_name, look="nowrap"),
    Column("name", "单位名称", lambda row: row.name, look="name"),
    Column("level", "机构级别", lambda row: row.level, look="nowrap"),
    Column(
        "state",
        "本期状态",
        lambda row: STATES["done" if row.submitted else "missing"],
        tags=lambda row: [(STATES["done" if row.submitted else "missing"], "" if row.submitted else "red")],
    ),
    Column("submitted", "上报次数", lambda row: str(row.submitted or 0), look="num", kind="number"),
    Column("latest", "最近上报", lambda row: f"{row.latest:%Y-%m}" if row.latest else "—", look="nowrap"),
    Column("contact", "联系人", lambda row: row.contact, look="nowrap"),
    Column(
        "phone",
        "联系电话",
        lambda row: mask_phone(row.contact_phone),
        full=lambda row: row.contact_phone,
        look="nowrap",
    ),
    Column("credit_code", "统一社会信用代码", lambda row: row.credit_code, look="nowrap"),
)


class InstitutionFilter(Filter):
    """Institutions that may work, by district."""

    ENDPOINT, MODEL = LIST, Institution
    ORDER = (By(Institution.district), By(Institution.id))
    COLUMNS = COLUMNS
    SORTED = "按经营地区排列"
    level = level_choice()
    period = period_choice("quarter")
    kind = Choice("自查类型", choices=ALL | {kind.value: kind.label for kind in InspectionKind}, default="")
    state = Choice("本期状态", choices=ALL | STATES, default="")
    q = TextLine("单位名称或信用代码", max_length=100)

    def matching(self, seen: Select[Institution]) -> Select[Institution]:
        """Return the rows that the fields ask for, each with what it handed in."""
        seen = super().matching(seen).options(*self._counts())
        if self.level.data:
            seen = seen.where(Institution.level == self.level.data)
        if self.state.data:
            done = handed_in(periods()[self.period.data], self.kind.data)
            seen = seen.where(done if self.state.data == "done" else ~done)
        if self.q.data:
            seen = seen.where(is_called(self.q.data))
        return seen

    def address_of(self, row: Institution) -> str:
        """The address of what it handed in."""
        return url_for("supervision.inspections", q=row.credit_code)

    def name_of(self, row: Institution) -> str:
        """What a row is called beside others."""
        return row.name

    def _counts(self) -> list[Any]:
        span = periods()[self.period.data]
        own = [InstitutionFigures.institution_id == Institution.id]
        own += [InstitutionFigures.kind == self.kind.data] if self.kind.data else []
        within = InstitutionFigures.month.between(span.first, span.last)
        submitted = select(func.sum(InstitutionFigures.submitted)).where(*own, within)
        latest = select(func.max(InstitutionFigures.month)).where(*own)
        return [
            with_expression(Institution.submitted, submitted.scalar_subquery()),
            with_expression(Institution.latest, latest.scalar_subquery()),
        ]


@bp.get("/institutions")
@allow(reviews)
def institutions() -> Response:
    """机构自查情况."""
    return InstitutionFilter(current_user).listing(listed(current_user))


def listed(user: User) -> Select[Institution]:
    """Select the institutions that may work within a reviewer's reach, with no more than a list shows."""
    seen = Institution.visible_to(user).where(Institution.status == Status.APPROVED)
    return seen.options(load_only(*SHOWN))
