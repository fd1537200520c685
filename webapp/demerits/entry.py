"""记分录入: begins with the search for the person (manual 1.4.2)."""

from werkzeug.wrappers import Response as AnyResponse

from webapp.access import allow, scores
from webapp.demerits.person_views import search_page
from webapp.demerits.records import bp


@bp.get("/demerits/new")
@allow(scores)
def new() -> AnyResponse:
    """记分录入."""
    return search_page()
