"""医疗人员不良记分查询: the list of submitted demerits and one of them (manual 2.3)."""

import re
from functools import cache, cached_property
from urllib.parse import urlencode
from uuid import UUID

from flask import Response, make_response, render_template
from flask_login import current_user
from flask_wtf import FlaskForm
from sqlalchemy import Select, and_, func, select
from sqlalchemy.orm import joinedload, lazyload, load_only
from sqlalchemy.sql.base import ExecutableOption
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response as AnyResponse
from wtforms import Field, ValidationError

from webapp.access import allow, reviews
from webapp.accounts.models import User
from webapp.attachments.links import photo_links
from webapp.audit.models import record
from webapp.catalog import catalog
from webapp.database import db
from webapp.demerits.figures import DemeritFigures, DemeritItem
from webapp.demerits.ledger import standing_of
from webapp.demerits.models import Demerit
from webapp.demerits.persons import MedicalPerson
from webapp.demerits.petitions import petitions_against, points_left
from webapp.fields import TextLine
from webapp.formats import day
from webapp.institutions.models import Institution
from webapp.lists.columns import Column
from webapp.lists.filters import ALL, Choice
from webapp.lists.pages import trail_of
from webapp.lists.paging import By
from webapp.numbers import id_number_problem, mask_id_number, normalise_id_number
from webapp.supervision.desk import bp, district_name
from webapp.supervision.filters import DatedFilter, is_among, is_called, level_choice, refers
from webapp.supervision.persons import person_within_reach
from webapp.words import Words

LIST = "supervision.demerits"
ENDS = re.compile(r"[0-9]{6}|[0-9]{3}[0-9X]|[0-9]{6}\*+[0-9]{3}[0-9X]")


def profession(title: str) -> str:
    """专业类别 of somebody with this 职称, the first where several have one of this name."""
    kinds = catalog().reference.titles.items()
    return next((kind for kind, titles in kinds if title in titles), "其他")


bp.add_app_template_filter(profession)
COLUMNS = (
    Column("district", "所属地区", lambda row: district_name(row.district), look="nowrap"),
    Column("name", "姓名", lambda row: row.facts["name"], look="nowrap"),
    Column("profession", "专业类别", lambda row: profession(row.facts["title"]), look="nowrap"),
    Column("gender", "性别", lambda row: row.facts["gender"]),
    Column(
        "id_number",
        "身份证",
        lambda row: mask_id_number(row.facts["id_number"]),
        full=lambda row: row.facts["id_number"],
        look="num nowrap",
    ),
    Column("institution", "执业机构", lambda row: row.institution.name),
    Column("points", "记分", lambda row: str(row.points), look="num", kind="number"),
    Column("recorded_on", "记分日期", lambda row: day(row.recorded_on), look="nowrap", kind="day"),
)


class DemeritFilter(DatedFilter):
    """Submitted demerits, newest first (manual 2.3.1); the ID number comes by :class:`NumberForm`."""

    ENDPOINT, MODEL = LIST, Demerit
    ORDER = (By(Demerit.recorded_on, falling=True), By(Demerit.id, falling=True))
    COLUMNS = COLUMNS
    SORTED = "按记分日期由近到远"
    name = TextLine("姓名", [Words()], max_length=50)
    level = level_choice()
    article = Choice("扣分条款", default="")
    q = TextLine("执业机构", max_length=100)
    # Not offered, but opened from the rows that an ID number found: it stands for the number.
    person = TextLine("人员", max_length=36)

    def __init__(self, user: User, args: MultiDict[str, str] | None = None, *, number: str = "") -> None:
        """:param number: as :meth:`MedicalPerson.numbered_anywhere` takes it, or nothing"""
        super().__init__(user, args)
        self.number = number
        self.district.label.text = "所属地区"
        articles = catalog().current_demerit_rules().articles
        self.article.choices = ALL | {article.code: article.title for article in articles}

    def matching(self, seen: Select[Demerit]) -> Select[Demerit]:
        """Return the rows that the fields ask for, but for a range of days."""
        seen = super().matching(seen)
        if self.level.data:
            seen = seen.where(Demerit.level == self.level.data)
        if self.article.data:
            slugs = {rules.slug for rules in catalog().rules.values()}
            ticked = and_(DemeritItem.rules.in_(slugs), DemeritItem.item.in_(self._items()))
            seen = seen.where(is_among(Demerit.id, DemeritItem.demerit_id, ticked))
        if self.q.data:
            seen = seen.where(refers(Demerit.institution_id, Institution, is_called(self.q.data)))
        if self.name.data:
            seen = seen.where(refers(Demerit.person_id, MedicalPerson, MedicalPerson.name == self.name.data))
        if self.asked_person:
            same = MedicalPerson.id_number_index == self.asked_person.id_number_index
            seen = seen.where(refers(Demerit.person_id, MedicalPerson, same))
        if self.number:
            wanted = MedicalPerson.numbered_anywhere(self.number)
            seen = seen.where(refers(Demerit.person_id, MedicalPerson, wanted))
        return seen

    def validate_person(self, field: TextLine) -> None:
        """Refuse whom the reviewer may not read of."""
        if field.data and self.asked_person is None:
            raise ValidationError("没有这个人员")

    @cached_property
    def asked_person(self) -> MedicalPerson | None:
        """The person, of one institution or several, to whom the list is narrowed."""
        try:
            uuid = UUID(self.person.data or "")
        except ValueError:
            return None
        return db.session.scalar(person_within_reach(self.user, uuid))

    def address_of(self, row: Demerit) -> str:
        """The address of one row's details; a number that was asked for is left out, the person stays."""
        if not self.number:
            return super().address_of(row)
        return f"{self.url}/{row.uuid}?{urlencode({**self.asked, 'person': row.facts['uuid']})}"

    def _items(self) -> list[str]:
        """Codes of the article's items in all versions of the rules."""
        items = (item for rules in catalog().rules.values() for item in rules.items.values())
        return sorted({item.code for item in items if item.tier == self.article.data})

    def kept_count(self) -> int | None:
        """Return how many are asked for, where the kept sums know it."""
        asked = None if self.number else self.kept_within(DemeritFigures, "level")
        if asked is None:
            return None
        return db.session.scalar(select(func.sum(DemeritFigures.entries)).where(*asked)) or 0

    @staticmethod
    def listed(seen: Select[Demerit]) -> Select[Demerit]:
        """Load no more than a list shows."""
        return seen.options(*_shown())

    def name_of(self, row: Demerit) -> str:
        """What a row is called beside others."""
        return f"{row.facts['name']} {day(row.recorded_on)}"


# Made once: making them takes as long as the query.
@cache
def _shown() -> tuple[ExecutableOption, ...]:
    columns = (
        *(Demerit.uuid, Demerit.district, Demerit.points, Demerit.recorded_on),
        *(Demerit.record, Demerit.items),
    )
    institution = joinedload(Demerit.institution).load_only(Institution.name)
    return load_only(*columns), lazyload(Demerit.person), institution


class NumberForm(FlaskForm):
    """Finds a person by ID number; sent by POST, so that none stands in an address."""

    id_number = TextLine(
        "身份证",
        max_length=30,
        render_kw={"placeholder": "完整号码、前6位或后4位", "autocomplete": "off", "spellcheck": "false"},
    )

    def validate_id_number(self, field: Field) -> None:
        """Take a whole number, its first six digits, its last four, or both with stars between."""
        number = normalise_id_number(field.data or "")
        if number and not ENDS.fullmatch(number):
            problem = id_number_problem(number)
            if problem and len(number) == 18:
                raise ValidationError(problem)
            if problem:
                raise ValidationError("请输入完整的18位身份证号，或者前6位、后4位")
        field.data = number


@bp.route("/demerits", methods=["GET", "POST"])
@allow(reviews)
def demerits() -> Response:
    """医疗人员不良记分查询; asking for an ID number is a POST that writes nothing."""
    numbers = NumberForm()
    refused = numbers.is_submitted() and not numbers.validate()
    form = DemeritFilter(current_user, number="" if refused else numbers.id_number.data or "")
    answer = form.listing(DemeritFilter.listed(Demerit.visible_to(current_user)), numbers=numbers)
    if refused:
        answer.status_code = 422
    return answer


@bp.get("/demerits/<uuid:demerit_uuid>")
@allow(reviews)
def demerit(demerit_uuid: UUID) -> AnyResponse:
    """不良记分详情."""
    found = _found(demerit_uuid)
    page = render_template(
        "supervision/demerit.html",
        demerit=found,
        photos=photo_links(found.attachments, "材料信息"),
        left=points_left(found),
        petitions=petitions_against(found),
        standing=standing_of(found.person),
        trail=trail_of(DemeritFilter.beside(current_user), Demerit.visible_to(current_user), found),
    )
    return make_response(page)


@bp.post("/demerits/<uuid:demerit_uuid>/number")
@allow(reviews)
def demerit_number(demerit_uuid: UUID) -> str:
    """Show the person's ID number in full, and record that it was shown."""
    found = _found(demerit_uuid)
    record("numbers-shown", by=current_user, about=found, number="id_number")
    db.session.commit()
    return render_template("persons/_number.html", person=found.facts)


def _found(uuid: UUID) -> Demerit:
    found: Demerit = db.one_or_404(
        Demerit.visible_to(current_user).where(Demerit.uuid == uuid).options(joinedload(Demerit.institution))
    )
    return found
