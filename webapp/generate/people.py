"""Users and medical persons: everybody has numbers that are valid and nobody's."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import Connection, select

from webapp.accounts.models import MOBILE, Kind, User
from webapp.audit.models import AuditChain, AuditEntry, Subject
from webapp.catalog import Region, catalog
from webapp.crypto import blind_index
from webapp.database import db
from webapp.demerits.persons import MedicalPerson
from webapp.generate.bulk import Bulk
from webapp.generate.draw import Draw
from webapp.generate.world import Bearer, Member
from webapp.sample import sample_id_number, sample_mobile

# The share of medical persons who work in an earlier institution too, and how many are remembered for it.
ELSEWHERE = 0.03
REMEMBERED = 1000
GENDERS: tuple[Literal["男", "女"], ...] = ("男", "女", "女")


@dataclass
class People:
    """Writes users and medical persons, and what the audit log says of what they did."""

    bulk: Bulk
    draw: Draw
    _mobiles: set[str] = field(default_factory=set)
    _elsewhere: list[tuple[str, ...]] = field(default_factory=list)
    # Entries of the audit log by who acted, which get their places in its chains when they are written.
    _noted: dict[int, list[AuditEntry]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Learn which mobile numbers are taken."""
        self.bulk.late = self._chained
        self._mobiles.update(db.session.scalars(select(User.mobile_index)))
        db.session.rollback()

    def reviewers(self, regions: Iterable[Region], moment: datetime) -> dict[str, User]:
        """Add a reviewer for the city and for each district; return the latter by the district's code."""
        self._user(moment, kind=Kind.REVIEWER)
        return {
            region.code: self._user(moment, kind=Kind.REVIEWER, district=region.code) for region in regions
        }

    def member(self, institution_id: int, moment: datetime, **columns: Any) -> User:
        """Add a user of an institution."""
        return self._user(moment, kind=Kind.MEMBER, institution_id=institution_id, **columns)

    def bearers(self, institution_id: int, number: int, moment: datetime) -> list[Bearer]:
        """Add so many medical persons to an institution."""
        added: dict[str, Bearer] = {}
        while len(added) < number:
            data = self._person()
            id_number = data[MedicalPerson.DATA.index("id_number")]
            if id_number not in added:
                added[id_number] = self._bearer(institution_id, data, moment)
        return [*added.values()]

    def note(
        self, action: str, by: User | Member, about: Subject, title: str, at: datetime, **detail: str
    ) -> None:
        """Add what the audit log says of an act.

        :param title: what people call the thing that it is about
        """
        entry = AuditEntry(
            uuid=self.draw.uuid7(at),
            at=at,
            action=action,
            user_id=by.id,
            name=by.name,
            office=by.office if isinstance(by, Member) else "、".join(by.role_titles),
            institution_id=by.institution_id,
            subject=about.uuid,
            subject_kind=about.__tablename__,
            subject_title=title,
            address="",
            detail=detail,
        )
        self._noted.setdefault(by.id, []).append(entry)

    def _chained(self, connection: Connection) -> Iterator[AuditEntry]:
        for entries in self._noted.values():
            AuditChain.link(connection, entries)
            yield from entries
        self._noted.clear()

    def _user(self, moment: datetime, **columns: Any) -> User:
        name = columns.pop("name", None) or self.draw.person_name(self.draw.choice(GENDERS))
        user = User(
            uuid=self.draw.uuid7(moment),
            name=name,
            mobile=self._mobile(),
            id_number=sample_id_number(self.draw),
            created_at=moment,
            **columns,
        )
        self.bulk.add(user)
        return user

    def _mobile(self) -> str:
        while True:
            number = sample_mobile(self.draw)
            index = blind_index(number, MOBILE)
            if index not in self._mobiles:
                self._mobiles.add(index)
                return number

    def _person(self) -> tuple[str, ...]:
        if self._elsewhere and self.draw.chance(ELSEWHERE):
            return self.draw.choice(self._elsewhere)
        gender = self.draw.choice(GENDERS)
        reference = catalog().reference
        kind = self.draw.choice([kind for kind in reference.titles if kind not in ("其他", "乡村医生")])
        practice = self.draw.choice(reference.practice["临床"])
        data = {
            "name": self.draw.person_name(gender),
            "gender": gender,
            "id_number": sample_id_number(self.draw, sex=gender),
            "title": self.draw.choice(reference.titles[kind]),
            "practice": practice,
            "certificate": f"{self.draw.randrange(10**14, 10**15)}",
        }
        found = tuple(data[name] for name in MedicalPerson.DATA)
        if len(self._elsewhere) < REMEMBERED:
            self._elsewhere.append(found)
        return found

    def _bearer(self, institution_id: int, data: tuple[str, ...], moment: datetime) -> Bearer:
        person = MedicalPerson(
            uuid=self.draw.uuid7(moment),
            institution_id=institution_id,
            created_at=moment,
            **dict(zip(MedicalPerson.DATA, data, strict=True)),
        )
        self.bulk.add(person)
        return Bearer(person.id, str(person.uuid), data)
