"""自查记录查询: the list of submitted inspections and one of them (manual 2.2)."""

from uuid import UUID

from flask import Response, request
from flask_login import current_user
from sqlalchemy import Select, and_, func, select
from werkzeug.datastructures import MultiDict
from wtforms import ValidationError

from webapp.access import allow, reviews
from webapp.accounts.models import User
from webapp.catalog import Item, catalog
from webapp.database import db
from webapp.fields import TextLine
from webapp.formats import day
from webapp.fragments import page_or_fragment
from webapp.inspections.content import content_of
from webapp.inspections.figures import FailedItem, InspectionFigures
from webapp.inspections.listing import listed
from webapp.inspections.models import Inspection, InspectionKind
from webapp.institutions.models import Institution
from webapp.lists.columns import Column
from webapp.lists.filters import ALL, Choice
from webapp.lists.pages import trail_of
from webapp.lists.paging import By
from webapp.supervision.desk import bp, district_name, documents_of
from webapp.supervision.filters import DatedFilter, is_among, is_called, level_choice, refers

LIST = "supervision.inspections"


COLUMNS = (
    Column("district", "经营地区", lambda row: district_name(row.district), look="nowrap"),
    Column("name", "单位名称", lambda row: row.institution.name, look="name"),
    Column("titles", "自查项目", lambda row: row.short_titles),
    Column("inspected_on", "自查日期", lambda row: day(row.inspected_on), look="nowrap", kind="day"),
    Column("level", "机构级别", lambda row: row.level, look="nowrap"),
    Column("inspector", "自查人员", lambda row: row.inspector.name),
)


class InspectionFilter(DatedFilter):
    """Submitted inspections, newest first (manual 2.2.1)."""

    ENDPOINT, MODEL = LIST, Inspection
    ORDER = (By(Inspection.inspected_on, falling=True), By(Inspection.id, falling=True))
    COLUMNS = COLUMNS
    SORTED = "按自查日期由近到远"
    level = level_choice()
    category = Choice("自查项目", default="")
    kind = Choice("自查类型", choices=ALL | {kind.value: kind.label for kind in InspectionKind}, default="")
    # Not offered, but opened from the plot of failed items.
    item = TextLine("答“否”的条目", max_length=20)
    q = TextLine("单位名称", max_length=100)

    def __init__(self, user: User, args: MultiDict[str, str] | None = None) -> None:
        super().__init__(user, args)
        categories = catalog().current_checklist().categories.values()
        self.category.choices = ALL | {category.code: category.title for category in categories}

    def matching(self, seen: Select[Inspection]) -> Select[Inspection]:
        """Return the rows that the fields ask for, but for a range of days."""
        seen = super().matching(seen)
        if self.level.data:
            seen = seen.where(Inspection.level == self.level.data)
        if self.category.data:
            seen = seen.where(Inspection.touches(self.category.data))
        if self.kind.data:
            seen = seen.where(Inspection.kind == self.kind.data)
        if self.item.data:
            slugs = {checklist.slug for checklist in catalog().checklists.values()}
            failed = and_(FailedItem.checklist.in_(slugs), FailedItem.item == self.item.data)
            seen = seen.where(is_among(Inspection.id, FailedItem.inspection_id, failed))
        if self.q.data:
            seen = seen.where(refers(Inspection.institution_id, Institution, is_called(self.q.data)))
        return seen

    def validate_item(self, field: TextLine) -> None:
        """Refuse what is no item of the checklist in force or of one before it."""
        if field.data and self.failed_item is None:
            raise ValidationError("清单中没有这一条目")

    @property
    def failed_item(self) -> Item | None:
        """The item that the list is narrowed to."""
        versions = (version.items.get(self.item.data or "") for version in catalog().checklists.values())
        return next((item for item in versions if item), None)

    def kept_count(self) -> int | None:
        """Return how many are asked for, where the kept sums know it."""
        asked = self.kept_within(InspectionFigures, "level", "kind")
        if asked is None:
            return None
        return db.session.scalar(select(func.sum(InspectionFigures.submitted)).where(*asked)) or 0

    listed = staticmethod(listed)

    def name_of(self, row: Inspection) -> str:
        """What a row is called beside others."""
        return f"{row.institution.name} {day(row.inspected_on)}"


@bp.get("/inspections")
@allow(reviews)
def inspections() -> Response:
    """自查记录查询."""
    seen = listed(Inspection.visible_to(current_user))
    return InspectionFilter(current_user).listing(seen)


@bp.get("/inspections/<uuid:inspection_uuid>")
@allow(reviews)
def inspection(inspection_uuid: UUID) -> Response:
    """自查详情, with the institution's data as they were then."""
    found = db.one_or_404(Inspection.visible_to(current_user).where(Inspection.uuid == inspection_uuid))
    then, reference = found.revision.data, catalog().reference
    beside = InspectionFilter.beside(current_user)
    return page_or_fragment(
        "supervision/inspection.html",
        "inspections/_detail.html",
        inspection=found,
        content=content_of(found, only=request.args.get("only")),
        then=then,
        subjects=[reference.treatment_subject(code).name for code in then["treatment_subjects"]],
        documents=documents_of(found.institution),
        beside=beside.query,
        trail=trail_of(beside, Inspection.visible_to(current_user), found),
    )
