"""Audit entries, written in the transaction of what they record."""

from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol
from uuid import UUID

from flask import has_request_context, request
from sqlalchemy import JSON, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from webapp.database import Base, PublicId, UtcDateTime, db, now

if TYPE_CHECKING:
    from webapp.accounts.models import User


class Subject(Protocol):
    """Anything that an entry can be about: a row with a public identifier."""

    @property
    def uuid(self) -> UUID: ...


class AuditEntry(PublicId, Base):
    """One recorded act; triggers of the migration refuse to change or delete it."""

    __tablename__ = "audit_entries"

    institution_id: Mapped[int | None] = mapped_column(index=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=now, index=True)
    action: Mapped[str] = mapped_column(String(40))
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"), index=True)
    subject: Mapped[UUID | None] = mapped_column()
    address: Mapped[str] = mapped_column(String(45))
    detail: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)


def record(action: str, *, by: "User | None", about: Subject | None = None, **detail: Any) -> None:
    """Add an entry to the running transaction; it is kept or lost together with the act.

    :param action: a short kebab-case name such as ``registration-approved``
    :param detail: what else matters; never an ID number, a telephone number or a password
    """
    entry = AuditEntry(
        action=action,
        user_id=by.id if by else None,
        institution_id=by.institution_id if by else None,
        subject=about.uuid if about is not None else None,
        address=(request.remote_addr or "") if has_request_context() else "",
        detail=detail,
    )
    db.session.add(entry)
