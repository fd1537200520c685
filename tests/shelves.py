"""The published checklists with, as if it had been published too, an older version of each that differs."""

import hashlib
from pathlib import Path

from webapp.config import ROOT

INSPECTION, RULES = "inspection/medical-institution", "demerit/chongqing-reference"
OLDER, NEWER = "2026-10", "2026-11"


def two_versions(folder: Path) -> Path:
    """Fill a folder as ``checklists/`` would be: the older inspection has another word in its first item
    and another code for its third, the older rules a half more for one."""
    for file in (ROOT / "checklists").rglob("*.yaml"):
        place = folder / file.relative_to(ROOT / "checklists")
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(file.read_bytes())
    _older(folder / INSPECTION, [("必须进行登记", "应当进行登记"), ("JG-ZZ-003", "JG-ZZ-903")])
    _older(folder / RULES, [('points: "1"', 'points: "1.5"')])
    published = [*folder.glob("inspection/*/*.yaml"), *folder.glob("demerit/*/*.yaml")]
    lines = (f"{hashlib.sha256(f.read_bytes()).hexdigest()}  {f.relative_to(folder)}" for f in published)
    (folder / "published.txt").write_text("\n".join(lines) + "\n")
    return folder


def _older(folder: Path, replaced: list[tuple[str, str]]) -> None:
    text = (folder / f"{NEWER}.yaml").read_text(encoding="utf-8")
    dates = (f'version: "{NEWER}"', f"effective_from: {NEWER}")
    replaced = [(date, date.replace(NEWER, OLDER)) for date in dates] + replaced
    for new, old in replaced:
        assert new in text, new
        text = text.replace(new, old, 1)
    (folder / f"{OLDER}.yaml").write_text(text, encoding="utf-8")
