"""What `create` and `submit` carry as their value, in JSON."""

from collections.abc import Collection
from typing import TYPE_CHECKING, Self, TypeVar
from uuid import UUID

import msgspec
from sqlalchemy import select

from webapp.catalog import Checklist, catalog
from webapp.database import db
from webapp.inspections.models import Inspection, InspectionKind
from webapp.inspections.operations import (
    UNREADABLE,
    Operation,
    OperationKind,
    OperationRefused,
    Outcome,
)

if TYPE_CHECKING:
    from webapp.accounts.models import User

P = TypeVar("P", bound="Payload")


class Payload(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """The value of an operation on the inspection itself."""

    @classmethod
    def read(cls, value: str) -> Self:
        """Decode an operation's value.

        :raises OperationRefused: it does not fit
        """
        try:
            return msgspec.json.decode(value, type=cls)
        except msgspec.MsgspecError as error:
            raise OperationRefused(422, UNREADABLE) from error


class Beginning(Payload):
    """What a phone began an inspection with, maybe days ago and without signal."""

    kind: InspectionKind
    slug: str
    version: str
    scope: list[str]

    def begin(self, uuid: UUID, *, by: "User") -> Inspection:
        """Add the inspection, on the version of the checklist that the phone had, to the running transaction.

        :raises OperationRefused: the version is none, or the inspector's scope has been narrowed since
        """
        checklist = self._checklist()
        narrowed = [code for code in self.scope if code not in set(by.allowed_scope)]
        if narrowed:
            raise OperationRefused(
                422, f"您的自查范围已调整，不再包括{_titles(checklist, narrowed)}。{WHAT_NOW}"
            )
        if not checklist.items_in(self.scope):
            raise OperationRefused(422, "请至少选择一项自查范围，重新开始自查。")
        return Inspection.begin(by, self.scope, self.kind, uuid=uuid, checklist=checklist)

    def is_that_of(self, inspection: Inspection) -> bool:
        """Tell whether an inspection was begun in just this way."""
        there = (
            inspection.kind,
            inspection.checklist_slug,
            inspection.checklist_version,
            set(inspection.scope),
        )
        return there == (self.kind, self.slug, self.version, set(self.scope))

    def _checklist(self) -> Checklist:
        try:
            return catalog().checklist(self.slug, self.version)
        except KeyError:
            raise OperationRefused(422, "没有这个版本的自查清单，请联网后重新开始自查。") from None


WHAT_NOW = "请联系本机构管理员恢复，或按现在的范围重新开始自查。"


def _titles(checklist: Checklist, codes: Collection[str]) -> str:
    titles = [checklist.subcategories[code].title for code in codes if code in checklist.subcategories]
    return f"“{'、'.join(titles)}”" if titles else "其中的部分内容"


class Manifest(Payload):
    """What a phone believes to have reached the server, so that a submission is of all of it."""

    # By operation, each item's last change, its item.
    ops: dict[UUID, str]
    # By photo, the SHA-256 of what was uploaded.
    photos: dict[UUID, str]

    def missing_operations(self, inspection: Inspection) -> list[str]:
        """Return the operations that have not arrived."""
        arrived = select(Operation.uuid).where(
            Operation.inspection_id == inspection.id, Operation.uuid.in_(self.ops)
        )
        return sorted(map(str, self.ops.keys() - set(db.session.scalars(arrived))))

    def missing_photos(self, inspection: Inspection) -> list[str]:
        """Return the photos that are not there as they were sent, but those that were taken out again."""
        there = {photo.attachment.uuid: photo.attachment for photo in inspection.photos}
        missing = {
            str(uuid)
            for uuid, digest in self.photos.items()
            if uuid not in there or there[uuid].source_sha256 not in (None, digest)
        }
        if not missing:
            return []
        removed = select(Operation.value).where(
            Operation.inspection_id == inspection.id,
            Operation.kind == OperationKind.PHOTO_REMOVE,
            Operation.outcome == Outcome.APPLIED,
        )
        return sorted(missing - set(db.session.scalars(removed)))
