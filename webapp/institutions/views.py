from flask import Blueprint

from webapp.access import allow, signed_in

bp = Blueprint("institutions", __name__)


@bp.get("/registration")
@allow(signed_in)
def registration() -> str:
    return ""
