"""Form fields and validators of the domain, with messages that say what would be right.

The validators of numbers leave an empty field to ``Required`` and keep a refused number as it was typed;
an accepted one is replaced by the form in which it is stored.
"""

import unicodedata
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from wtforms import (
    DateField,
    Field,
    SelectField,
    SelectFieldBase,
    SelectMultipleField,
    StringField,
    ValidationError,
)
from wtforms.form import BaseForm
from wtforms.validators import StopValidation
from wtforms.widgets import CheckboxInput, ListWidget

from webapp import numbers
from webapp.catalog import Category, Checklist, Part

Options = Callable[[], Iterable[tuple[str, str]]]
UNKNOWN_CHOICE = "含有不在选项中的内容，请从列出的选项中重新选择"


class Required:
    """Refuses an empty field: 请填写 or, where one chooses, 请选择, and the field's label."""

    field_flags = {"required": True}

    def __call__(self, form: BaseForm, field: Field) -> None:
        if field.data and (not isinstance(field.data, str) or field.data.strip()):
            return
        verb = "请选择" if isinstance(field, SelectFieldBase | ScopeField) else "请填写"
        field.errors = []
        raise StopValidation(f"{verb}{field.label.text}")


class _Number:
    """Checks one kind of number and puts it into the form in which it is stored."""

    def __init__(self, problem: Callable[[str], str | None], normalise: Callable[[str], str]) -> None:
        self.problem = problem
        self.normalise = normalise

    def __call__(self, form: BaseForm, field: Field) -> None:
        if not field.data:
            return
        problem = self.problem(field.data)
        if problem:
            raise ValidationError(problem)
        field.data = self.normalise(field.data)


class IdNumber(_Number):
    """An ID number of 18 characters with a real birth date and the right check character."""

    def __init__(self) -> None:
        super().__init__(numbers.id_number_problem, numbers.normalise_id_number)


class CreditCode(_Number):
    """A unified social credit code with the right check character."""

    def __init__(self) -> None:
        super().__init__(numbers.credit_code_problem, numbers.normalise_credit_code)


class Mobile(_Number):
    """A mainland mobile number."""

    def __init__(self) -> None:
        super().__init__(numbers.mobile_problem, numbers.normalise_phone)


class Phone(_Number):
    """A mobile number or a landline with area code."""

    def __init__(self) -> None:
        super().__init__(numbers.phone_problem, numbers.normalise_phone)


class NoControls:
    """Refuses a password with characters that nobody can see or type again."""

    def __call__(self, form: BaseForm, field: Field) -> None:
        if any(unicodedata.category(char) in {"Cc", "Cs"} for char in field.data or ""):
            raise ValidationError("含有看不见的控制字符，请只用字母、数字和符号")


class NewPassword:
    """A password to be set: long, mixed, uncommon, and without the user's own data."""

    def __init__(self, own: Callable[[Any], Iterable[str | None]] = lambda form: ()) -> None:
        """:param own: takes the form and returns the user's own mobile, ID number, name, …"""
        self.own = own

    def __call__(self, form: BaseForm, field: Field) -> None:
        problem = numbers.password_problem(field.data or "", [value for value in self.own(form) if value])
        if problem:
            raise ValidationError(problem)


class TextLine(StringField):
    """One line of text: outer space goes, inner space becomes one blank, invisible marks go."""

    def __init__(
        self, label: str | None = None, validators: Any = None, *, max_length: int = 100, **kwargs: Any
    ) -> None:
        """:param max_length: in characters"""
        super().__init__(label, validators, **kwargs)
        self.max_length = max_length

    def process_formdata(self, valuelist: list[Any]) -> None:
        if len(set(valuelist)) > 1:
            self.data = valuelist[0]
            raise ValueError("这一项收到了几个不同的内容，请只填写一个")
        if valuelist:
            shown = "".join(char for char in valuelist[0] if unicodedata.category(char) != "Cf")
            self.data = " ".join(shown.split())

    def pre_validate(self, form: BaseForm) -> None:
        text = self.data or ""
        if any(unicodedata.category(char) in {"Cc", "Cs"} for char in text):
            raise StopValidation("含有看不见的控制字符，请删去后重新填写，只用文字、数字和标点")
        if len(text) > self.max_length:
            raise StopValidation(f"最多 {self.max_length} 个字，现在是 {len(text)} 个，请缩短")


class DayField(DateField):
    """A day, with a message in Chinese for what is none."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        try:
            super().process_formdata(valuelist)
        except ValueError as error:
            raise ValueError("日期应为年月日，如 2026-09-27，请重新选择") from error


class ChoiceField(SelectField):
    """A select whose first option is an empty 请选择, with a message in Chinese for a forged value."""

    def __init__(self, label: str, validators: Any = None, *, options: Options, **kwargs: Any) -> None:
        """:param options: returns values and titles; called for each form"""
        super().__init__(label, validators, choices=lambda: [("", "请选择"), *options()], **kwargs)

    def pre_validate(self, form: BaseForm) -> None:
        if self.data and all(self.data != choice[0] for choice in self.iter_choices()):
            raise StopValidation(UNKNOWN_CHOICE)


class CodesField(SelectMultipleField):
    """Checkboxes for several codes; ``data`` holds the chosen ones in the order of the choices, each once.

    Choices are a mapping of code to title, or a callable that returns one.
    """

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()

    def __iter__(self) -> Iterator[Any]:
        for option in super().__iter__():
            # A browser would take "required" on each box to mean that all must be ticked.
            option.flags.required = False
            yield option

    def pre_validate(self, form: BaseForm) -> None:
        offered = [choice[0] for choice in self.iter_choices()]
        chosen = set(self.data or ())
        if not chosen <= set(offered):
            raise StopValidation(UNKNOWN_CHOICE)
        self.data = [code for code in offered if code in chosen]


@dataclass(frozen=True, slots=True)
class ScopeSubcategory:
    """A 小类 in the tree; `id` is its checkbox's."""

    code: str
    title: str
    id: str
    checked: bool


@dataclass(frozen=True, slots=True)
class ScopeCategory:
    """A 大类 in the tree: checked when all of its 小类 are, partial when some are. `part` is 第一部分 …"""

    part: str
    code: str
    title: str
    id: str
    checked: bool
    partial: bool
    subcategories: tuple[ScopeSubcategory, ...]


class ScopeField(Field):
    """The tree of 大类 and 小类; ``data`` is the sorted list of the chosen 小类 codes.

    The code of a 大类 in the form stands for all of its 小类 on offer, so that the tree works without
    scripts. Iterating gives the 大类 on offer. A page should draw the checkbox of a 大类 unticked and leave
    ticking it to the script: else, without one, a 小类 that is unticked comes back with its 大类.
    """

    def __init__(
        self,
        label: str | None = None,
        validators: Any = None,
        *,
        checklist: Callable[[], Checklist],
        **kwargs: Any,
    ) -> None:
        """:param checklist: returns the version that the codes belong to; called for each form"""
        super().__init__(label, validators, **kwargs)
        self.checklist = checklist()
        self.offered = frozenset(self.checklist.subcategories)
        self._sent: list[str] = []

    def offer(self, codes: Collection[str]) -> None:
        """Offer only these 小类, as those of an institution's own scope."""
        self.offered = frozenset(codes) & frozenset(self.checklist.subcategories)
        if self._sent:
            self.process_formdata(self._sent)

    def process_data(self, value: Iterable[str] | None) -> None:
        self.data = sorted(value or ())

    def process_formdata(self, valuelist: list[Any]) -> None:
        self._sent = valuelist
        self.data = sorted({code for sent in valuelist for code in self._meant(sent)})

    def pre_validate(self, form: BaseForm) -> None:
        if not all(self._meant(code) for code in self._sent):
            raise StopValidation(UNKNOWN_CHOICE)

    def _meant(self, code: str) -> frozenset[str]:
        try:
            return self.checklist.expand([code]) & self.offered
        except KeyError:
            return frozenset()

    @property
    def nodes(self) -> list[tuple[str, str, list[tuple[str, str]]]]:
        """The tree on offer as the form's macro draws it: 大类 code, title, and its 小类 likewise."""
        return [(c.code, c.title, [(leaf.code, leaf.title) for leaf in c.subcategories]) for c in self]

    def __iter__(self) -> Iterator[ScopeCategory]:
        for part in self.checklist.parts:
            for category in part.categories:
                if not self.offered.isdisjoint(subcategory.code for subcategory in category.subcategories):
                    yield self._branch(part, category)

    def _branch(self, part: Part, category: Category) -> ScopeCategory:
        leaves = tuple(
            ScopeSubcategory(leaf.code, leaf.title, f"{self.id}-{leaf.code}", leaf.code in self.data)
            for leaf in category.subcategories
            if leaf.code in self.offered
        )
        ticked = sum(leaf.checked for leaf in leaves)
        return ScopeCategory(
            part=part.title,
            code=category.code,
            title=category.title,
            id=f"{self.id}-{category.code}",
            checked=ticked == len(leaves),
            partial=0 < ticked < len(leaves),
            subcategories=leaves,
        )
