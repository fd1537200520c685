"""Audit entries: each is kept or lost together with what it records, and chained to the one before.

Number and digest depend on the entry before, so those who add to a chain have to go one after the other. They
do so as late and as briefly as possible: a transaction that is about to commit, and has written everything
else, locks the end of a chain, adds its entries and commits; until then it has kept nobody waiting. And there
are several chains: the acts of one account are in one, so that accounts seldom wait for each other.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, ClassVar, Protocol, Self
from uuid import UUID
from zlib import crc32

import msgspec
from flask import has_request_context, request
from sqlalchemy import (
    JSON,
    Connection,
    ForeignKey,
    Index,
    Select,
    String,
    UniqueConstraint,
    event,
    false,
    select,
    update,
)
from sqlalchemy.orm import Mapped, Session, SessionTransaction, mapped_column

from webapp.chain import digest_of
from webapp.crypto import blind_index
from webapp.database import Base, BigKey, PublicId, RowId, UtcDateTime, db, now, uuid7

if TYPE_CHECKING:
    from webapp.accounts.models import User

# Where a session keeps entries until its transaction ends, each with the savepoint that it depends on.
WAITING = "audit entries"
CHAINS = 16
TITLE_LENGTH = 200


class Subject(Protocol):
    """Anything that an entry can be about: a row with a public identifier.

    The entry calls it by its ``audit_title``, or else by its ``name`` or ``title``, where it has one.
    """

    __tablename__: Any

    @property
    def uuid(self) -> UUID: ...


class AuditEntry(PublicId, Base):
    """One recorded act; triggers of the migration refuse to change or delete it.

    People and things stand in it by the names that they had then.
    """

    __tablename__ = "audit_entries"
    __table_args__ = (
        UniqueConstraint("chain", "number"),
        Index("ix_audit_entries_at_id", "at", "id"),
        Index("ix_audit_entries_action_at_id", "action", "at", "id"),
        Index("ix_audit_entries_name_at_id", "name", "at", "id"),
        Index("ix_audit_entries_subject_at_id", "subject", "at", "id"),
        Index("ix_audit_entries_subject_kind_at_id", "subject_kind", "at", "id"),
        Index("ix_audit_entries_subject_title_at_id", "subject_title", "at", "id"),
    )

    at: Mapped[datetime] = mapped_column(UtcDateTime)
    action: Mapped[str] = mapped_column(String(40))
    # Who: the account, nobody for what happens without one; the name; institution and roles in words.
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"), index=True)
    name: Mapped[str] = mapped_column(String(50))
    office: Mapped[str] = mapped_column(String(200))
    institution_id: Mapped[int | None] = mapped_column()
    # About what: the row's identifier, its table and what people call it.
    subject: Mapped[UUID | None] = mapped_column()
    subject_kind: Mapped[str] = mapped_column(String(40))
    subject_title: Mapped[str] = mapped_column(String(TITLE_LENGTH))
    address: Mapped[str] = mapped_column(String(45))
    detail: Mapped[dict[str, Any]] = mapped_column(JSON)
    # Its place: 1, 2, 3 … without gaps within its chain, in the order of the commits.
    chain: Mapped[int] = mapped_column()
    number: Mapped[int] = mapped_column(BigKey)
    previous_digest: Mapped[str | None] = mapped_column(String(64))
    digest: Mapped[str] = mapped_column(String(64))

    @classmethod
    def of(cls, action: str, by: "User | None", about: Subject | None, detail: dict[str, Any]) -> Self:
        """Return an entry that is not yet in the chain."""
        return cls(
            uuid=uuid7(),
            at=now(),
            action=action,
            user_id=by.id if by else None,
            name=by.name if by else "",
            office=_office(by) if by else "",
            institution_id=by.institution_id if by else None,
            subject=about.uuid if about is not None else None,
            subject_kind=about.__tablename__ if about is not None else "",
            subject_title=_title(about)[:TITLE_LENGTH],
            address=(request.remote_addr or "") if has_request_context() else "",
            # As it will be read again: what JSON can't say, such as a tuple, would break the digest.
            detail=msgspec.json.decode(msgspec.json.encode(detail)),
        )

    @classmethod
    def visible_to(cls, user: "User") -> Select[Self]:
        """Select what a user may read: an auditor everything, others nothing."""
        return select(cls) if user.kind == "auditor" else select(cls).where(false())

    @property
    def place(self) -> str:
        """Chain and number as people write them: 3-120."""
        return f"{self.chain}-{self.number}"

    def facts(self) -> dict[str, Any]:
        """What the digest covers."""
        return {
            "chain": self.chain,
            "number": self.number,
            "uuid": str(self.uuid),
            "at": self.at.astimezone(UTC).isoformat(),
            "action": self.action,
            "by": [self.user_id, self.name, self.office, self.institution_id],
            "about": [str(self.subject) if self.subject else None, self.subject_kind, self.subject_title],
            "address": self.address,
            "detail": self.detail,
        }


def _office(user: "User") -> str:
    institution = user.institution.name if user.institution else ""
    return f"{institution} {'、'.join(user.role_titles)}".strip()


def _title(about: Subject | None) -> str:
    given = (getattr(about, attribute, None) for attribute in ("audit_title", "name", "title"))
    return next((title for title in given if title), "")


class AuditChain(RowId, Base):
    """The end of a chain: where its next entry goes, and proof that none is gone from there.

    The seal is keyed: who has the database alone can't make one for a shorter chain.
    """

    __tablename__ = "audit_chains"
    PURPOSE: ClassVar[str] = "audit_chains.seal"

    number: Mapped[int] = mapped_column(BigKey)
    digest: Mapped[str | None] = mapped_column(String(64))
    seal: Mapped[str] = mapped_column(String(64))

    @classmethod
    def seal_of(cls, chain: int, number: int, digest: str | None) -> str:
        """Return the seal of a chain that ends with an entry, in the current app."""
        return blind_index(f"{chain} {number} {digest or ''}", cls.PURPOSE)

    @classmethod
    def link(cls, transaction: Session | Connection, entries: Sequence[AuditEntry]) -> None:
        """Give entries their places in one chain, whose end stays locked until the transaction ends.

        All in one, the first one's: of two transactions with several, each could wait for the other.
        """
        chain = (entries[0].user_id or crc32(entries[0].address.encode())) % CHAINS
        this = cls.id == chain
        number, digest = transaction.execute(
            select(cls.number, cls.digest).where(this).with_for_update()
        ).one()
        for entry in entries:
            number += 1
            entry.chain, entry.number, entry.previous_digest = chain, number, digest
            entry.digest = digest = digest_of(entry.facts(), digest)
        seal = cls.seal_of(chain, number, digest)
        transaction.execute(update(cls).where(this).values(number=number, digest=digest, seal=seal))


def record(action: str, *, by: "User | None", about: Subject | None = None, **detail: Any) -> None:
    """Record an act in the running transaction; the entry is kept or lost together with it.

    :param action: a name from :data:`webapp.audit.wording.ACTIONS`
    :param detail: what else matters; never an ID number, a telephone number or a password
    """
    session = db.session()
    if not session.in_transaction():
        session.begin()  # so that there is something to roll back
    entry = AuditEntry.of(action, by, about, detail)
    session.info.setdefault(WAITING, []).append((entry, session.get_nested_transaction()))


@event.listens_for(Session, "before_commit")
def _add_waiting(session: Session) -> None:
    # What is recorded inside a savepoint waits for the end of the whole transaction, too.
    if session.in_nested_transaction() or not session.info.get(WAITING):
        return
    session.flush()
    entries = [entry for entry, _ in session.info.pop(WAITING)]
    _hold_users(session, entries)
    AuditChain.link(session, entries)
    session.add_all(entries)


def _hold_users(session: Session, entries: list[AuditEntry]) -> None:
    """Take the foreign key's locks before that of the chain's end: in one order, nobody waits in a circle."""
    if session.get_bind().dialect.name != "postgresql":
        return
    (key,) = (foreign.column for foreign in AuditEntry.__table__.c.user_id.foreign_keys)
    users = {entry.user_id for entry in entries} - {None}
    held = select(key).where(key.in_(users)).order_by(key).with_for_update(read=True, key_share=True)
    session.execute(held)


@event.listens_for(Session, "after_soft_rollback")
def _forget_savepoint(session: Session, ended: SessionTransaction) -> None:
    waiting = session.info.get(WAITING, [])
    session.info[WAITING] = [(entry, where) for entry, where in waiting if not _is_within(where, ended)]


def _is_within(transaction: SessionTransaction | None, outer: SessionTransaction) -> bool:
    while transaction is not None and transaction is not outer:
        transaction = transaction.parent
    return transaction is outer


@event.listens_for(Session, "after_transaction_end")
def _forget_all(session: Session, ended: SessionTransaction) -> None:
    if ended.parent is None:
        session.info.pop(WAITING, None)
