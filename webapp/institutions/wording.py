"""An institution's data in words: for asking, comparing and telling what changes."""

from collections.abc import Sequence
from typing import Any

from webapp.catalog import catalog
from webapp.institutions.models import DocumentKind

LABELS = {
    "name": "医疗机构名称",
    "credit_code": "社会统一信用代码",
    "district": "经营地区",
    "address": "经营地址",
    "level": "机构级别",
    "treatment_subjects": "诊疗科目",
    "nature": "经营性质",
    "legal_person": "法人代表(负责人)",
    "legal_person_id_number": "法人(负责人)身份证号",
    "contact": "联系人",
    "contact_phone": "联系电话",
    "scope": "执业自查范围",
    **{kind.value: kind.label for kind in DocumentKind},
}
NAMES_SHOWN = 20


def in_words(name: str, value: Any) -> str:
    """Say what a field of an institution holds; photos by their number."""
    reference = catalog().reference
    match name:
        case "district":
            return reference.region(value).name
        case "nature":
            return reference.nature(value).label
        case "treatment_subjects":
            return "、".join(reference.treatment_subject(code).name for code in value)
        case "scope":
            return _scope(value)
        case DocumentKind.CERTIFICATE | DocumentKind.LICENCE:
            return f"{len(value)} 张照片"
    return str(value)


def scope_difference(before: Sequence[str], after: Sequence[str]) -> str:
    """Say which 小类 go and which come."""
    gone, new = _titles(set(before) - set(after)), _titles(set(after) - set(before))
    parts = [("去掉", gone), ("新增", new)]
    return "；".join(f"{verb}：{'、'.join(titles)}" for verb, titles in parts if titles)


def some_names(names: Sequence[str]) -> str:
    """Write names in a row; of very many only the first, and how many they are."""
    if len(names) <= NAMES_SHOWN:
        return "、".join(names)
    return f"{'、'.join(names[:NAMES_SHOWN])} 等 {len(names)} 人"


def _scope(codes: Sequence[str]) -> str:
    """大类 with the number of their 小类 where some are missing."""
    words = []
    for category in catalog().current_checklist().categories.values():
        chosen = sum(subcategory.code in codes for subcategory in category.subcategories)
        if chosen == len(category.subcategories):
            words.append(category.title)
        elif chosen:
            words.append(f"{category.title}（{chosen} 个小类）")
    return "、".join(words)


def _titles(codes: set[str]) -> list[str]:
    chapters = catalog().current_checklist().chapters(codes)
    return [f"{chapter.category.title}·{chapter.subcategory.title}" for chapter in chapters]
