"""A small catalog without a mistake, and the means to put one in."""

import copy
import datetime
import hashlib
from pathlib import Path
from typing import Any

import yaml

GONE = object()

CHECKLIST = "inspection/medical-institution/2026-11.yaml"
RULES = "demerit/chongqing-reference/2026-11.yaml"
REGIONS = "reference/regions.yaml"
SUBJECTS = "reference/treatment_subjects.yaml"
INSTITUTIONS = "reference/institutions.yaml"
STAFF = "reference/staff.yaml"


def item(code: str, **others: Any) -> dict[str, Any]:
    return {
        "code": code,
        "text": f"医疗机构应当做到{code}。",
        "law": "医师法",
        "article": "第二十四条第一款",
        "evidence": "primary",
        "verified": True,
        "source": "条文原文核对",
        **others,
    }


def subcategory(code: str) -> dict[str, Any]:
    return {"code": code, "title": "执业行为", "groups": [{"title": "公示", "items": [item(f"{code}-009")]}]}


def demerit_item(code: str, number: str, points: str) -> dict[str, Any]:
    return {
        "code": code,
        "number": number,
        "text": f"没有做到{code}的",
        "points": points,
        "law": "医师法",
        "article": "第五十五条第一项",
        "verified": True,
        "evidence": "proposal",
        "source": "自拟",
    }


DOCUMENTS: dict[str, Any] = {
    CHECKLIST: {
        "schema": "inspection/1",
        "slug": "medical-institution",
        "version": "2026-11",
        "title": "自查清单",
        "effective_from": datetime.date(2026, 11, 1),
        "parts": [
            {
                "code": "P1",
                "title": "第一部分",
                "categories": [
                    {
                        "code": "JG",
                        "title": "机构执业",
                        "subcategories": [
                            {
                                "code": "JG-ZZ",
                                "title": "机构资质",
                                "groups": [
                                    {"title": "机构许可", "items": [item("JG-ZZ-001"), item("JG-ZZ-002")]},
                                    {"title": "专项许可", "items": [item("JG-ZZ-003", applies_to=["医院"])]},
                                ],
                            },
                            {
                                "code": "JG-XW",
                                "title": "执业行为",
                                "groups": [{"title": "公示", "items": [item("JG-XW-001")]}],
                            },
                        ],
                    }
                ],
            },
            {
                "code": "P2",
                "title": "第二部分",
                "categories": [
                    {
                        "code": "JW",
                        "title": "精神卫生",
                        "subcategories": [
                            {
                                "code": "JW-ZL",
                                "title": "诊疗",
                                "groups": [{"title": "诊断", "items": [item("JW-ZL-001")]}],
                            }
                        ],
                    }
                ],
            },
        ],
    },
    RULES: {
        "schema": "demerit/1",
        "slug": "chongqing-reference",
        "version": "2026-11",
        "title": "记分标准",
        "notice": "参考标准。",
        "effective_from": datetime.date(2026, 11, 1),
        "cycle": {"months": 24, "start": "first_entry", "evidence": "secondary"},
        "thresholds": [
            {"points": "8", "consequence": "培训。", "evidence": "secondary"},
            {"points": "12", "consequence": "解聘。", "evidence": "secondary"},
        ],
        "objection": {"days": 15, "evidence": "recall"},
        "articles": [
            {
                "code": "A1",
                "title": "第一条",
                "summary": "一次记1分",
                "items": [demerit_item("A1-01", "（一）", "1"), demerit_item("A1-02", "（二）", "0.5")],
            }
        ],
    },
    REGIONS: {
        "schema": "reference/regions",
        "title": "区县",
        "evidence": "primary",
        "source": "区划代码",
        "regions": [
            {"code": "500103", "name": "渝中区"},
            {
                "code": "500105",
                "name": "江北区",
                "valid_to": datetime.date(2025, 10, 31),
                "successor": "500157",
            },
            {"code": "500157", "name": "两江新区", "valid_from": datetime.date(2025, 11, 1)},
        ],
    },
    SUBJECTS: {
        "schema": "reference/treatment_subjects",
        "title": "诊疗科目",
        "evidence": "primary",
        "source": "名录",
        "subjects": [
            {"code": "03", "name": "内科"},
            {"code": "03.01", "name": "呼吸内科专业", "parent": "03"},
            {"code": "03.11", "name": "其他", "parent": "03"},
            {"code": "10", "name": "眼科"},
        ],
    },
    INSTITUTIONS: {
        "schema": "reference/institutions",
        "title": "级别和性质",
        "evidence": "primary",
        "source": "手册",
        "levels": ["三级", "未定级"],
        "natures": [{"value": "营利", "label": "营利性"}],
    },
    STAFF: {
        "schema": "reference/staff",
        "title": "人员",
        "evidence": "recall",
        "source": "待核",
        "genders": ["男", "女"],
        "titles": [{"kind": "医师", "evidence": "recall", "titles": ["医师", "主治医师"]}],
        "practice": [{"category": "临床", "evidence": "primary", "scopes": ["内科专业"]}],
    },
}


def write(root: Path, name: str, document: Any) -> None:
    """The document as a file below root."""
    file = root / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(yaml.safe_dump(document, allow_unicode=True, sort_keys=False), encoding="utf-8")


def publish(root: Path, *names: str) -> None:
    """published.txt with these files as they are now."""
    lines = [f"{hashlib.sha256((root / name).read_bytes()).hexdigest()}  {name}\n" for name in names]
    (root / "published.txt").write_text("".join(lines), encoding="utf-8")


def make(root: Path) -> Path:
    """The whole good catalog below root."""
    for name, document in DOCUMENTS.items():
        write(root, name, document)
    publish(root, CHECKLIST, RULES)
    return root


def change(name: str, path: str, value: Any) -> Any:
    """The good document with one place changed, added or (GONE) taken away: "parts.0.code"."""
    document = copy.deepcopy(DOCUMENTS[name])
    *way, last = [int(step) if step.isdigit() else step for step in path.split(".")]
    place = document
    for step in way:
        place = place[step]
    if value is GONE:
        del place[last]
    else:
        place[last] = value
    return document
