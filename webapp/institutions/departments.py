"""Departments of an institution (manual 1.2.3)."""

from typing import Any, Self

from sqlalchemy import ForeignKey, Select, String, UniqueConstraint, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, mapped_column

from webapp.accounts.models import User
from webapp.audit.models import record
from webapp.database import Base, PublicId, db

NAMED = 3


class InUse(Exception):
    """The department cannot go; the message says by whom it is used."""


class Department(PublicId, Base):
    """A department; staff belong to one, so it can only be disabled while it is used."""

    __tablename__ = "departments"
    __table_args__ = (UniqueConstraint("institution_id", "code"),)

    institution_id: Mapped[int] = mapped_column(ForeignKey("institutions.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(String(50))
    code: Mapped[str] = mapped_column(String(20))
    is_enabled: Mapped[bool] = mapped_column(default=True)

    @classmethod
    def visible_to(cls, user: User) -> Select[Self]:
        """Select the departments of a user's institution."""
        return select(cls).where(cls.institution_id == user.institution_id)

    @property
    def status(self) -> str:
        """状态 on screen."""
        return "启用" if self.is_enabled else "停用"

    @classmethod
    def add(cls, data: dict[str, Any], *, by: User) -> Self:
        """Add a department to the administrator's institution and return it.

        :param data: ``name``, ``code``, ``is_enabled``
        :raises sqlalchemy.exc.IntegrityError: the code is taken
        """
        department = cls(institution_id=by.institution_id, **data)
        db.session.add(department)
        db.session.flush()
        record("department-added", by=by, about=department, **data)
        db.session.commit()
        return department

    def change(self, data: dict[str, Any], *, by: User) -> None:
        """Take over what an administrator has changed.

        :param data: as for :meth:`add`
        :raises sqlalchemy.exc.IntegrityError: the code is taken
        """
        for name, value in data.items():
            setattr(self, name, value)
        db.session.flush()
        record("department-changed", by=by, about=self, **data)
        db.session.commit()

    def remove(self, *, by: User) -> None:
        """Delete the department.

        :raises InUse: somebody belongs to it; nothing is changed
        """
        if self.is_used:
            raise InUse(self.usage)
        record("department-deleted", by=by, about=self, name=self.name, code=self.code)
        try:
            db.session.delete(self)
            db.session.commit()
        except IntegrityError:
            db.session.rollback()  # somebody was put into it at this moment
            raise InUse(self.usage) from None

    @property
    def is_used(self) -> bool:
        """Whether anybody belongs to it, disabled accounts included."""
        return db.session.scalar(self._staff(User.id).limit(1)) is not None

    @property
    def usage(self) -> str:
        """Who uses it, in words: the first few by name, the rest as a number."""
        names = db.session.scalars(self._staff(User.name).order_by(User.id).limit(NAMED)).all()
        number = db.session.scalar(self._staff(func.count())) or 0
        rest = f"等 {number} 人" if number > len(names) else ""
        return f"科室“{self.name}”正由{'、'.join(names)}{rest}使用，不能删除，只能停用。"

    def _staff(self, *columns: Any) -> Select[Any]:
        return select(*columns).where(
            User.institution_id == self.institution_id, User.department_id == self.id
        )
