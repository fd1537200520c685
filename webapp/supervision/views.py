"""The reviewers' work desk: what waits, what is late, and the plots, each with its figures as a table."""

from flask import Response, abort
from flask_login import current_user

from webapp.access import allow, reviews
from webapp.fragments import is_htmx, page_or_fragment
from webapp.replica import reads_replica
from webapp.supervision.desk import bp
from webapp.supervision.pictures import picture
from webapp.supervision.plots import PlotFilter
from webapp.supervision.plotted import KINDS
from webapp.supervision.waiting import behind, longest_waiting, queues


@bp.get("/")
@allow(reviews)
@reads_replica
def desk() -> Response:
    """工作台; the plots come after the page, one by one."""
    form = PlotFilter(current_user)
    valid = form.validate()
    context = {"form": form, "kinds": KINDS if valid else {}}
    if not is_htmx():
        context |= {
            "queues": queues(current_user),
            "longest": longest_waiting(current_user),
        }
    return page_or_fragment(
        "supervision/desk.html", "supervision/_plots.html", status=200 if valid else 422, **context
    )


@bp.get("/overdue")
@allow(reviews)
@reads_replica
def overdue() -> Response:
    """逾期提醒, which looks at every institution and so comes after the page."""
    return page_or_fragment(
        "supervision/overdue.html", "supervision/_overdue.html", behind=behind(current_user)
    )


@bp.get(f"/figures/<any({', '.join(KINDS)}):name>")
@allow(reviews)
@reads_replica
def plot(name: str) -> Response | str:
    """One plot with its table; without scripts a page of its own."""
    form = PlotFilter(current_user)
    if not form.validate():
        abort(404)
    kind = KINDS[name]
    figures = kind.make(form)
    return page_or_fragment(
        "supervision/plot.html",
        "supervision/_plot.html",
        name=name,
        kind=kind,
        plot=figures,
        picture=picture(figures),
        form=form,
    )
