"""医疗人员不良记分查询: the list of submitted demerits and one of them (manual 2.3)."""

import re
from uuid import UUID

from flask import Response, make_response, render_template, request
from flask_login import current_user
from flask_wtf import FlaskForm
from sqlalchemy import Select
from sqlalchemy.orm import joinedload, lazyload, load_only, selectinload
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response as AnyResponse
from wtforms import Field, ValidationError

from webapp.access import allow, reviews
from webapp.accounts.models import User
from webapp.attachments.links import photo_links
from webapp.audit.models import record
from webapp.catalog import catalog
from webapp.database import db
from webapp.demerits.models import Demerit
from webapp.demerits.persons import MedicalPerson
from webapp.demerits.petitions import petitions_against
from webapp.fields import TextLine
from webapp.institutions.models import Institution
from webapp.numbers import id_number_problem, normalise_id_number
from webapp.supervision.desk import bp, way_back
from webapp.supervision.filters import DatedFilter, Place, is_called, refers
from webapp.words import Words

LIST = "supervision.demerits"
ENDS = re.compile(r"[0-9]{6}|[0-9]{3}[0-9X]|[0-9]{6}\*+[0-9]{3}[0-9X]")


class DemeritFilter(DatedFilter):
    """Submitted demerits, newest first (manual 2.3.1); the ID number comes by :class:`NumberForm`."""

    ENDPOINT = LIST
    MODEL = Demerit
    PLACE = (Demerit.recorded_on, Demerit.id)
    name = TextLine("姓名", [Words()], max_length=50)
    q = TextLine("执业机构", max_length=100)

    def __init__(self, user: User, args: MultiDict[str, str] | None = None, *, number: str = "") -> None:
        """:param number: as :meth:`MedicalPerson.numbered_anywhere` takes it, or nothing"""
        super().__init__(user, args)
        self.number = number
        self.district.label.text = "所属地区"

    def narrow(self, seen: Select[Demerit], after: Place | None = None) -> Select[Demerit]:
        """Return the rows that are asked for, see :meth:`Filter.narrow`."""
        if self.district.data:
            seen = seen.where(Demerit.district == self.district.data)
        if self.q.data:
            seen = seen.where(refers(Demerit.institution_id, Institution, is_called(self.q.data)))
        if self.name.data:
            seen = seen.where(refers(Demerit.person_id, MedicalPerson, MedicalPerson.name == self.name.data))
        if self.number:
            wanted = MedicalPerson.numbered_anywhere(self.number)
            seen = seen.where(refers(Demerit.person_id, MedicalPerson, wanted))
        return self.between(seen, after)


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
    answer = form.listing(listed(Demerit.visible_to(current_user)), "demerits", numbers=numbers)
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
        petitions=petitions_against(found),
        back=way_back(LIST, request.referrer),
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


@bp.app_template_filter()
def profession(title: str) -> str:
    """专业类别 of somebody with this 职称, the first where several have one of this name."""
    kinds = catalog().reference.titles.items()
    return next((kind for kind, titles in kinds if title in titles), "其他")


def listed(seen: Select[Demerit]) -> Select[Demerit]:
    """Load no more than a list shows."""
    return seen.options(
        load_only(
            Demerit.uuid, Demerit.district, Demerit.points, Demerit.recorded_on, Demerit.record, Demerit.items
        ),
        lazyload(Demerit.person),
        selectinload(Demerit.institution).load_only(Institution.name),
    )


def _found(uuid: UUID) -> Demerit:
    found: Demerit = db.one_or_404(
        Demerit.visible_to(current_user).where(Demerit.uuid == uuid).options(joinedload(Demerit.institution))
    )
    return found
