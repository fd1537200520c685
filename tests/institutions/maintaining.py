"""An institution with its 证明材料 and administrators, and its form filled in as its page shows it."""

from typing import Any

from bs4 import BeautifulSoup
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests import factories
from webapp.accounts.models import User
from webapp.database import db
from webapp.institutions.changes import Change
from webapp.institutions.models import Document, DocumentKind, Institution, InstitutionRevision

URL = "/institution"
NAME = "改名后的门诊部"


def equipped(institution: Institution, by: User) -> Institution:
    """Give an institution one photo of each kind, as registering does."""
    for kind in DocumentKind:
        photo = factories.AttachmentFactory(uploader=by)
        photo.belong_to(institution.id, institution.district)
        photo.release()
        institution.documents.append(Document(kind=kind, attachment=photo))
    db.session.commit()
    return institution


def form_of(page: str) -> dict[str, list[str]]:
    """The form of 单位信息基本维护 as a browser would send it."""
    soup = BeautifulSoup(page, "html.parser")
    form = soup.select_one("form[enctype]")
    assert form is not None
    sent: dict[str, list[str]] = {}
    for box in form.select("input[name], select[name]"):
        if box.get("type") == "checkbox" and not box.has_attr("checked"):
            continue
        if box.name == "select":
            chosen = box.select_one("option[selected]")
            value = str(chosen["value"]) if chosen else ""
        else:
            value = str(box.get("value", ""))
        if box.get("type") != "file":
            sent.setdefault(str(box["name"]), []).append(value)
    return sent


def save(browser: FlaskClient, opened: dict[str, list[str]] | None = None, **typed: Any) -> TestResponse:
    """Open the page unless it is open already, type, and save."""
    form = opened or form_of(browser.get(URL).text)
    return browser.post(URL, data=form | typed, content_type="multipart/form-data")


def changes() -> list[Change]:
    """Every change there is, the first first."""
    return list(db.session.scalars(db.select(Change).order_by(Change.id)))


def revisions(institution: Institution) -> list[InstitutionRevision]:
    """An institution's revisions, the first first."""
    mine = db.select(InstitutionRevision).where(InstitutionRevision.institution_id == institution.id)
    return list(db.session.scalars(mine.order_by(InstitutionRevision.number)))
