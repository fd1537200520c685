"""The database's epoch: a random identifier by which phones learn that the server may have forgotten things.

It is made with the database and made anew when a backup is restored. A phone that sees another one than
before sends again what it still holds.
"""

from datetime import datetime
from typing import cast
from uuid import UUID, uuid4

from sqlalchemy import Table, select
from sqlalchemy.orm import Mapped, mapped_column

from webapp.database import Base, RowId, UtcDateTime, db, now


class Epoch(RowId, Base):
    """One life of the database; the newest is the present one."""

    __tablename__ = "epochs"

    uuid: Mapped[UUID] = mapped_column(unique=True)
    began_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)

    @classmethod
    def current(cls) -> UUID | None:
        """Return the present epoch; a database that was copied by hand from a backup has none yet."""
        return db.session.scalar(_CURRENT)

    @classmethod
    def begin(cls) -> UUID:
        """Begin a new one in the running transaction and return it."""
        epoch = cls(uuid=uuid4())
        db.session.add(epoch)
        return epoch.uuid


# Made once: every answer on every phone asks it.
_epochs = cast(Table, Epoch.__table__)
_CURRENT = select(_epochs.c.uuid).order_by(_epochs.c.id.desc()).limit(1)
