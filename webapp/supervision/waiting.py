"""What waits for a reviewer's decision, the longest waiting first, and what is late."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from itertools import chain
from typing import Any, NamedTuple

from flask import url_for
from sqlalchemy import Select, case, func, select
from sqlalchemy.orm import InstrumentedAttribute, joinedload, lazyload, load_only

from webapp.accounts.models import User
from webapp.catalog.reference import today
from webapp.database import db, now
from webapp.demerits.models import Demerit
from webapp.demerits.petitions import Petition, PetitionKind
from webapp.formats import local_date
from webapp.inspections.figures import InstitutionFigures
from webapp.inspections.models import InspectionKind
from webapp.institutions.changes import Change
from webapp.institutions.models import Institution, Status
from webapp.institutions.registrations import Registration, RegistrationKind
from webapp.supervision.periods import Period, periods

SHOWN = 8
# How long somebody may wait for an answer before the desk says so; the house's own aim, no law's.
LATE = timedelta(days=7)


class Queue(NamedTuple):
    """What waits of one kind: how much, how much of it for too long, and where it is."""

    title: str
    waiting: int
    late: int
    href: str


class Waiting(NamedTuple):
    """One thing that waits."""

    kind: str
    title: str
    district: str
    since: date
    href: str

    @property
    def days(self) -> int:
        """How many days it has waited."""
        return (today() - self.since).days

    @property
    def is_late(self) -> bool:
        """Whether it has waited too long."""
        return self.days > LATE.days


def queues(user: User) -> list[Queue]:
    """Return what waits by kind, in two statements."""
    registrations = _counted(_registrations(user), Registration.kind, Registration.submitted_at)
    petitions = _counted(_petitions(user), Petition.kind, Petition.filed_at)
    titles = {RegistrationKind.REGISTRATION: "待审核注册", RegistrationKind.CHANGE: "待审核变更"}
    return [
        Queue(
            title,
            *registrations.get(kind, (0, 0)),
            url_for("supervision.registrations", status=Status.PENDING, kind=kind),
        )
        for kind, title in titles.items()
    ] + [
        Queue(
            kind.label,
            *petitions.get(kind, (0, 0)),
            url_for("supervision.petitions", kind=kind, state="waiting"),
        )
        for kind in PetitionKind
    ]


def longest_waiting(user: User) -> list[Waiting]:
    """Return what has waited longest, of all kinds together."""
    registrations = _registrations(user).order_by(Registration.submitted_at, Registration.id)
    petitions = _petitions(user).order_by(Petition.filed_at, Petition.id).options(*_for_petitions())
    found = chain(
        map(_registration, db.session.scalars(registrations.limit(SHOWN))),
        map(_petition, db.session.scalars(petitions.limit(SHOWN))),
    )
    return sorted(found, key=lambda waiting: waiting.since)[:SHOWN]


class Behind(NamedTuple):
    """How many institutions have not done what a period asks of them, out of how many."""

    title: str
    missing: int
    total: int
    href: str


def behind(user: User) -> list[Behind]:
    """Return how many institutions are behind: 日常自查 each quarter, 全面自查 each year.

    Both rates are those of the national measures as they are commonly quoted, not checked against the text.
    """
    year = str(today().year)
    asked = (
        ("本季度还没有自查", "quarter", None),
        (f"{year} 年还没有全面自查", year, InspectionKind.FULL),
    )
    approved = Institution.visible_to(user).where(Institution.status == Status.APPROVED)
    done = [
        func.coalesce(func.sum(case((handed_in(periods()[period], kind), 1), else_=0)), 0)
        for _, period, kind in asked
    ]
    total, *counts = db.session.execute(approved.with_only_columns(func.count(), *done)).one()
    return [
        Behind(title, total - count, total, _behind_in(period, kind))
        for (title, period, kind), count in zip(asked, counts, strict=True)
    ]


def _behind_in(period: str, kind: InspectionKind | None) -> str:
    return url_for("supervision.institutions", period=period, kind=kind, state="missing")


def handed_in(span: Period, kind: InspectionKind | str | None = None) -> Any:
    """Return the condition that an institution handed in an inspection in a period, of one kind or any."""
    figures = select(InstitutionFigures.institution_id).where(
        InstitutionFigures.institution_id == Institution.id,
        InstitutionFigures.month.between(span.first, span.last),
    )
    return (figures.where(InstitutionFigures.kind == kind) if kind else figures).exists()


def _registrations(user: User) -> Select[Registration]:
    return Registration.visible_to(user).where(Registration.status == Status.PENDING)


def _petitions(user: User) -> Select[Petition]:
    return Petition.visible_to(user).where(Petition.decided_at.is_(None))


def _for_petitions() -> Sequence[Any]:
    entry = joinedload(Petition.demerit).options(
        load_only(Demerit.record, Demerit.points), lazyload(Demerit.person)
    )
    return [load_only(Petition.uuid, Petition.kind, Petition.district, Petition.filed_at), entry]


def _counted(
    seen: Select[Any], kind: InstrumentedAttribute[Any], since: InstrumentedAttribute[datetime]
) -> dict[Any, tuple[int, int]]:
    late = func.sum(case((since < now() - LATE, 1), else_=0))
    counts = seen.with_only_columns(kind, func.count(), late, maintain_column_froms=True).group_by(kind)
    return {kind: (count, int(late)) for kind, count, late in db.session.execute(counts)}


def _registration(registration: Registration) -> Waiting:
    institution = registration.institution
    return Waiting(
        "变更" if isinstance(registration, Change) else "注册",
        institution.name,
        registration.district,
        local_date(registration.submitted_at),
        url_for("supervision.registration", registration_uuid=registration.uuid),
    )


def _petition(petition: Petition) -> Waiting:
    return Waiting(
        petition.kind.label,
        f"{petition.demerit.facts['name']} · {petition.demerit.points} 分",
        petition.district,
        local_date(petition.filed_at),
        url_for("supervision.petition", petition_uuid=petition.uuid),
    )
