"""Reference data: districts with their validity, 诊疗科目, and the words for institutions and staff."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta, timezone
from types import MappingProxyType

import msgspec

from .documents import (
    InstitutionsDocument,
    Nature,
    Region,
    RegionsDocument,
    StaffDocument,
    TreatmentSubjectsDocument,
)

# China keeps one time all year, so no time-zone database is needed to know its date.
CHINA = timezone(timedelta(hours=8))


def today() -> date:
    """Today's date in Chongqing, whatever the machine's time zone."""
    return datetime.now(CHINA).date()


class TreatmentSubject(msgspec.Struct, frozen=True, kw_only=True):
    """A 诊疗科目; `full_name` names what it stands under, since many are just called 其他: 内科/其他."""

    code: str
    name: str
    full_name: str
    parent: str | None
    children: tuple[TreatmentSubject, ...]


class Reference(msgspec.Struct, frozen=True, kw_only=True):
    """What forms offer and records refer to.

    regions: all of them, former ones too; treatment_subjects: the roots of the tree; levels: 三级…未定级;
    titles: kind of staff → titles (职称); practice: 执业类别 → 执业范围; genders: 男, 女.
    """

    regions: tuple[Region, ...]
    regions_by_code: Mapping[str, Region]
    treatment_subjects: tuple[TreatmentSubject, ...]
    treatment_subjects_by_code: Mapping[str, TreatmentSubject]
    levels: tuple[str, ...]
    natures: tuple[Nature, ...]
    natures_by_value: Mapping[str, Nature]
    titles: Mapping[str, tuple[str, ...]]
    practice: Mapping[str, tuple[str, ...]]
    genders: tuple[str, ...]

    @classmethod
    def build(
        cls,
        regions: RegionsDocument,
        subjects: TreatmentSubjectsDocument,
        institutions: InstitutionsDocument,
        staff: StaffDocument,
    ) -> Reference:
        """The reference data of files that have passed their checks."""
        found = _subjects(subjects)
        return cls(
            regions=regions.regions,
            regions_by_code=MappingProxyType({region.code: region for region in regions.regions}),
            treatment_subjects=tuple(subject for subject in found.values() if subject.parent is None),
            treatment_subjects_by_code=MappingProxyType(found),
            levels=institutions.levels,
            natures=institutions.natures,
            natures_by_value=MappingProxyType({nature.value: nature for nature in institutions.natures}),
            titles=MappingProxyType({entry.kind: entry.titles for entry in staff.titles}),
            practice=MappingProxyType({entry.category: entry.scopes for entry in staff.practice}),
            genders=staff.genders,
        )

    def regions_on(self, day: date | None = None) -> tuple[Region, ...]:
        """The districts that exist on a day, by default today in Chongqing, in the file's order."""
        day = day or today()
        return tuple(region for region in self.regions if region.valid_on(day))

    def region(self, code: str) -> Region:
        """The district with this code, of today or former. Raises KeyError."""
        return self.regions_by_code[code]

    def treatment_subject(self, code: str) -> TreatmentSubject:
        """The 诊疗科目 with this code, at whatever depth. Raises KeyError."""
        return self.treatment_subjects_by_code[code]

    def nature(self, value: str) -> Nature:
        """营利 or 非营利 with its label. Raises KeyError."""
        return self.natures_by_value[value]


def _subjects(document: TreatmentSubjectsDocument) -> dict[str, TreatmentSubject]:
    """All subjects by code in the file's order; parents stand first there, so the way leads from the end."""
    names: dict[str, str] = {}
    for entry in document.subjects:
        names[entry.code] = f"{names[entry.parent]}/{entry.name}" if entry.parent else entry.name
    made: dict[str, TreatmentSubject] = {}
    for entry in reversed(document.subjects):
        children = tuple(subject for subject in reversed(made.values()) if subject.parent == entry.code)
        made[entry.code] = TreatmentSubject(
            code=entry.code,
            name=entry.name,
            full_name=names[entry.code],
            parent=entry.parent,
            children=children,
        )
    return dict(reversed(made.items()))
