"""医务人员 of an institution, whose conduct is recorded (manual 1.4.2)."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar, Self
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    ForeignKey,
    Index,
    Select,
    String,
    Text,
    UniqueConstraint,
    and_,
    false,
    or_,
    select,
)
from sqlalchemy.orm import Mapped, mapped_column, validates

from webapp.audit.models import record
from webapp.crypto import BlindIndex, EncryptedText, blind_index
from webapp.database import Base, PublicId, UtcDateTime, db, now, uuid7
from webapp.demerits.pinyin import is_typed_in_letters, readings, typed
from webapp.numbers import ID_NUMBER_LENGTH, mask_id_number

if TYPE_CHECKING:
    from webapp.accounts.models import User

ID_NUMBER = "medical_persons.id_number"
CHUNK = 500
# How many digits of an ID number find a person across institutions, from the front and from the back.
HEAD, TAIL = 6, 4


class MedicalPerson(PublicId, Base):
    """A doctor, nurse, pharmacist, … of one institution."""

    __tablename__ = "medical_persons"
    __table_args__ = (
        UniqueConstraint("institution_id", "id_number_index"),
        Index("ix_medical_persons_institution_id_id", "institution_id", "id"),
        # One person can work in several institutions: the points are counted by ID number.
        Index("ix_medical_persons_id_number_index", "id_number_index"),
        # A reviewer finds a person of any institution by the whole name, or by either end of the number.
        Index("ix_medical_persons_name", "name"),
        Index("ix_medical_persons_id_number_head", "id_number_head"),
        Index("ix_medical_persons_id_number_tail", "id_number_tail"),
    )
    DATA: ClassVar[tuple[str, ...]] = ("name", "gender", "id_number", "title", "practice", "certificate")

    institution_id: Mapped[int] = mapped_column(ForeignKey("institutions.id"))
    name: Mapped[str] = mapped_column(String(50))
    # Pinyin and initials of the name in every reading, for searching.
    readings: Mapped[str] = mapped_column(Text)
    gender: Mapped[str] = mapped_column(String(2))
    id_number: Mapped[str] = mapped_column(EncryptedText(ID_NUMBER))
    id_number_index: Mapped[str] = mapped_column(BlindIndex)
    id_number_head: Mapped[str] = mapped_column(BlindIndex)
    id_number_tail: Mapped[str] = mapped_column(BlindIndex)
    title: Mapped[str] = mapped_column(String(20))
    practice: Mapped[str] = mapped_column(String(200))
    certificate: Mapped[str] = mapped_column(String(50))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)

    @validates("id_number")
    def _keep_index(self, key: str, value: str) -> str:
        self.id_number_index = blind_index(value, ID_NUMBER)
        self.id_number_head = blind_index(value[:HEAD], f"{ID_NUMBER}.head")
        self.id_number_tail = blind_index(value[-TAIL:], f"{ID_NUMBER}.tail")
        return value

    @validates("name")
    def _keep_readings(self, key: str, value: str) -> str:
        self.readings = readings(value)
        return value

    @classmethod
    def visible_to(cls, user: "User") -> Select[Self]:
        """Select the persons of a scorer's or administrator's institution; nobody else has any."""
        if user.is_scorer or user.is_administrator:
            return select(cls).where(cls.institution_id == user.institution_id)
        return select(cls).where(false())

    @classmethod
    def named(cls, query: Select[Any], text: str) -> Select[Any]:
        """Narrow a query to names that contain a text, typed in characters, pinyin or initials."""
        same = cls.name.icontains(text, autoescape=True)
        if is_typed_in_letters(text):
            return query.where(or_(same, cls.readings.contains(typed(text), autoescape=True)))
        return query.where(same)

    @classmethod
    def numbered(cls, query: Select[Any], part: str) -> Iterator[int]:
        """Yield the keys of the persons in a query whose ID number contains some digits, in its order.

        A whole number is found by its index. For a part, the numbers of this one institution are
        decrypted one after the other, and no further than the caller asks.
        """
        if len(part) == ID_NUMBER_LENGTH:
            query = query.where(cls.id_number_index == blind_index(part, ID_NUMBER))
        numbers = query.with_only_columns(cls.id, cls.id_number)
        found = db.session.execute(numbers, execution_options={"yield_per": CHUNK})
        yield from (key for key, number in found if part in number)

    @classmethod
    def numbered_anywhere(cls, number: str) -> ColumnElement[bool]:
        """Return the condition that a person has an ID number, whatever the institution.

        :param number: the whole number, its first six digits, its last four, or both with ``*`` between
        :raises ValueError: it is none of these
        """
        head, star, tail = number.partition("*")
        tail = tail.lstrip("*")
        if not star and len(number) == TAIL:
            head, tail = "", number
        if not star and len(number) == ID_NUMBER_LENGTH:
            return cls.id_number_index == blind_index(number, ID_NUMBER)
        if len(head) not in (0, HEAD) or len(tail) not in (0, TAIL) or not head + tail:
            raise ValueError("neither a whole number nor one of its ends")
        ends = [cls.id_number_head == blind_index(head, f"{ID_NUMBER}.head")] if head else []
        ends += [cls.id_number_tail == blind_index(tail, f"{ID_NUMBER}.tail")] if tail else []
        return and_(*ends)

    @classmethod
    def holder_of(cls, number: str, institution_id: int) -> Select[Self]:
        """Select the person of an institution who has an ID number."""
        same = cls.id_number_index == blind_index(number, ID_NUMBER)
        return select(cls).where(cls.institution_id == institution_id, same)

    @classmethod
    def add(cls, data: dict[str, str], uuid: UUID, *, by: "User") -> Self:
        """Add a person to the scorer's institution and return it.

        :param data: a value for each of :attr:`DATA`
        :param uuid: the identifier that the form gave it; sending the form twice adds one person
        :raises sqlalchemy.exc.IntegrityError: the ID number or the identifier is taken
        """
        person = cls(uuid=uuid, institution_id=by.institution_id, **data)
        db.session.add(person)
        db.session.flush()
        record("person-added", by=by, about=person)
        db.session.commit()
        return person

    @classmethod
    def add_all(cls, rows: Iterable[dict[str, str]], *, by: "User") -> list[Self]:
        """Add persons to the scorer's institution within the running transaction and return them.

        :param rows: for each a value for each of :attr:`DATA`
        :raises sqlalchemy.exc.IntegrityError: an ID number is taken
        """
        persons = [cls(uuid=uuid7(), institution_id=by.institution_id, **data) for data in rows]
        db.session.add_all(persons)
        db.session.flush()
        for person in persons:
            record("person-added", by=by, about=person)
        return persons

    def change(self, data: dict[str, str], *, by: "User") -> None:
        """Take over what a scorer has changed; nothing changed writes nothing.

        :param data: as for :meth:`add`
        :raises sqlalchemy.exc.IntegrityError: the ID number is taken
        """
        changed = {name: value for name, value in data.items() if getattr(self, name) != value}
        if not changed:
            return
        for name, value in changed.items():
            setattr(self, name, value)
        db.session.flush()
        record("person-changed", by=by, about=self, fields=sorted(changed))
        db.session.commit()

    @property
    def masked_id_number(self) -> str:
        """The ID number as lists show it."""
        return mask_id_number(self.id_number)
