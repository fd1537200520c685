"""A published checklist as the filling page shows it, empty: what a phone fills in without the server."""

import gzip
import hashlib
from functools import cached_property

import brotli
from flask import Response, abort, current_app, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from webapp.access import public
from webapp.catalog import Checklist, catalog
from webapp.inspections.room import bp

DIGEST_LENGTH = 12
# The highest quality would hold the first phone up for a second, and saves a tenth.
BROTLI_QUALITY = 9


class Blank:
    """The items of a version in HTML; its digest changes with the checklist and with the templates."""

    def __init__(self, checklist: Checklist) -> None:
        self.html = render_template("inspections/_blank.html", checklist=checklist).encode()
        self.digest = hashlib.sha256(self.html).hexdigest()[:DIGEST_LENGTH]

    @cached_property
    def br(self) -> bytes:
        """Compressed with Brotli (RFC 7932)."""
        compressed: bytes = brotli.compress(self.html, quality=BROTLI_QUALITY)
        return compressed

    @cached_property
    def gzip(self) -> bytes:
        """Compressed with gzip (RFC 1952)."""
        return gzip.compress(self.html, mtime=0)


def blank_of(checklist: Checklist) -> Blank:
    """Return a version's items, made once in each process."""
    made: dict[str, Blank] = current_app.extensions.setdefault("blanks", {})
    if checklist.digest not in made:
        made[checklist.digest] = Blank(checklist)
    return made[checklist.digest]


def address_of(checklist: Checklist) -> str:
    """Return where a version's items stand; it changes with them."""
    digest = blank_of(checklist).digest
    return url_for("inspections.blank", slug=checklist.slug, version=checklist.version, digest=digest)


@bp.app_template_filter("pinned")
def pinned(checklist: Checklist) -> dict[str, str]:
    """The attributes by which a form tells the phone which version it is about, and where its items are."""
    slug, version = checklist.slug, checklist.version
    return {"data-slug": slug, "data-version": version, "data-checklist": address_of(checklist)}


@bp.get("/checklists/<slug>/<version>/<digest>")
@public
def blank(slug: str, version: str, digest: str) -> AnyResponse:
    """The items of a version, to be kept for ever; with an outdated digest the way to those of today."""
    try:
        found = blank_of(catalog().checklist(slug, version))
    except KeyError:
        abort(404)
    if digest != found.digest:
        return redirect(address_of(catalog().checklist(slug, version)))
    response = Response(found.html, mimetype="text/html")
    for encoding in ("br", "gzip"):
        if request.accept_encodings[encoding]:
            response.data = getattr(found, encoding)
            response.content_encoding = encoding
            break
    response.vary.add("Accept-Encoding")
    response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    return response
