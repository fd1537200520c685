"""The blueprint of the reviewers' desktop and its side bar."""

from typing import Any, NamedTuple

from flask import Blueprint, g
from flask_login import current_user
from sqlalchemy import Select, func, select

from webapp.access import reviews
from webapp.accounts.models import User
from webapp.attachments.links import PhotoLink, photo_links
from webapp.catalog import catalog
from webapp.database import db
from webapp.demerits.petitions import Petition
from webapp.frame import Entry, side_bar
from webapp.institutions.models import DocumentKind, Institution, Status
from webapp.institutions.registrations import Registration

bp = Blueprint("supervision", __name__, url_prefix="/supervision")
# By districts the statement that counts what waits for their reviewers.
_counted: dict[frozenset[str] | None, Select[Any]] = {}


class Waiting(NamedTuple):
    """How many of each kind wait for a decision within a reviewer's reach."""

    registrations: int
    petitions: int


@side_bar(reviews)
def side() -> list[Entry]:
    """A reviewer's entries of the side bar, with what waits for a decision."""
    waiting = _waiting()
    return [
        Entry("工作台", "supervision.desk"),
        Entry("注册审核", "supervision.registrations", waiting.registrations),
        Entry("自查记录查询", "supervision.inspections"),
        Entry("机构自查情况", "supervision.institutions"),
        Entry("医疗人员不良记分查询", "supervision.demerits"),
        Entry("撤销与申辩", "supervision.petitions", waiting.petitions),
    ]


def _waiting() -> Waiting:
    """Count once a request, in one statement: every page of the desk shows it."""
    if "waiting" not in g:
        g.waiting = Waiting(*db.session.execute(_counts_for(current_user)).one())
    found: Waiting = g.waiting
    return found


def _counts_for(reviewer: User) -> Select[Any]:
    """The statement, made once for all reviewers of the same districts."""
    if reviewer.districts not in _counted:
        registrations = Registration.visible_to(reviewer).where(Registration.status == Status.PENDING)
        petitions = Petition.visible_to(reviewer).where(Petition.decided_at.is_(None))
        counts = (
            waiting.with_only_columns(func.count(), maintain_column_froms=True).scalar_subquery()
            for waiting in (registrations, petitions)
        )
        _counted[reviewer.districts] = select(*counts)
    return _counted[reviewer.districts]


def documents_of(institution: Institution) -> list[tuple[str, list[PhotoLink]]]:
    """An institution's 证明材料 by kind, ready to be shown."""
    return [(kind.label, photo_links(institution.documents_of(kind), kind.label)) for kind in DocumentKind]


@bp.app_template_filter()
def district_name(code: str) -> str:
    """A district's name on screen, of today or former."""
    return catalog().reference.region(code).name
