"""Institutions that look like one that waits for review: the same credit code, or the same name."""

from typing import NamedTuple, Self
from uuid import UUID

from sqlalchemy import Select, and_, or_, select

from webapp.accounts.models import User
from webapp.database import db
from webapp.institutions.changes import Change
from webapp.institutions.models import Institution, Status
from webapp.institutions.registrations import Registration, RegistrationKind

# More of them than this need no list: the name says nothing then.
MOST = 20
WIDE, NARROW = str.maketrans("()", "（）"), str.maketrans("（）", "()")
CODE, NAME = "社会统一信用代码", "医疗机构名称"


class Twin(NamedTuple):
    """An institution within the reader's reach, and what of it is the same."""

    name: str
    credit_code: str
    district: str
    status: Status
    registration: UUID | None
    same: list[str]


class Duplicates(NamedTuple):
    """Those that a reader may see, and what is the same in those of which only that may be said."""

    seen: list[Twin]
    elsewhere: list[list[str]]

    @classmethod
    def of(cls, registration: Registration, reader: User) -> Self:
        """Find them among all institutions, returned ones too, in one statement.

        Of a change it is what the institution would have after it that counts.
        """
        name, code = _claimed(registration)
        seen, elsewhere = [], []
        for found in db.session.execute(_alike(registration.institution_id, name, code)):
            uuid, district = found.uuid, found.district
            same = [CODE] if found.credit_code == code else []
            same += [NAME] if found.name in _spellings(name) else []
            if reader.districts is None or district in reader.districts:
                seen.append(Twin(found.name, found.credit_code, district, found.status, uuid, same))
            else:
                elsewhere.append(same)
        return cls(seen, elsewhere)


def _claimed(registration: Registration) -> tuple[str, str]:
    institution = registration.institution
    proposed = registration.proposed if isinstance(registration, Change) else {}
    return proposed.get("name", institution.name), proposed.get("credit_code", institution.credit_code)


def _spellings(name: str) -> set[str]:
    """A name with brackets of either width."""
    return {name, name.translate(WIDE), name.translate(NARROW)}


def _alike(own: int, name: str, code: str) -> Select[str, str, str, Status, UUID]:
    return (
        select(
            Institution.name,
            Institution.credit_code,
            Institution.district,
            Institution.status,
            Registration.uuid,
        )
        .outerjoin(
            Registration,
            and_(
                Registration.institution_id == Institution.id,
                Registration.kind == RegistrationKind.REGISTRATION,
            ),
        )
        .where(
            Institution.id != own,
            or_(Institution.credit_code == code, Institution.name.in_(_spellings(name))),
        )
        .order_by(Institution.id.desc())
        .limit(MOST)
    )
