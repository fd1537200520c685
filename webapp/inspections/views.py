from flask import Blueprint

from webapp.access import allow, signed_in

bp = Blueprint("inspections", __name__)


@bp.get("/inspections")
@allow(signed_in)
def records() -> str:
    return ""


@bp.get("/inspections/new")
@allow(signed_in)
def new() -> str:
    return ""
