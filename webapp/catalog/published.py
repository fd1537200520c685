"""checklists/published.txt: which versions are published, and with which bytes."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from enum import StrEnum
from pathlib import Path
from typing import NamedTuple

from .problems import Problem

PUBLISHED = "published.txt"
VERSIONED = ("inspection", "demerit")
_LINE = re.compile(r"([0-9a-f]{64})  (\S+)")


def published_digests(root: Path) -> tuple[dict[str, str], list[Problem]]:
    """The SHA-256 of every published file by its name below checklists/, and what is wrong with the list."""
    digests: dict[str, str] = {}
    problems: list[Problem] = []
    try:
        lines = (root / PUBLISHED).read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return {}, [Problem(PUBLISHED, "", "missing; it lists the published versions")]
    for number, line in enumerate(lines, start=1):
        found = _LINE.fullmatch(line)
        if found is None:
            problems.append(Problem(PUBLISHED, f"line {number}", f"not “sha256  relative/path”: {line}"))
        elif found[2] in digests:
            problems.append(Problem(PUBLISHED, f"line {number}", f"doubled: {found[2]}"))
        else:
            digests[found[2]] = found[1]
    return digests, problems


def broken_promises(published: Mapping[str, str], present: Mapping[str, str]) -> Iterator[Problem]:
    """Published files that vanished or changed: records made with them would no longer read the same."""
    for name, digest in published.items():
        if name not in present:
            yield Problem(name, "", "published, but missing")
        elif present[name] != digest:
            yield Problem(name, "", "published, but changed; restore it and publish a new version instead")


class FileState(StrEnum):
    """How a file of a version compares with what was published."""

    SOUND = "sound"
    CHANGED = "changed"
    MISSING = "missing"
    DRAFT = "draft"


class VersionFile(NamedTuple):
    """A file below checklists/, its state, and the SHA-256 of its bytes as they are now."""

    name: str
    state: FileState
    digest: str


def file_states(root: Path) -> list[VersionFile]:
    """Return how the files of all versions are now, published ones first."""
    published, _ = published_digests(root)
    files = (file for kind in VERSIONED for file in sorted((root / kind).rglob("*.yaml")))
    found = {
        file.relative_to(root).as_posix(): hashlib.sha256(file.read_bytes()).hexdigest() for file in files
    }
    listed = [(name, _state(found.get(name), then)) for name, then in published.items()]
    drafts = [(name, FileState.DRAFT) for name in found if name not in published]
    return [VersionFile(name, state, found.get(name, "")) for name, state in listed + drafts]


def _state(now: str | None, then: str) -> FileState:
    if now is None:
        return FileState.MISSING
    return FileState.SOUND if now == then else FileState.CHANGED
