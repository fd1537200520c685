"""What stands on the paper of a record: the same for the page to print and for the PDF."""

import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any, NamedTuple, Self
from uuid import UUID

from markupsafe import Markup
from sqlalchemy.orm import joinedload

from webapp.accounts.models import User
from webapp.attachments.links import photo_links
from webapp.attachments.models import Attachment
from webapp.catalog import catalog
from webapp.database import db
from webapp.demerits.models import Demerit
from webapp.demerits.petitions import petitions_against
from webapp.formats import day
from webapp.inspections.content import content_of
from webapp.inspections.models import Inspection

# What no file's name may hold on one system or the other.
UNNAMEABLE = re.compile(r'[\\/:*?"<>|\x00-\x1f]')


class Paper(NamedTuple):
    """A record that was handed in, laid out for paper."""

    record: Inspection | Demerit
    title: str
    template: str
    context: dict[str, Any]
    photos: list[Attachment]

    @classmethod
    def of_inspection(cls, uuid: UUID, user: User) -> Self | None:
        """Return the paper of a submitted inspection that a user may read, or None."""
        mine = Inspection.visible_to(user).where(
            Inspection.uuid == uuid, Inspection.submitted_at.is_not(None)
        )
        found: Inspection | None = db.session.scalar(mine.options(joinedload(Inspection.revision)))
        if found is None:
            return None
        then, reference = found.revision.data, catalog().reference
        content = content_of(found)
        items = [item for chapter in content.chapters for group in chapter.groups for item in group.items]
        context = {
            "inspection": found,
            "then": then,
            "subjects": [reference.treatment_subject(code).name for code in then["treatment_subjects"]],
            "content": content,
            "failed": [item for item in items if item.value == "no"],
        }
        photos = [photo.attachment for photo in found.photos]
        return cls(found, "自查记录", "reports/inspection.html", context, photos)

    @classmethod
    def of_demerit(cls, uuid: UUID, user: User) -> Self | None:
        """Return the paper of a submitted demerit that a user may read, or None."""
        mine = Demerit.visible_to(user).where(Demerit.uuid == uuid, Demerit.submitted_at.is_not(None))
        found: Demerit | None = db.session.scalar(mine.options(joinedload(Demerit.revision)))
        if found is None:
            return None
        petitions = petitions_against(found)
        context = {
            "demerit": found,
            "facts": found.facts,
            "then": found.revision.data,
            "petitions": petitions,
            "taken": sum((petition.points_off for petition in petitions), Decimal(0)),
            "shots": photo_links(found.attachments, "材料信息"),
        }
        photos = [*found.attachments, *(photo for petition in petitions for photo in petition.attachments)]
        return cls(found, "记分记录", "reports/demerit.html", context, photos)

    @property
    def file_name(self) -> str:
        """How the PDF is called: what it is, whose, and of which day."""
        owner: str = self.context["then"]["name"]
        if isinstance(self.record, Demerit):
            owner = self.record.facts["name"]
        on = self.record.recorded_on if isinstance(self.record, Demerit) else self.record.inspected_on
        return f"{self.title}_{UNNAMEABLE.sub('_', owner)[:50]}_{day(on)}.pdf"


PAPERS: dict[str, Callable[[UUID, User], Paper | None]] = {
    "inspections": Paper.of_inspection,
    "demerits": Paper.of_demerit,
}


def qr_code(address: str) -> Markup:
    """Return the QR code of an address as SVG that takes the size of its box (ISO/IEC 18004, level M)."""
    import segno  # takes long to import, and seldom is a code made

    code: str = segno.make(address, error="m").svg_inline(omitsize=True, border=0)
    return Markup(code)  # noqa: S704 - made here, of nothing but squares
