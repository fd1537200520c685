"""Every kind of mistake is named with its file, its line and path, and the reason."""

import datetime
import re
from pathlib import Path
from typing import Any

import pytest

from tests.catalog.samples import (
    CHECKLIST,
    GONE,
    INSTITUTIONS,
    REGIONS,
    RULES,
    STAFF,
    SUBJECTS,
    change,
    publish,
    subcategory,
    write,
)
from webapp.catalog import CatalogError, Problem, load_catalog

CATEGORY = "parts.0.categories.0"
SUBCATEGORY = f"{CATEGORY}.subcategories.0"
SECOND = f"{CATEGORY}.subcategories.1"
ITEM = f"{SUBCATEGORY}.groups.0.items.0"
POINTS = "articles.0.items.0"
DAY = datetime.date(2025, 1, 1)

# file, place, what it becomes, the place named (None: the same), the reason
MISTAKES = [
    (CHECKLIST, f"{ITEM}.law", GONE, ITEM, "missing field “law”"),
    (CHECKLIST, f"{ITEM}.evidence", GONE, ITEM, "missing field “evidence”"),
    (CHECKLIST, f"{ITEM}.weight", 3, None, "unknown field “weight”"),
    (CHECKLIST, f"{ITEM}.text", 3, None, "Expected `str`, got `int`: 3"),
    (CHECKLIST, f"{ITEM}.text", None, None, "Expected `str`, got `null`"),
    (CHECKLIST, f"{ITEM}.text", "", None, "is empty"),
    (CHECKLIST, f"{ITEM}.text", "  ", None, "is empty"),
    (CHECKLIST, f"{ITEM}.text", " 应当登记。", None, "has blanks around it"),
    (
        CHECKLIST,
        f"{ITEM}.text",
        "没有执业许可证",
        None,
        "not a whole sentence, it must end with 。: 没有执业",
    ),
    (
        CHECKLIST,
        f"{ITEM}.evidence",
        "hearsay",
        None,
        "unknown value 'hearsay', known are primary, renumbered",
    ),
    (CHECKLIST, f"{ITEM}.evidence", "recall", f"{ITEM}.verified", "true, although the evidence is recall"),
    (CHECKLIST, f"{ITEM}.law", "《医师法》", None, "must stand without 《》"),
    (CHECKLIST, f"{ITEM}.article", "第24条", None, "not an article in the law's own numerals: 第24条"),
    (
        CHECKLIST,
        f"{ITEM}.penalty",
        "《医师法》第五十六条",
        ITEM,
        "penalty and penalty_verified stand together",
    ),
    (CHECKLIST, f"{ITEM}.applies_to", [], None, "is an empty list"),
    (CHECKLIST, f"{ITEM}.applies_to", "医院", None, "must be a list, not '医院'"),
    (CHECKLIST, f"{ITEM}.code", "JG-ZZ-002", f"{SUBCATEGORY}.groups.0.items.1.code", "doubled: JG-ZZ-002"),
    (CHECKLIST, f"{ITEM}.code", "JG-XW-009", None, "code JG-XW-009 does not begin with JG-ZZ-"),
    (CHECKLIST, f"{SUBCATEGORY}.groups", [], None, "is an empty list"),
    (CHECKLIST, SECOND, subcategory("JG-ZZ"), f"{SECOND}.code", "doubled: JG-ZZ"),
    (CHECKLIST, SECOND, subcategory("RY-XW"), f"{SECOND}.code", "code RY-XW does not begin with JG-"),
    (CHECKLIST, "parts.1.code", "P1", None, "doubled: P1"),
    (CHECKLIST, "parts.1", "第二部分", None, "must be a mapping, not '第二部分'"),
    (CHECKLIST, "schema", "inspection/2", None, "unknown value 'inspection/2', known are inspection/1"),
    (CHECKLIST, "version", "2026-13", None, "not a year and month like 2026-11: 2026-13"),
    (CHECKLIST, "slug", "Medical_Institution", None, "not lower-case words joined by hyphens"),
    (CHECKLIST, "slug", "dental-clinic", "", "belongs in inspection/dental-clinic/2026-11.yaml"),
    (CHECKLIST, "effective_from", "soon", None, "Invalid RFC3339 encoded date: 'soon'"),
    (RULES, f"{POINTS}.points", "0", None, "not a positive multiple of 0.5: 0"),
    (RULES, f"{POINTS}.points", "-1", None, "not a positive multiple of 0.5: -1"),
    (RULES, f"{POINTS}.points", "0.25", None, "not a positive multiple of 0.5: 0.25"),
    (RULES, f"{POINTS}.points", "一分", None, "not a positive multiple of 0.5: 一分"),
    (RULES, f"{POINTS}.points", 0.5, None, "Expected `str`, got `float`: 0.5"),
    (RULES, f"{POINTS}.article", GONE, POINTS, "law, article and verified stand together or not at all"),
    (RULES, f"{POINTS}.article", "第一款", None, "not an article in the law's own numerals: 第一款"),
    (RULES, f"{POINTS}.evidence", "recall", None, "unknown value 'recall', known are primary, proposal"),
    (RULES, f"{POINTS}.code", "A2-01", None, "code A2-01 does not begin with A1-"),
    (RULES, "articles.0.items.1.code", "A1-01", None, "doubled: A1-01"),
    (RULES, "articles.0.items.1.number", "（一）", None, "doubled: （一）"),
    (RULES, "thresholds.0.points", "8.2", None, "not a positive multiple of 0.5: 8.2"),
    (RULES, "thresholds.1.points", "8", "thresholds", "must rise from one to the next"),
    (RULES, "cycle.start", "birthday", None, "unknown value 'birthday'"),
    (RULES, "objection.days", "fifteen", None, "Expected `int`, got `str`"),
    (REGIONS, "regions.0.code", "500105", "regions.1.code", "doubled: 500105"),
    (REGIONS, "regions.1.successor", "500199", None, "unknown region “500199” as successor of 江北区"),
    (REGIONS, "regions.1.valid_to", GONE, "regions.1", "江北区 has a successor but no valid_to"),
    (REGIONS, "regions.2.valid_from", DAY, "regions.1.valid_to", "江北区 overlaps its successor 两江新区"),
    (REGIONS, "regions.2.valid_to", DAY, None, "两江新区 ends on 2025-01-01, before it begins"),
    (REGIONS, "evidence", GONE, "", "missing field “evidence”"),
    (SUBJECTS, "subjects.1.parent", "99", None, "unknown parent “99” above 呼吸内科专业"),
    (SUBJECTS, "subjects.3.code", "03", None, "doubled: 03"),
    (INSTITUTIONS, "levels.1", "三级", None, "doubled: 三级"),
    (STAFF, "genders", "男", None, "must be a list, not '男'"),
]


def problems(root: Path) -> list[Problem]:
    with pytest.raises(CatalogError) as caught:
        load_catalog(root)
    return caught.value.problems


@pytest.mark.parametrize(("file", "place", "value", "named", "reason"), MISTAKES)
def test_a_mistake_is_named(
    root: Path, file: str, place: str, value: Any, named: str | None, reason: str
) -> None:
    write(root, file, change(file, place, value))
    publish(root, CHECKLIST, RULES)
    [problem] = problems(root)
    spelt = re.sub(r"\.(\d+)", r"[\1]", place if named is None else named)
    assert problem.file == file
    assert re.fullmatch(rf"line \d+(, {re.escape(spelt)})?", problem.where)
    assert problem.where.endswith(spelt)
    assert reason in problem.reason


def test_all_mistakes_of_all_files_are_reported_at_once(root: Path) -> None:
    write(root, CHECKLIST, change(CHECKLIST, f"{ITEM}.text", "") | {"title": 1})
    write(root, STAFF, change(STAFF, "genders", GONE))
    publish(root, CHECKLIST, RULES)
    assert [problem.file for problem in problems(root)] == [CHECKLIST, CHECKLIST, STAFF]


def test_the_line_is_that_of_the_field(root: Path) -> None:
    write(root, CHECKLIST, change(CHECKLIST, f"{SUBCATEGORY}.groups.1.items.0.law", "《医师法》"))
    publish(root, CHECKLIST, RULES)
    [problem] = problems(root)
    line = int(problem.where.split(",")[0].removeprefix("line "))
    assert (root / CHECKLIST).read_text(encoding="utf-8").splitlines()[line - 1].strip() == "law: 《医师法》"


@pytest.mark.parametrize(
    ("text", "where", "reason"),
    [
        ("levels: [三级\nnatures: 3\n", "line 2", "not YAML"),
        ("schema: a\ntitle: b\nschema: c\n", "line 3", "doubled field “schema”"),
        ("title: \a\n", "", "not YAML"),
        ("", "line 1", "must be a mapping, not None"),
    ],
)
def test_what_is_no_document_at_all_is_named(root: Path, text: str, where: str, reason: str) -> None:
    (root / STAFF).write_text(text, encoding="utf-8")
    [problem] = problems(root)
    assert (problem.file, problem.where) == (STAFF, where)
    assert reason in problem.reason


def test_a_missing_reference_file_is_named(root: Path) -> None:
    (root / REGIONS).unlink()
    assert problems(root) == [Problem(REGIONS, "", "missing")]


@pytest.mark.parametrize("name", ["regions.yaml", "reference/wards.yaml", "inspections/a/2026-11.yml"])
def test_a_file_in_an_unknown_place_is_named(root: Path, name: str) -> None:
    write(root, name, {})
    [problem] = problems(root)
    assert problem.file == name
    assert "unknown place" in problem.reason


def test_a_field_that_yaml_takes_for_a_boolean_is_named(root: Path) -> None:
    (root / STAFF).write_text((root / STAFF).read_text(encoding="utf-8") + "yes: 1\n", encoding="utf-8")
    assert problems(root) == [Problem(STAFF, "line 1, True", "unknown field “True”")]
