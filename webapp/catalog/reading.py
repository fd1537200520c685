"""One YAML file: parsed fast, and every place where it does not fit its shape named with the line."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any, Literal, TypeVar, get_args, get_origin, get_type_hints

import msgspec
import yaml

from .documents import Document
from .problems import Problem

Steps = tuple[str | int, ...]
Finding = tuple[Steps, str]
D = TypeVar("D", bound=Document)


class _Loader(yaml.CSafeLoader):
    """The C loader, which alone would let the second of two equal keys win in silence."""

    def __init__(self, stream: bytes) -> None:
        super().__init__(stream)
        self.doubled: list[tuple[int, str]] = []

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        mapping = super().construct_mapping(node, deep=deep)
        if len(mapping) < len(node.value):
            keys = [key.value for key, _ in node.value]
            self.doubled += [
                (key.start_mark.line + 1, f"doubled field “{key.value}”")
                for position, (key, _) in enumerate(node.value)
                if key.value in keys[:position]
            ]
        return mapping


class Source:
    """A data file with the SHA-256 of its bytes, its plain data and the problems found so far."""

    def __init__(self, root: Path, name: str) -> None:
        self.name = name
        self.problems: list[Problem] = []
        self._content = (root / name).read_bytes()
        self.digest = hashlib.sha256(self._content).hexdigest()
        self.data = self._parse()

    def _parse(self) -> Any:
        try:
            loader = _Loader(self._content)
            data = loader.get_single_data()
        except yaml.MarkedYAMLError as error:
            line = error.problem_mark.line + 1 if error.problem_mark else 1
            self.problems.append(Problem(self.name, f"line {line}", f"not YAML: {error.problem}"))
        except yaml.YAMLError as error:
            self.problems.append(Problem(self.name, "", f"not YAML: {' '.join(str(error).split())}"))
        else:
            self.problems += [Problem(self.name, f"line {line}", reason) for line, reason in loader.doubled]
            return data

    def decode(self, shape: type[D], check: Callable[[D], Iterator[Finding]]) -> D | None:
        """The file as `shape`, or None with what is wrong noted in `.problems`.

        `check` looks for what types cannot say, and runs once the shape fits.
        """
        if self.problems:
            return None
        findings = list(misfits(self.data, shape))
        if not findings:
            document = msgspec.convert(self.data, shape)
            findings = list(check(document))
            if not findings:
                return document
        self.blame(findings)
        return None

    def blame(self, findings: list[Finding]) -> None:
        """Note mistakes by their path inside the file; the lines are only looked up now."""
        tree = yaml.compose(self._content, yaml.CSafeLoader)
        for steps, reason in findings:
            where = ", ".join(filter(None, [f"line {_line(tree, steps)}", _spell(steps)]))
            self.problems.append(Problem(self.name, where, reason))


def misfits(value: Any, shape: Any, steps: Steps = ()) -> Iterator[Finding]:
    """Every place where plain data does not fit a shape; msgspec itself stops at the first."""
    if isinstance(shape, type) and issubclass(shape, Document):
        yield from _misfits_of_mapping(value, shape, steps)
    elif get_origin(shape) is tuple:
        if not isinstance(value, list):
            yield steps, f"must be a list, not {value!r}"
        elif not value:
            yield steps, "is an empty list"
        else:
            for position, member in enumerate(value):
                yield from misfits(member, get_args(shape)[0], (*steps, position))
    elif isinstance(value, str) and not value.strip():
        yield steps, "is empty"
    elif isinstance(value, str) and value != value.strip():
        yield steps, f"has blanks around it: {value!r}"
    else:
        yield from _misfits_of_leaf(value, shape, steps)


def _misfits_of_mapping(value: Any, shape: type[Document], steps: Steps) -> Iterator[Finding]:
    if not isinstance(value, dict):
        yield steps, f"must be a mapping, not {value!r}"
        return
    fields = _fields(shape)
    for name in value:
        if name not in fields:
            yield (*steps, str(name)), f"unknown field “{name}”"
    for name, (inner, required) in fields.items():
        if name in value:
            yield from misfits(value[name], inner, (*steps, name))
        elif required:
            yield steps, f"missing field “{name}”"


@cache
def _fields(shape: type[Document]) -> dict[str, tuple[Any, bool]]:
    """Each field's type and whether it is required. Cached: looking types up took half of the loading."""
    hints = get_type_hints(shape)
    return {field.name: (hints[field.name], field.required) for field in msgspec.structs.fields(shape)}


def _misfits_of_leaf(value: Any, shape: Any, steps: Steps) -> Iterator[Finding]:
    if get_origin(shape) is Literal and value not in get_args(shape):
        yield steps, f"unknown value {value!r}, known are {', '.join(get_args(shape))}"
        return
    try:
        msgspec.convert(value, shape)
    except msgspec.ValidationError as error:
        yield steps, f"{error}: {value!r}"


def _line(node: yaml.Node | None, steps: Steps) -> int:
    """The line of the deepest node on the way that exists; a field's line is that of its name."""
    line = node.start_mark.line + 1 if node else 1
    for step in steps:
        if isinstance(node, yaml.MappingNode):
            found = next(((key, value) for key, value in node.value if key.value == step), None)
            if found is None:
                break
            line, node = found[0].start_mark.line + 1, found[1]
        elif isinstance(node, yaml.SequenceNode) and isinstance(step, int):
            node = node.value[step]
            line = node.start_mark.line + 1
    return line


def _spell(steps: Steps) -> str:
    """("parts", 0, "code") as parts[0].code"""
    return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in steps).lstrip(".")
