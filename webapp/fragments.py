"""One URL answers with the full page, or with a piece of it when htmx asks."""

from typing import Any

from flask import Response, current_app, make_response, redirect, render_template, request
from werkzeug.wrappers import Response as AnyResponse


def is_htmx() -> bool:
    """Tell whether htmx asks for a fragment; restoring history wants the whole page."""
    return "HX-Request" in request.headers and "HX-History-Restore-Request" not in request.headers


def page_or_fragment(page: str, fragment: str, *, status: int = 200, **context: Any) -> Response:
    """Render the page, or only its swappable part for htmx.

    :param fragment: the ``_partial.html`` that the page itself includes
    """
    response = make_response(render_template(fragment if is_htmx() else page, **context), status)
    response.vary.add("HX-Request")
    return response


def fragment(name: str, **values: Any) -> str:
    """Render a fragment of nothing but these values: without the user and the frame that pages show."""
    return current_app.jinja_env.get_template(name).render(values)


def go_to(url: str) -> AnyResponse:
    """Redirect a browser, or htmx, to another page."""
    if is_htmx():
        return Response(status=204, headers={"HX-Redirect": url})
    return redirect(url, 303)
