"""记分记录: the list with its query (manual 1.2.6). Nothing is recorded yet, and the page says so."""

from flask import Blueprint, Response
from flask_login import current_user

from webapp.access import allow, reads_demerits, scores
from webapp.demerits.forms import QueryForm
from webapp.fragments import page_or_fragment

bp = Blueprint("demerits", __name__)


@bp.route("/demerits", methods=["GET", "POST"])
@allow(reads_demerits)
def records() -> Response:
    """记分记录; the query is a POST that writes nothing."""
    form = QueryForm()
    refused = form.is_submitted() and not form.validate()
    return page_or_fragment(
        "demerits/records.html",
        "demerits/_records.html",
        status=422 if refused else 200,
        form=form,
        may_score=scores(current_user),
    )
