"""What pages and forms ask the catalog."""

import datetime
import hashlib
from decimal import Decimal
from pathlib import Path

import pytest

from tests.catalog.samples import CHECKLIST, RULES, change, publish, write
from webapp.catalog import Catalog, Checklist, load_catalog

BEFORE, FIRST, LATER = datetime.date(2026, 10, 31), datetime.date(2026, 11, 1), datetime.date(2027, 3, 1)


@pytest.fixture
def catalog(root: Path) -> Catalog:
    return load_catalog(root)


@pytest.fixture
def checklist(catalog: Catalog) -> Checklist:
    return catalog.checklist("medical-institution", "2026-11")


def test_items_stand_in_the_files_order(checklist: Checklist) -> None:
    assert list(checklist.items) == ["JG-ZZ-001", "JG-ZZ-002", "JG-ZZ-003", "JG-XW-001", "JW-ZL-001"]


def test_numbers_count_chapters_and_run_on_over_groups_and_parts(checklist: Checklist) -> None:
    assert [item.number for item in checklist.items.values()] == ["1.1", "1.2", "1.3", "2.1", "3.1"]


def test_an_item_knows_its_citation_and_place(checklist: Checklist) -> None:
    item = checklist.items["JG-ZZ-003"]
    assert item.citation == "《医师法》第二十四条第一款"
    assert (item.subcategory, item.applies_to, item.penalty) == ("JG-ZZ", ("医院",), None)


def test_an_item_applies_to_all_unless_it_says_otherwise(checklist: Checklist) -> None:
    assert checklist.items["JG-ZZ-001"].applies_to == ("all",)


def test_the_digest_is_that_of_the_file(root: Path, checklist: Checklist) -> None:
    assert checklist.digest == hashlib.sha256((root / CHECKLIST).read_bytes()).hexdigest()
    assert checklist.key == "medical-institution/2026-11"


@pytest.mark.parametrize(
    ("codes", "expanded"),
    [
        (["JG"], {"JG-ZZ", "JG-XW"}),
        (["JG-ZZ", "JW"], {"JG-ZZ", "JW-ZL"}),
        (["JG", "JG-ZZ"], {"JG-ZZ", "JG-XW"}),
        ([], set()),
    ],
)
def test_a_category_stands_for_all_of_its_subcategories(
    checklist: Checklist, codes: list[str], expanded: set[str]
) -> None:
    assert checklist.expand(codes) == expanded


@pytest.mark.parametrize("code", ["XX", "JG-ZZ-001", "P1"])
def test_an_unknown_code_is_refused(checklist: Checklist, code: str) -> None:
    with pytest.raises(KeyError):
        checklist.expand([code])


def test_chapters_follow_the_file_not_the_scope(checklist: Checklist) -> None:
    chapters = checklist.chapters(["JW-ZL", "JG-XW"])
    assert [chapter.subcategory.title for chapter in chapters] == ["执业行为", "诊疗"]
    assert [chapter.category.title for chapter in chapters] == ["机构执业", "精神卫生"]
    assert [chapter.part.title for chapter in chapters] == ["第一部分", "第二部分"]


def test_codes_of_other_versions_are_passed_over(checklist: Checklist) -> None:
    assert [item.code for item in checklist.items_in({"JG-XW", "GONE"})] == ["JG-XW-001"]


def test_category_titles_name_each_category_once(checklist: Checklist) -> None:
    assert checklist.category_titles({"JG-ZZ", "JG-XW", "JW-ZL"}) == ("机构执业", "精神卫生")


def test_lookups_cannot_be_changed(checklist: Checklist) -> None:
    with pytest.raises(TypeError):
        checklist.items["JG-ZZ-001"] = checklist.items["JG-ZZ-002"]  # type: ignore[index]
    with pytest.raises(AttributeError):
        checklist.title = "另一清单"  # type: ignore[misc]


def test_the_current_version_is_the_newest_in_effect(root: Path) -> None:
    newer = "inspection/medical-institution/2027-03.yaml"
    write(root, newer, change(CHECKLIST, "version", "2027-03") | {"effective_from": LATER})
    publish(root, CHECKLIST, RULES, newer)
    catalog = load_catalog(root)
    assert catalog.current_checklist(FIRST).version == "2026-11"
    assert catalog.current_checklist(LATER - datetime.timedelta(days=1)).version == "2026-11"
    assert catalog.current_checklist(LATER).version == "2027-03"


def test_before_the_first_version_there_is_none(catalog: Catalog) -> None:
    with pytest.raises(KeyError, match="no version of medical-institution in effect on 2026-10-31"):
        catalog.current_checklist(BEFORE)
    with pytest.raises(KeyError):
        catalog.current_demerit_rules(BEFORE)


def test_an_unknown_version_is_refused(catalog: Catalog) -> None:
    with pytest.raises(KeyError):
        catalog.checklist("medical-institution", "2020-01")
    with pytest.raises(KeyError):
        catalog.demerit_rules("elsewhere", "2026-11")


def test_demerit_points_are_exact(catalog: Catalog) -> None:
    rules = catalog.current_demerit_rules(FIRST)
    assert [item.points for item in rules.items.values()] == [Decimal("1"), Decimal("0.5")]
    assert [threshold.points for threshold in rules.thresholds] == [Decimal("8"), Decimal("12")]


def test_a_demerit_item_knows_its_tier_and_citation(catalog: Catalog) -> None:
    item = catalog.demerit_rules("chongqing-reference", "2026-11").items["A1-02"]
    assert (item.tier, item.number, item.citation) == ("A1", "（二）", "《医师法》第五十五条第一项")


def test_a_demerit_item_may_have_no_law(root: Path) -> None:
    bare = {
        "code": "A1-01",
        "number": "（一）",
        "text": "投诉的",
        "points": "1",
        "evidence": "primary",
        "source": "某市",
    }
    write(root, RULES, change(RULES, "articles.0.items.0", bare))
    publish(root, CHECKLIST, RULES)
    assert load_catalog(root).current_demerit_rules(FIRST).items["A1-01"].citation is None


def test_cycle_and_objection_are_data(catalog: Catalog) -> None:
    rules = catalog.current_demerit_rules(FIRST)
    assert (rules.cycle.months, rules.cycle.start, rules.objection_days) == (24, "first_entry", 15)


@pytest.mark.parametrize(
    ("day", "names"),
    [
        (datetime.date(2025, 10, 31), ["渝中区", "江北区"]),
        (datetime.date(2025, 11, 1), ["渝中区", "两江新区"]),
    ],
)
def test_regions_are_those_of_the_day(catalog: Catalog, day: datetime.date, names: list[str]) -> None:
    assert [region.name for region in catalog.reference.regions_on(day)] == names


def test_a_former_region_keeps_its_name(catalog: Catalog) -> None:
    region = catalog.reference.region("500105")
    assert (region.name, region.successor) == ("江北区", "500157")


def test_treatment_subjects_form_a_tree(catalog: Catalog) -> None:
    inner, eyes = catalog.reference.treatment_subjects
    assert [child.full_name for child in inner.children] == ["内科/呼吸内科专业", "内科/其他"]
    assert (eyes.name, eyes.children) == ("眼科", ())
    assert catalog.reference.treatment_subject("03.11") is inner.children[1]


def test_words_for_institutions_and_staff(catalog: Catalog) -> None:
    reference = catalog.reference
    assert reference.nature("营利").label == "营利性"
    assert reference.levels == ("三级", "未定级")
    assert reference.titles["医师"] == ("医师", "主治医师")
    assert reference.practice["临床"] == ("内科专业",)
    assert reference.genders == ("男", "女")
