"""What a system administrator sets for everybody while the app runs."""

from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256
from typing import NamedTuple

from flask import g
from sqlalchemy import ForeignKey, String, select
from sqlalchemy.orm import Mapped, mapped_column

from webapp.accounts.models import User
from webapp.audit.models import record
from webapp.chain import canonical
from webapp.database import Base, UtcDateTime, db, now

VALUE_LENGTH = 500


class Kind(NamedTuple):
    """A setting: its name on screen, and what it is when nobody has set it."""

    title: str
    default: str


SETTINGS: dict[str, Kind] = {
    "announcement": Kind("登录页公告", ""),
    "support_phone": Kind("技术支持电话", ""),
}


class Setting(Base):
    """One setting that was set."""

    __tablename__ = "settings"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    value: Mapped[str] = mapped_column(String(VALUE_LENGTH))
    set_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    set_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))


def settings() -> dict[str, str]:
    """Return every setting by its name, read once a request."""
    if "settings" not in g:
        found = {row.name: row.value for row in db.session.execute(select(Setting.name, Setting.value))}
        g.settings = {name: found.get(name, kind.default) for name, kind in SETTINGS.items()}
    values: dict[str, str] = g.settings
    return values


def fingerprint(values: Mapping[str, str]) -> str:
    """Return what tells one state of the settings from another."""
    return sha256(canonical(dict(values))).hexdigest()


def change(values: Mapping[str, str], *, by: User) -> list[str]:
    """Set what differs from the present and return the names; the audit log says what was and what is."""
    present = settings()
    changed = {name: value for name, value in values.items() if value != present[name]}
    for name, value in changed.items():
        db.session.merge(Setting(name=name, value=value, set_at=now(), set_by_id=by.id))
    if changed:
        record(
            "settings-changed",
            by=by,
            fields=[*changed],
            before={name: present[name] for name in changed},
            after=changed,
        )
    db.session.commit()
    g.pop("settings")
    return [*changed]
