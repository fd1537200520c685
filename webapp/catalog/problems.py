"""What is wrong with the files under checklists/, all of it at once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import click


class Problem(NamedTuple):
    """One mistake: the file (relative to checklists/), the line and path inside it, and the reason."""

    file: str
    where: str
    reason: str

    def __str__(self) -> str:
        return ": ".join(part for part in self if part)


class CatalogError(click.ClickException):
    """The checklists hold mistakes; `.problems` lists them all.

    It is a click exception so that every `flask` command names the mistakes and exits with 1,
    where the app cannot be made because of them, instead of showing a traceback.
    """

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = list(problems)
        noun = "problem" if len(self.problems) == 1 else "problems"
        heading = f"{len(self.problems)} {noun} in the checklists"
        super().__init__("\n".join([heading, *map(str, self.problems)]))
