"""清单与规则: the versions of checklists and demerit rules, their files, and what changed between two."""

from collections.abc import Iterator
from typing import NamedTuple

from flask import abort, current_app, render_template, request
from wtforms import Form

from webapp.access import administers_system, allow
from webapp.admin.room import bp
from webapp.catalog import Checklist, DemeritRules, catalog
from webapp.catalog.comparison import Kind, compare, compare_wholes
from webapp.catalog.published import FileState, file_states
from webapp.catalog.reference import today
from webapp.fields import ChoiceField

INSPECTION, DEMERIT = "inspection", "demerit"
FAMILIES = {INSPECTION: "自查清单", DEMERIT: "记分规则"}
KINDS = {
    Kind.ADDED: ("新增", "green"),
    Kind.REMOVED: ("删除", "red"),
    Kind.REWORDED: ("改文字", "amber"),
    Kind.RECITED: ("改依据", "amber"),
    Kind.OTHERWISE: ("改其他", "grey"),
}
STATES = {
    FileState.SOUND: ("与发布时一致", "green"),
    FileState.CHANGED: ("发布后被改动", "red"),
    FileState.MISSING: ("文件缺失", "red"),
    FileState.DRAFT: ("草稿，未发布", "grey"),
}
Version = Checklist | DemeritRules


class Shelf(NamedTuple):
    """All versions with one slug, the newest first, and the one that is in force."""

    family: str
    slug: str
    title: str
    versions: list[Version]
    current: Version | None

    def state_of(self, version: Version) -> tuple[str, str]:
        """A version's state in words, and its tone."""
        if version is self.current:
            return "现行", "green"
        if version.effective_from > today():
            return f"{version.effective_from} 起生效", "amber"
        return "历史", "grey"


def shelves() -> Iterator[Shelf]:
    """Yield the published versions, family by family."""
    shelved: dict[tuple[str, str], list[Version]] = {}
    for family, versions in ((INSPECTION, catalog().checklists), (DEMERIT, catalog().rules)):
        for version in versions.values():
            shelved.setdefault((family, version.slug), []).append(version)
    for (family, slug), found in shelved.items():
        newest_first = sorted(found, key=lambda v: (v.effective_from, v.version), reverse=True)
        in_force = [version for version in newest_first if version.effective_from <= today()]
        current = in_force[0] if in_force else None
        yield Shelf(family, slug, newest_first[0].title, newest_first, current)


class ComparisonForm(Form):
    """Two versions of one slug; read from the query string."""

    before = ChoiceField("旧版", options=lambda: ())
    after = ChoiceField("新版", options=lambda: ())

    def __init__(self, shelf: Shelf) -> None:
        super().__init__(request.args)
        versions = [version.version for version in shelf.versions]
        self.before.choices = self.after.choices = [(version, version) for version in versions]
        if not request.args and len(versions) > 1:
            self.after.data, self.before.data = versions[:2]


@bp.get("/checklists")
@allow(administers_system)
def checklists() -> str:
    """清单与规则."""
    return render_template(
        "admin/checklists.html",
        shelves=list(shelves()),
        families=FAMILIES,
        files=file_states(current_app.config["CHECKLISTS"]),
        states=STATES,
    )


@bp.get("/checklists/<any(inspection, demerit):family>/<slug>/comparison")
@allow(administers_system)
def comparison(family: str, slug: str) -> tuple[str, int]:
    """版本比较: what is new, gone, worded or cited otherwise, both texts side by side."""
    shelf = next((s for s in shelves() if (s.family, s.slug) == (family, slug)), None) or abort(404)
    form = ComparisonForm(shelf)
    chosen = {version.version: version for version in shelf.versions}
    found = form.validate() and form.before.data in chosen and form.after.data in chosen
    pair = (chosen[form.before.data], chosen[form.after.data]) if found else None
    changes = compare(*pair) if pair else []
    page = render_template(
        "admin/comparison.html",
        shelf=shelf,
        form=form,
        pair=pair,
        wholes=compare_wholes(*pair) if pair else [],
        changes=changes,
        counts={kind: sum(kind in change.kinds for change in changes) for kind in KINDS},
        kinds=KINDS,
    )
    return page, 422 if form.errors else 200
