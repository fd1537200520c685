"""Forms that show a person's numbers masked: one that comes back masked is unchanged."""

from collections.abc import Callable
from typing import TYPE_CHECKING, ClassVar, NamedTuple

from wtforms import Field
from wtforms.form import BaseForm
from wtforms.validators import StopValidation

from webapp.accounts.models import User
from webapp.numbers import mask_id_number, mask_phone


class Difference(NamedTuple):
    """A field of which somebody else has saved one value while another was typed here."""

    label: str
    kept: str
    typed: str


class Untouched:
    """Leaves alone a number that came back masked, as the page showed it."""

    def __call__(self, form: BaseForm, field: Field) -> None:
        if isinstance(form, MaskedNumbers) and form.is_untouched(field):
            raise StopValidation


class MaskedNumbers:
    """What forms of an account share that carry ``id_number``, ``mobile`` and the ``version`` they showed."""

    MASKS: ClassVar[dict[str, Callable[[str], str]]] = {"id_number": mask_id_number, "mobile": mask_phone}
    own: User | None

    if TYPE_CHECKING:

        def __getitem__(self, name: str) -> Field: ...

    def is_untouched(self, field: Field) -> bool:
        """Whether a number came back as it was shown; on an older page, whatever is still masked was."""
        if self.own is None:
            return False
        return field.data == self.masked(field.name) or (self.is_stale and "*" in (field.data or ""))

    def masked(self, name: str) -> str:
        """The account's number as pages show it."""
        return self.MASKS[name](getattr(self.own, name))

    def value_of(self, name: str) -> str:
        """The number that is meant: as typed, or the account's own where it was left alone."""
        kept = self.own is not None and self.is_untouched(self[name])
        return str(getattr(self.own, name) if kept else self[name].data)

    @property
    def is_stale(self) -> bool:
        """Whether the account has changed since the page was made."""
        return self.own is not None and self["version"].data != str(self.own.version)

    def changed_numbers(self) -> list[Difference]:
        """The numbers of which another one was typed than the account has."""
        return [
            Difference(self[name].label.text, self.masked(name), str(self[name].data))
            for name in self.MASKS
            if self.value_of(name) != getattr(self.own, name)
        ]
