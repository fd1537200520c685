"""The form of 单位信息基本维护 (manual 1.2.2)."""

from typing import Any, NamedTuple

from wtforms import HiddenField

from webapp.institutions.changes import narrowed_by, photos_named
from webapp.institutions.data import FIELDS, SETS, Standing, fingerprint
from webapp.institutions.forms import InstitutionForm
from webapp.institutions.models import DocumentKind, Institution
from webapp.institutions.wording import LABELS, in_words, some_names

OUTDATED = (
    "您打开这一页以后，有人保存了修改，或监督员作出了审核。您的修改还没有保存，请核对下面的内容后再点保存。"
)


class Rival(NamedTuple):
    """A field that somebody else changed meanwhile; ``mine`` is empty where this form left it alone."""

    label: str
    mine: str
    theirs: str


class DataForm(InstitutionForm):
    """Everything of the registration but the account, as it is to be."""

    # What the form was opened with, see Standing.seen.
    seen = HiddenField()
    # The 小类 whose loss for the staff is agreed to; asked for only where there is one.
    agreed = HiddenField("执业自查范围缩小")

    def __init__(self, own: Institution, standing: Standing) -> None:
        """:param standing: what the form begins with"""
        self.standing = standing
        self.rivals: list[Rival] = []
        self.losing: list[str] = []
        super().__init__(data=self._with_photos(standing.shown) | {"seen": standing.seen}, own=own)

    def validate(self, extra_validators: Any = None) -> bool:
        """Check every field; a scope that takes something from the staff has to be agreed to."""
        super().validate(extra_validators)
        if not self.scope.errors and self.scope.data != self.standing.shown["scope"]:
            self._ask_about_staff()
        return not self.errors

    def wanted(self) -> dict[str, Any]:
        """A value for each of :data:`FIELDS`, photos by their UUIDs."""
        values = self.institution_data()
        for name in SETS:
            values[name] = sorted(values[name])
        return values | {
            kind.value: [str(photo.uuid) for photo in photos] for kind, photos in self.photos().items()
        }

    def meet(self, standing: Standing) -> None:
        """Take over what somebody else saved meanwhile, except where this form says otherwise.

        Each such field is told with both values; saving again is then a choice made knowingly.
        """
        opened = dict(zip(FIELDS, str(self.seen.data).split("."), strict=False))
        mine, theirs, taken = self.wanted(), standing.shown, {}
        for name in FIELDS:
            if fingerprint(theirs[name]) == opened.get(name) or theirs[name] == mine[name]:
                continue
            touched = fingerprint(mine[name]) != opened.get(name)
            if not touched:
                taken[name] = theirs[name]
            said = in_words(name, mine[name]) if touched else ""
            self.rivals.append(Rival(LABELS[name], said, in_words(name, theirs[name])))
        for name, value in self._with_photos(taken).items():
            self[name].data = value
        self.standing, self.seen.data = standing, standing.seen
        self.form_errors.append(OUTDATED)

    @property
    def losing_names(self) -> str:
        """Whose scope shrinks, in words."""
        return some_names(self.losing)

    @property
    def losing_token(self) -> str:
        """What the tick of agreement stands for: just this loss, no other."""
        assert self.own is not None
        return " ".join(sorted(set(self.own.scope) - set(self.scope.data)))

    def _ask_about_staff(self) -> None:
        assert self.own is not None
        self.losing = [user.name for user in narrowed_by(self.own, self.scope.data) if user.is_active]
        if self.losing and self.agreed.data != self.losing_token:
            self.agreed.errors = [
                f"缩小范围会影响 {self.losing_names}，请确认后勾选“我已了解”，或恢复原来的范围"
            ]

    @staticmethod
    def _with_photos(values: dict[str, Any]) -> dict[str, Any]:
        kinds = [kind.value for kind in DocumentKind if kind.value in values]
        photos = photos_named(uuid for kind in kinds for uuid in values[kind])
        return values | {kind: [photos[uuid] for uuid in values[kind] if uuid in photos] for kind in kinds}
