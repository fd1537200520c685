"""导出 Excel of the reviewers' lists."""

from flask import abort, request
from flask_login import current_user
from werkzeug.wrappers import Response as AnyResponse

from webapp.access import allow, reviews
from webapp.demerits.models import Demerit
from webapp.demerits.petitions import Petition
from webapp.extensions import asking_user, limiter
from webapp.inspections.listing import listed
from webapp.inspections.models import Inspection
from webapp.institutions.registrations import Registration
from webapp.lists import export_pages
from webapp.lists.exports import OFFERS, Offer, Wanted
from webapp.supervision import demerits, inspections, institutions, petitions, registrations
from webapp.supervision.desk import bp

OWN = {
    "registrations": Offer("注册审核", registrations.RegistrationFilter, Registration.visible_to),
    "inspections": Offer(
        "自查记录",
        inspections.InspectionFilter,
        lambda user: listed(Inspection.visible_to(user)),
    ),
    "institutions": Offer("机构自查情况", institutions.InstitutionFilter, institutions.listed),
    "demerits": Offer(
        "医疗人员不良记分",
        demerits.DemeritFilter,
        lambda user: demerits.DemeritFilter.listed(Demerit.visible_to(user)),
    ),
    "petitions": Offer(
        "撤销与申辩",
        petitions.PetitionFilter,
        lambda user: petitions.PetitionFilter.listed(Petition.visible_to(user)),
    ),
}
OFFERS.update(OWN)
ADDRESS = f"/<any({', '.join(OWN)}):name>/export"


@bp.route(ADDRESS, methods=["GET", "POST"])
@allow(reviews)
def export(name: str) -> AnyResponse:
    """导出 Excel: what will be in it; a query by ID number comes by POST, which writes nothing."""
    return export_pages.question(_wanted(name))


@bp.post(f"{ADDRESS}/start")
@limiter.limit("30 per hour", key_func=asking_user)
@allow(reviews)
def start_export(name: str) -> AnyResponse:
    """开始导出."""
    return export_pages.start(_wanted(name))


def _wanted(name: str) -> Wanted:
    if request.method == "GET":
        return Wanted(name, current_user, request.args)
    numbers = demerits.NumberForm()
    # A number that is none must not turn a query for one person into one for all.
    if not numbers.validate():
        abort(400)
    number = numbers.id_number.data or "" if name == "demerits" else ""
    return Wanted(name, current_user, request.form, number)
