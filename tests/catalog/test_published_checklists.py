"""The files the product ships: every one loads, and says what it must."""

import datetime
import hashlib
from collections import Counter
from decimal import Decimal
from pathlib import Path

import pytest

from webapp.catalog import Catalog, Checklist, load_catalog

CHECKLISTS = Path(__file__).parents[2] / "checklists"

# The first items of their groups, in the manual's words and order.
MANUAL = {
    "机构许可": [
        "医疗机构执业，必须进行登记，领取《医疗机构执业许可证》。",
        "政府举办的医疗卫生机构不得与其他组织投资设立非独立法人资格的医疗卫生机构，"
        "不得与社会资本合作举办营利性医疗卫生机构。",
    ],
    "专项许可": [
        "医疗机构开展婚前医学检查、遗传病诊断、产前诊断、助产技术服务以及施行结扎手术和终止妊娠手术的，"
        "应经卫生主管部门许可，并取得《母婴保健技术服务执业许可证》。",
        "医疗机构开展放射诊疗活动的，应当取得《放射诊疗许可证》并进行放射诊疗科目登记。",
        "医疗机构开展职业病诊断的，应当取得《医疗机构执业许可证》，并具备相应的条件。",
    ],
}


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return load_catalog(CHECKLISTS)


@pytest.fixture(scope="module")
def checklist(catalog: Catalog) -> Checklist:
    return catalog.checklist("medical-institution", "2026-11")


def test_every_file_is_loaded(catalog: Catalog) -> None:
    versions = {f"inspection/{key}.yaml" for key in catalog.checklists} | {
        f"demerit/{key}.yaml" for key in catalog.rules
    }
    reference = {
        f"reference/{name}.yaml" for name in ("institutions", "regions", "staff", "treatment_subjects")
    }
    present = {file.relative_to(CHECKLISTS).as_posix() for file in CHECKLISTS.rglob("*.yaml")}
    assert versions | set(catalog.drafts) | reference == present


def test_the_digests_equal_the_published_ones(catalog: Catalog) -> None:
    lines = (CHECKLISTS / "published.txt").read_text(encoding="utf-8").splitlines()
    published = {name: digest for digest, name in (line.split("  ") for line in lines)}
    digests = {f"inspection/{key}.yaml": version.digest for key, version in catalog.checklists.items()}
    digests |= {f"demerit/{key}.yaml": version.digest for key, version in catalog.rules.items()}
    assert digests == published
    for name, digest in published.items():
        assert hashlib.sha256((CHECKLISTS / name).read_bytes()).hexdigest() == digest


def test_every_item_is_a_whole_sentence_with_law_article_and_evidence(catalog: Catalog) -> None:
    items = [item for version in catalog.checklists.values() for item in version.items.values()]
    assert len(items) >= 300
    for item in items:
        assert item.text.endswith("。"), item.code
        assert item.law and item.article and item.evidence and item.source, item.code


def test_no_two_items_ask_the_same(checklist: Checklist) -> None:
    texts = Counter(item.text for item in checklist.items.values())
    assert [text for text, count in texts.items() if count > 1] == []


def test_the_manuals_items_stand_first_in_their_groups(checklist: Checklist) -> None:
    for group in checklist.subcategories["JG-ZZ"].groups[:2]:
        assert [item.text for item in group.items][: len(MANUAL[group.title])] == MANUAL[group.title]


def test_item_numbers_follow_the_order_of_the_first_version(checklist: Checklist) -> None:
    for subcategory in checklist.subcategories.values():
        numbers = [int(item.code.removeprefix(f"{subcategory.code}-")) for item in subcategory.items]
        assert numbers == list(range(1, len(numbers) + 1)), subcategory.code


def test_parts_hold_the_manuals_categories(checklist: Checklist) -> None:
    first, second = checklist.parts
    assert " ".join(category.code for category in first.categories) == "JG RY WS YX JS CR XY MY FS ZY"
    assert " ".join(category.code for category in second.categories) == "JW ZYY MR HL GG YJ"
    assert first.title == "第一部分 医院依法执业指引"


def test_the_demerit_rules_have_five_tiers(catalog: Catalog) -> None:
    rules = catalog.demerit_rules("chongqing-reference", "2026-11")
    assert [article.title for article in rules.articles] == ["第一条", "第二条", "第三条", "第四条", "第五条"]
    assert [threshold.points for threshold in rules.thresholds] == [Decimal(8), Decimal(12)]
    assert rules.articles[0].items[0].text.startswith("未按规定向卫生计生行政部门报送本单位违反行业作风建设")
    assert sum(item.points == Decimal("0.5") for item in rules.items.values()) == 2


def test_the_demerit_rules_do_not_pose_as_official(catalog: Catalog) -> None:
    assert "不是重庆市官方文件" in catalog.demerit_rules("chongqing-reference", "2026-11").notice


def test_what_pages_show_has_no_remarks_of_the_makers(catalog: Catalog) -> None:
    rules = catalog.demerit_rules("chongqing-reference", "2026-11")
    for item in rules.items.values():
        assert not any(mark in item.text for mark in ("原文", "截断", "（", "0.5")), item.code


def test_chongqing_has_37_districts_today_and_had_38(catalog: Catalog) -> None:
    today = [region.name for region in catalog.reference.regions_on(datetime.date(2026, 11, 1))]
    assert len(today) == 37
    assert "两江新区" in today
    assert len(catalog.reference.regions_on(datetime.date(2025, 10, 31))) == 38


def test_the_tree_of_treatment_subjects_is_whole(catalog: Catalog) -> None:
    roots = catalog.reference.treatment_subjects
    assert len(roots) == 34
    assert len(catalog.reference.treatment_subjects_by_code) == 171
