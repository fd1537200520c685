"""Words people type: names of people, names and addresses of institutions.

Like those of ``webapp.numbers``, a ``…_problem`` returns None when the text is right, else one Chinese
sentence that says what is wrong and what would be right.
"""

import unicodedata

from wtforms import Field, ValidationError
from wtforms.form import BaseForm

# Letters of every script, digits and marks are always allowed; of punctuation only what names are made of.
IN_WORDS = frozenset(" ()（）[]【】《》〈〉“”‘’\"'·•・.．。,，、:：-—–－_/／&＆#＃+＋№")
IN_NAMES = frozenset("〇 ·•・‧.．-'’")


def words_problem(text: str) -> str | None:
    """Say which character does not belong into a name or an address, or None."""
    wrong = _first_outside(text, "LMN", IN_WORDS)
    return f"不能含有“{wrong}”，请只用汉字、字母、数字和常用标点" if wrong else None


def person_name_problem(text: str) -> str | None:
    """Say which character does not belong into a person's name, or None."""
    wrong = _first_outside(text, "LM", IN_NAMES)
    return f"姓名不能含有“{wrong}”，请只用汉字、字母和间隔号“·”" if wrong else None


def _first_outside(text: str, classes: str, marks: frozenset[str]) -> str | None:
    outside = (char for char in text if unicodedata.category(char)[0] not in classes and char not in marks)
    return next(outside, None)


class Words:
    """Refuses what no name or address contains: angle brackets, semicolons, pictures."""

    def __call__(self, form: BaseForm, field: Field) -> None:
        problem = words_problem(field.data or "")
        if problem:
            raise ValidationError(problem)


class PersonName:
    """Refuses what no person's name contains: digits, brackets, pictures."""

    def __call__(self, form: BaseForm, field: Field) -> None:
        problem = person_name_problem(field.data or "")
        if problem:
            raise ValidationError(problem)
