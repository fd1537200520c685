"""Rows of a workbook: what the cells say, and what is wrong with them."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from webapp.numbers import id_number_problem, normalise_id_number
from webapp.words import person_name_problem

NAME_LENGTH = 50
Facts = TypeVar("Facts")
Line = tuple[int, list[str]]
Judge = Callable[[str], str | None]


@dataclass(frozen=True, slots=True)
class Sheet:
    """What the columns are called and what is right in each, as the template and the report say it.

    In a column of ``numeric`` a number survives that the program stored as one.
    """

    right: Mapping[str, str]
    numeric: Collection[str] = ()

    @property
    def columns(self) -> list[str]:
        """The titles in their order."""
        return list(self.right)


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong; line 0 is the file as a whole."""

    line: int
    column: str
    wrong: str
    right: str


class Row:
    """One row while it is read; ``wrong`` says by column what is the matter, one thing of each."""

    def __init__(self, sheet: Sheet, cells: Sequence[str]) -> None:
        self.cells = dict(zip(sheet.right, cells, strict=True))
        self.wrong: dict[str, str] = {}

    def text(self, column: str, longest: int, problem: Judge) -> str:
        """Return a cell that has to be filled in, with one blank where there were several.

        :param longest: in characters
        """
        text = " ".join(self.cells[column].split())
        if len(text) > longest:
            self.wrong[column] = f"{column}有 {len(text)} 个字，太长"
            return text
        return self._filled(column, text, problem)

    def name(self) -> str:
        """Return 姓名."""
        return self.text("姓名", NAME_LENGTH, person_name_problem)

    def number(self, column: str, problem: Judge, normalise: Callable[[str], str]) -> str:
        """Return a number that has to be filled in, as it is stored."""
        return normalise(self._filled(column, "".join(self.cells[column].split()), problem))

    def id_number(self) -> str:
        """Return 身份证号."""
        return self.number("身份证号", id_number_problem, normalise_id_number)

    def choice(self, column: str, offered: Collection[str]) -> str:
        """Return one of the words on offer."""
        text = self.cells[column]
        return self._filled(column, text, lambda word: None if word in offered else f"没有“{word}”这一项")

    def _filled(self, column: str, text: str, problem: Judge) -> str:
        wrong = problem(text) if text else f"没有填写{column}"
        if wrong:
            self.wrong[column] = wrong
        return text


@dataclass(slots=True)
class Checked(Generic[Facts]):
    """What came out of a dry run; the facts count only where there is no problem at all."""

    sheet: Sheet
    numbers: list[int] = field(default_factory=list)
    facts: list[Facts] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    @classmethod
    def of(cls, lines: Sequence[Line], sheet: Sheet, read: Callable[[Row], Facts]) -> "Checked[Facts]":
        """Read every row by itself."""
        checked = cls(sheet)
        for number, cells in lines:
            row = Row(sheet, cells)
            checked.numbers.append(number)
            checked.facts.append(read(row))
            for column, wrong in row.wrong.items():
                checked.refuse(number, column, wrong)
        return checked

    def refuse(self, line: int, column: str, wrong: str) -> None:
        """Add a problem, with what would be right in that column."""
        self.problems.append(Problem(line, column, wrong, self.sheet.right[column]))

    def refuse_repeated(self, column: str, value: Callable[[Facts], str]) -> None:
        """Refuse what two rows of the file share."""
        first: dict[str, int] = {}
        for line, facts in zip(self.numbers, self.facts, strict=True):
            shared = value(facts)
            if shared and shared in first:
                self.refuse(line, column, f"与第 {first[shared]} 行重复")
            first.setdefault(shared, line)

    def in_order(self) -> "Checked[Facts]":
        """Sort the problems as they stand in the file."""
        columns = self.sheet.columns
        self.problems.sort(key=lambda problem: (problem.line, columns.index(problem.column)))
        return self
