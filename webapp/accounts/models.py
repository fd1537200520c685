"""Users and what they may do."""

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any, ClassVar, Self

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError
from flask import current_app
from flask_login import UserMixin
from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, Select, String, event, inspect, select, text
from sqlalchemy.orm import InstanceState, Mapped, mapped_column, relationship, validates

from webapp.catalog import catalog
from webapp.crypto import BlindIndex, EncryptedText, blind_index
from webapp.database import Base, PublicId, UtcDateTime, now

if TYPE_CHECKING:
    from webapp.institutions.departments import Department
    from webapp.institutions.models import Institution

MOBILE = "users.mobile"
ID_NUMBER = "users.id_number"
WHERE_OFFICIAL: dict[str, Any] = dict.fromkeys(("sqlite_where", "postgresql_where"), text("kind <> 'member'"))


class Kind(StrEnum):
    """What somebody is to the system; only members of an institution have further roles."""

    MEMBER = "member"
    REVIEWER = "reviewer"
    SYSTEM = "system"
    AUDITOR = "auditor"


class User(UserMixin, PublicId, Base):
    """A person who signs in with mobile number and password."""

    __tablename__ = "users"
    __table_args__ = (
        CheckConstraint("(kind = 'member') = (institution_id IS NOT NULL)", name="member_of_institution"),
        CheckConstraint("kind = 'reviewer' OR district IS NULL", name="district_of_reviewer"),
        Index("ix_users_institution_id_id", "institution_id", "id"),
        Index("ix_users_institution_id_department_id_id", "institution_id", "department_id", "id"),
        # One person has one account among the officials: nobody audits what they administer.
        Index("uq_users_official_id_number_index", "id_number_index", unique=True, **WHERE_OFFICIAL),
        Index("uq_users_institution_id_id_number_index", "institution_id", "id_number_index", unique=True),
    )
    # What forms show and change: a change of any of these outdates the forms that are open.
    EDITED: ClassVar[tuple[str, ...]] = (
        *("name", "department_id", "id_number", "mobile"),
        *("is_inspector", "is_scorer", "inspection_scope", "district"),
    )

    institution_id: Mapped[int | None] = mapped_column(ForeignKey("institutions.id"))
    kind: Mapped[Kind] = mapped_column()
    is_administrator: Mapped[bool] = mapped_column(default=False)
    is_inspector: Mapped[bool] = mapped_column(default=False)
    is_scorer: Mapped[bool] = mapped_column(default=False)
    is_active: Mapped[bool] = mapped_column(default=True)
    name: Mapped[str] = mapped_column(String(50))
    mobile: Mapped[str] = mapped_column(EncryptedText(MOBILE))
    mobile_index: Mapped[str] = mapped_column(BlindIndex, unique=True)
    id_number: Mapped[str] = mapped_column(EncryptedText(ID_NUMBER))
    id_number_index: Mapped[str] = mapped_column(BlindIndex, index=True)
    # Empty until the first sign-in, when the person sets the password.
    password_hash: Mapped[str] = mapped_column(String(200), default="")
    department_id: Mapped[int | None] = mapped_column(ForeignKey("departments.id"))
    # 小类 codes that an inspector answers for; part of the institution's scope.
    inspection_scope: Mapped[list[str]] = mapped_column(JSON, default=list)
    # A reviewer's district; none for the city, who sees all.
    district: Mapped[str | None] = mapped_column(String(6))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    version: Mapped[int] = mapped_column(default=1, server_default="1")

    institution: Mapped["Institution | None"] = relationship(lazy="joined", innerjoin=False)
    department: Mapped["Department | None"] = relationship(viewonly=True)
    # Set while signing in and by the session's loader; see accounts.sessions.
    sign_in_token: ClassVar[str] = ""

    @validates("mobile", "id_number")
    def _keep_index(self, key: str, value: str) -> str:
        setattr(self, f"{key}_index", blind_index(value, f"users.{key}"))
        return value

    @classmethod
    def with_mobile(cls, mobile: str) -> Select[Self]:
        """Select the user of a mobile number."""
        return select(cls).where(cls.mobile_index == blind_index(mobile, MOBILE))

    @classmethod
    def visible_to(cls, user: "User") -> Select[Self]:
        """Select the users that one user may see.

        An administrator those of the own institution, a system administrator the officials.
        """
        if user.kind == Kind.SYSTEM:
            return select(cls).where(cls.kind != Kind.MEMBER)
        if user.is_administrator:
            return select(cls).where(cls.institution_id == user.institution_id)
        return select(cls).where(cls.id == user.id)

    @classmethod
    def reviewers_of(cls, district: str) -> Select[Self]:
        """Select who reviews a district: its own reviewers and the city's."""
        responsible = {district, catalog().reference.region(district).successor}
        mine = cls.district.is_(None) | cls.district.in_(responsible - {None})
        return select(cls).where(cls.kind == Kind.REVIEWER, cls.is_active, mine)

    @classmethod
    def administrators_of(cls, institution_id: int) -> Select[Self]:
        """Select the active administrators of an institution."""
        return select(cls).where(cls.institution_id == institution_id, cls.is_administrator, cls.is_active)

    @classmethod
    def administrators_over(cls, user: "User") -> Select[Self]:
        """Select the active users who administer somebody's account."""
        if user.institution_id is not None:
            return cls.administrators_of(user.institution_id)
        return select(cls).where(cls.kind == Kind.SYSTEM, cls.is_active)

    @property
    def has_signed_in(self) -> bool:
        """Whether the first sign-in is done, and with it the password set."""
        return bool(self.password_hash)

    @property
    def role_titles(self) -> list[str]:
        """The names of this user's roles as shown on screen."""
        titles = {
            "机构管理员": self.is_administrator,
            "自查用户": self.is_inspector,
            "记分用户": self.is_scorer,
            "监督员": self.kind == Kind.REVIEWER,
            "系统管理员": self.kind == Kind.SYSTEM,
            "审计员": self.kind == Kind.AUDITOR,
        }
        return [title for title, holds in titles.items() if holds]

    @property
    def districts(self) -> frozenset[str] | None:
        """Codes of the districts a reviewer answers for, merged predecessors too; None for the city."""
        if self.district is None:
            return None
        merged = {region.code for region in catalog().reference.regions if region.successor == self.district}
        return frozenset(merged | {self.district})

    @property
    def allowed_scope(self) -> list[str]:
        """小类 codes that this inspector may answer: their own, as far as the institution still has them."""
        granted = set(self.institution.scope) if self.institution else set()
        return [code for code in self.inspection_scope if code in granted]

    @property
    def scope_titles(self) -> tuple[str, ...]:
        """执业项目: the 大类 that this inspector's scope touches, in words."""
        return catalog().current_checklist().category_titles(self.allowed_scope)

    def set_password(self, password: str) -> None:
        """Keep the argon2id hash (RFC 9106) of a password."""
        self.password_hash = hash_password(password)

    def has_password(self, password: str) -> bool:
        """Tell whether this is the user's password."""
        return verify_password(self.password_hash, password)

    def grant(self, *, inspects: Iterable[str] = (), scores: bool = False) -> None:
        """Let a member inspect the given 小类 codes, record demerits, or both."""
        self.inspection_scope = list(inspects)
        self.is_inspector = bool(self.inspection_scope)
        self.is_scorer = scores

    def get_id(self) -> str:
        """Flask-Login's hook: a browser holds the token of one sign-in, never the id of a user."""
        return self.sign_in_token


@event.listens_for(User, "before_update")
def _count_version(_mapper: Any, _connection: Any, user: User) -> None:
    """Count here, so that no verb that changes an account can forget it."""
    state: InstanceState[User] = inspect(user)
    if any(state.attrs[name].history.has_changes() for name in User.EDITED):
        user.version += 1


def hash_password(password: str) -> str:
    """Return the argon2id hash with the app's costs."""
    return _hasher().hash(password)


def verify_password(password_hash: str, password: str) -> bool:
    """Tell whether a password belongs to a hash; an unusable hash belongs to none."""
    try:
        return _hasher().verify(password_hash, password)
    except (VerifyMismatchError, InvalidHashError):
        return False


def _hasher() -> PasswordHasher:
    costs: dict[str, Any] = current_app.config["ARGON2"]
    return PasswordHasher(**costs)
