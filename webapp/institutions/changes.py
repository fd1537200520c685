"""Changes that wait for a reviewer: proposed, taken back, approved, returned (manual 1.2.2 and 2.1).

A change holds the present and the proposed value of each field it touches; photos by their UUIDs. Until it
is approved the institution works on with what it has, and the photos proposed are not among its 证明材料.
"""

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple, Self
from uuid import UUID

from sqlalchemy import Select, insert, select, update
from sqlalchemy.orm import lazyload, load_only

from webapp.accounts.models import User
from webapp.attachments.links import PhotoLink, photo_links
from webapp.attachments.models import Attachment
from webapp.audit.models import record
from webapp.database import db, now
from webapp.institutions.models import DocumentKind, Institution, InstitutionRevision, Status
from webapp.institutions.registrations import (
    AlreadyDecided,
    Registration,
    RegistrationKind,
    attach,
    claim,
)
from webapp.institutions.wording import LABELS, in_words, scope_difference
from webapp.messages.models import Message

# What only a reviewer lets change, in the order of the manual's form.
REVIEWED = ("name", "credit_code", *(kind.value for kind in DocumentKind), "scope")

NARROWED = "本单位的执业自查范围已变更，您的自查范围随之缩小。已经开始的自查不受影响。"


class Line(NamedTuple):
    """One field of a change in words; ``photos`` are those of before and after, for 证明材料 alone."""

    label: str
    before: str
    after: str
    note: str
    photos: tuple[list[PhotoLink], list[PhotoLink]] | None


class Change(Registration):
    """A change of what a reviewer has approved; ``changes`` is {field: [present, proposed]}."""

    __mapper_args__ = {"polymorphic_identity": RegistrationKind.CHANGE}

    @classmethod
    def latest_of(cls, institution_id: int) -> Select[Self]:
        """Select an institution's last change, whatever became of it."""
        return select(cls).where(cls.institution_id == institution_id).order_by(cls.id.desc()).limit(1)

    @property
    def is_waiting(self) -> bool:
        """Whether a reviewer may still decide."""
        return self.status == Status.PENDING

    @property
    def proposed(self) -> dict[str, Any]:
        """The values that it would put in place."""
        return {name: after for name, (_before, after) in (self.changes or {}).items()}

    @property
    def titles(self) -> str:
        """The fields it touches: 医疗机构名称、执业自查范围."""
        return "、".join(LABELS[name] for name in self.proposed)

    def lines(self) -> list[Line]:
        """Every field with what it was and what it would be, in one statement."""
        photos = photos_named(self._photo_names())
        return [_line(name, before, after, photos) for name, (before, after) in (self.changes or {}).items()]

    def take_back(self, *, by: User) -> None:
        """Let it wait no longer, within the running transaction.

        :raises AlreadyDecided: it does not wait
        """
        self._lock()
        db.session.refresh(self)
        if self.status != Status.PENDING:
            raise AlreadyDecided
        self.status = Status.RETURNED
        self.withdrawn_at = now()
        record("change-withdrawn", by=by, about=self)
        db.session.flush()

    def withdraw(self, *, by: User) -> None:
        """Take it back on the administrator's word.

        :raises AlreadyDecided: it does not wait
        """
        self.take_back(by=by)
        db.session.commit()

    def approve(self, *, by: User) -> None:
        """Put the proposed values in place, with a new revision and the staff's scopes narrowed.

        :raises AlreadyDecided: it does not wait
        :raises CodeTaken: another institution has the credit code by now
        """
        self._decide(Status.APPROVED, by=by)
        institution, proposed = self.institution, self.proposed
        if "credit_code" in proposed:
            claim(proposed["credit_code"], besides=institution)
        if "scope" in proposed:
            _narrow(institution, proposed["scope"])
        for name in set(proposed) & set(Institution.DATA):
            setattr(institution, name, proposed[name])
        self._move_photos()
        InstitutionRevision.keep(institution)
        self._tell("变更审核通过", f"{self.titles}的变更已通过审核，现已生效。")
        db.session.commit()

    def return_(self, reason: str, *, by: User) -> None:
        """Leave everything as it is and say why.

        :raises AlreadyDecided: it does not wait
        """
        self._decide(Status.RETURNED, by=by, reason=reason)
        self._tell("变更被退回", f"{self.titles}的变更没有通过，原来的信息继续有效。退回原因：{reason}")
        db.session.commit()

    def tell_reviewers(self) -> None:
        """Send the reviewers of the district a message within the running transaction."""
        institution = self.institution
        body = f"{institution.name}（{institution.district_name}）申请变更：{self.titles}。"
        for reviewer in db.session.scalars(User.reviewers_of(self.district)):
            Message.send(reviewer, "新的变更申请", body, f"/supervision/registrations/{self.uuid}")

    def _decide(self, result: Status, *, by: User, reason: str = "") -> None:
        self._lock()
        super()._decide(result, by=by, reason=reason)

    def _lock(self) -> None:
        """Wait for whoever saves or decides; the institution first, as in saving."""
        db.session.refresh(self.institution, with_for_update=True)

    def _photo_names(self) -> list[str]:
        named = [self.changes[kind] for kind in DocumentKind if kind in self.changes] if self.changes else []
        return [uuid for pair in named for uuids in pair for uuid in uuids]

    def _move_photos(self) -> None:
        proposed, institution = self.proposed, self.institution
        if not proposed.keys() & set(DocumentKind):
            return
        photos = photos_named(self._photo_names())
        attach(
            institution,
            {
                kind: [photos[uuid] for uuid in proposed[kind]]
                if kind in proposed
                else institution.documents_of(kind)
                for kind in DocumentKind
            },
            by=self.applicant,
        )

    def _tell(self, title: str, body: str) -> None:
        """Tell who asked, and who administers the institution by now."""
        for user in {self.applicant, *db.session.scalars(User.administrators_of(self.institution_id))}:
            Message.send(user, title, body, "/institution")


def propose(institution: Institution, changes: dict[str, list[Any]], *, by: User) -> Change:
    """Ask the reviewers for a change, within the running transaction.

    :param changes: {field: [present, proposed]} for fields of :data:`REVIEWED`
    :raises CodeTaken: another institution has the proposed credit code or has asked for it
    """
    code = changes["credit_code"][1] if "credit_code" in changes else None
    if code:
        claim(code, besides=institution)
    change = Change(
        institution=institution,
        district=institution.district,
        applicant=by,
        changes=changes,
        credit_code=code,
    )
    db.session.add(change)
    for photo in photos_named(change._photo_names()).values():
        photo.belong_to(institution.id, institution.district)
        photo.hand_over(by)
        photo.release()
    db.session.flush()
    record("change-submitted", by=by, about=change, fields=[*changes])
    change.tell_reviewers()
    return change


def follow(institution: Institution) -> None:
    """Take registrations and their photos along into the institution's present district."""
    mine = db.session.scalars(select(Registration).where(Registration.institution_id == institution.id)).all()
    names = [document.attachment.uuid for document in institution.documents]
    for registration in mine:
        registration.district = institution.district
        if isinstance(registration, Change):
            names += map(UUID, registration._photo_names())
            if registration.is_waiting:
                registration.tell_reviewers()
    moved = update(Attachment).where(Attachment.uuid.in_(names))
    db.session.execute(moved.values(district=institution.district))


def photos_named(names: Iterable[str]) -> dict[str, Attachment]:
    """Return photos by their UUIDs as text."""
    wanted = {UUID(name) for name in names}
    found = db.session.scalars(select(Attachment).where(Attachment.uuid.in_(wanted))) if wanted else ()
    return {str(photo.uuid): photo for photo in found}


def narrowed_by(institution: Institution, scope: Iterable[str]) -> Sequence[User]:
    """Return the inspectors who would lose a part of their scope, of people only what that takes."""
    lost = set(institution.scope) - set(scope)
    if not lost:
        return ()
    inspectors = select(User).where(User.institution_id == institution.id, User.is_inspector)
    needed = load_only(User.name, User.is_active, User.inspection_scope, User.version)
    inspectors = inspectors.options(needed, lazyload(User.institution)).order_by(User.id)
    return [user for user in db.session.scalars(inspectors) if lost & set(user.inspection_scope)]


def _narrow(institution: Institution, scope: Sequence[str]) -> None:
    """Narrow the staff's scopes; drafts already begun keep theirs, and so does the right to finish them."""
    losing = narrowed_by(institution, scope)
    for user in losing:
        user.inspection_scope = [code for code in user.inspection_scope if code in scope]
    if losing:  # there may be thousands: one statement for all of them
        told = {"title": "自查范围已调整", "body": NARROWED}
        db.session.execute(insert(Message), [{"user_id": user.id, **told} for user in losing])


def _line(name: str, before: Any, after: Any, photos: dict[str, Attachment]) -> Line:
    note = scope_difference(before, after) if name == "scope" else ""
    links = None
    if name in set(DocumentKind):
        old, new = ([photos[uuid] for uuid in uuids if uuid in photos] for uuids in (before, after))
        links = photo_links(old, f"原来的{LABELS[name]}"), photo_links(new, f"变更后的{LABELS[name]}")
    return Line(LABELS[name], in_words(name, before), in_words(name, after), note, links)
