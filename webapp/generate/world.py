"""What the generator remembers of an institution while it writes its records."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple

from webapp.accounts.models import User
from webapp.chain import digest_of
from webapp.demerits.persons import MedicalPerson


class Size(NamedTuple):
    """How big the institutions of one level are: numbers of people from … to, share of the records."""

    kind: str
    departments: int
    inspectors: tuple[int, int]
    scorers: tuple[int, int]
    persons: tuple[int, int]
    weight: int


# By 机构级别. Every so many institutions there is one of a level; the others are 未定级.
SIZES = {
    "三级": Size("医院", 10, (8, 15), (2, 4), (200, 1500), 20),
    "二级": Size("医院", 8, (3, 6), (1, 2), (40, 150), 8),
    "一级": Size("门诊部", 4, (1, 2), (1, 1), (6, 30), 2),
    "未定级": Size("诊所", 2, (1, 1), (0, 0), (1, 5), 1),
}
EVERY = {"三级": 250, "二级": 60, "一级": 25}


def level_of(number: int) -> str:
    """Return the level of the institution with this number, counted from nought."""
    places = enumerate(EVERY.items())
    return next((level for place, (level, every) in places if number % every == place), "未定级")


class Era(NamedTuple):
    """An institution's data as they stood from a day on: where it lay, and its revision."""

    since: date
    district: str
    revision_id: int
    # What a record says of its institution: ``uuid``, and the digest of the ``revision``.
    about: dict[str, str]


class Member(NamedTuple):
    """Somebody who hands records in."""

    id: int
    institution_id: int | None
    # What a record says of who made it, and the audit log.
    about: dict[str, str]
    office: str

    @property
    def name(self) -> str:
        """What the person is called."""
        return self.about["name"]

    @classmethod
    def of(cls, user: User, institution: str) -> "Member":
        """Remember a user of the institution with a name."""
        about = {"uuid": str(user.uuid), "name": user.name}
        return cls(user.id, user.institution_id, about, f"{institution} {'、'.join(user.role_titles)}")


class Bearer(NamedTuple):
    """Somebody who has demerits; ``data`` as :attr:`MedicalPerson.DATA`."""

    id: int
    uuid: str
    data: tuple[str, ...]

    @property
    def facts(self) -> dict[str, str]:
        """The person's data as a record keeps them."""
        return {"uuid": self.uuid, **dict(zip(MedicalPerson.DATA, self.data, strict=True))}


@dataclass(slots=True)
class Chain:
    """The end of an institution's chain of records."""

    number: int = 0
    digest: str | None = None

    def link(self, record: dict[str, Any]) -> dict[str, Any]:
        """Append a record; return the columns that tie it to the one before."""
        previous = self.digest
        self.number, self.digest = self.number + 1, digest_of(record, previous)
        return {
            "record": record,
            "digest": self.digest,
            "previous_digest": previous,
            "chain_number": self.number,
        }


@dataclass(slots=True)
class Place:
    """An approved institution with its people, and how far its records have come."""

    id: int
    name: str
    level: str
    profile: int
    eras: list[Era]
    inspectors: list[Member] = field(default_factory=list)
    scorers: list[Member] = field(default_factory=list)
    persons: list[Bearer] = field(default_factory=list)
    inspections: Chain = field(default_factory=Chain)
    demerits: Chain = field(default_factory=Chain)

    def era_on(self, day: date) -> Era:
        """Return how its data stood on a day."""
        return next((era for era in reversed(self.eras) if era.since <= day), self.eras[0])
