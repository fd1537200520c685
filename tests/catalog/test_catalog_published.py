"""A published version never changes; a draft is checked but not offered."""

from pathlib import Path

import pytest

from tests.catalog.samples import CHECKLIST, RULES, change, publish, write
from webapp.catalog import CatalogError, Problem, load_catalog


def problems(root: Path) -> list[Problem]:
    with pytest.raises(CatalogError) as caught:
        load_catalog(root)
    return caught.value.problems


def test_a_changed_published_version_is_named(root: Path) -> None:
    write(root, CHECKLIST, change(CHECKLIST, "title", "另一清单"))
    [problem] = problems(root)
    assert problem.file == CHECKLIST
    assert "published, but changed" in problem.reason


def test_even_a_changed_comment_counts(root: Path) -> None:
    (root / RULES).write_text("# later\n" + (root / RULES).read_text(encoding="utf-8"), encoding="utf-8")
    assert [problem.file for problem in problems(root)] == [RULES]


def test_a_vanished_published_version_is_named(root: Path) -> None:
    (root / RULES).unlink()
    assert problems(root) == [Problem(RULES, "", "published, but missing")]


def test_a_missing_list_is_named(root: Path) -> None:
    (root / "published.txt").unlink()
    [problem] = problems(root)
    assert (problem.file, problem.reason) == ("published.txt", "missing; it lists the published versions")


@pytest.mark.parametrize(
    ("line", "reason"),
    [("abc  x.yaml", "not “sha256  relative/path”"), ("", "not “sha256"), (None, "doubled: ")],
)
def test_a_spoilt_line_of_the_list_is_named(root: Path, line: str | None, reason: str) -> None:
    published = root / "published.txt"
    lines = published.read_text(encoding="utf-8").splitlines()
    published.write_text("\n".join([*lines, lines[0] if line is None else line, ""]), encoding="utf-8")
    [problem] = problems(root)
    assert (problem.file, problem.where) == ("published.txt", "line 3")
    assert reason in problem.reason


def test_a_draft_is_not_offered(root: Path) -> None:
    draft = "inspection/medical-institution/2026-12.yaml"
    write(root, draft, change(CHECKLIST, "version", "2026-12"))
    catalog = load_catalog(root)
    assert catalog.drafts == (draft,)
    assert list(catalog.checklists) == ["medical-institution/2026-11"]


def test_a_draft_is_checked(root: Path) -> None:
    draft = "inspection/medical-institution/2026-12.yaml"
    write(root, draft, change(CHECKLIST, "version", "2026-12") | {"title": ""})
    [problem] = problems(root)
    assert (problem.file, problem.reason) == (draft, "is empty")


def test_a_draft_is_offered_once_published(root: Path) -> None:
    newer = "inspection/medical-institution/2026-12.yaml"
    write(root, newer, change(CHECKLIST, "version", "2026-12"))
    publish(root, CHECKLIST, RULES, newer)
    assert load_catalog(root).checklist("medical-institution", "2026-12").version == "2026-12"
