"""The demo's inspections: handed in over the last months, and drafts that are still open."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select

from webapp.accounts.models import User
from webapp.attachments.models import Attachment
from webapp.catalog import Item, catalog
from webapp.database import db, uuid7
from webapp.demo import photos
from webapp.demo.cast import FEATURES, REMARKS
from webapp.demo.people import date_messages, working_hour
from webapp.inspections.answers import Value
from webapp.inspections.intake import apply
from webapp.inspections.models import Inspection, InspectionKind
from webapp.inspections.operations import Change, OperationKind
from webapp.inspections.submission import submit

ROUTINE, SPECIAL, FULL = InspectionKind.ROUTINE, InspectionKind.SPECIAL, InspectionKind.FULL
HOSPITAL_DOCTOR, PHARMACIST, LABORATORY, CLINIC_DOCTOR = "谭示文", "龚示华", "秦例清", "向示青"
DEVICE = "demo"
ANSWER_TIME = timedelta(seconds=35)


@dataclass(frozen=True, kw_only=True)
class Plan:
    """One inspection; `scope` names 大类 or 小类, `failing` what is 否; with a `share` below 1 a draft."""

    by: str
    days_ago: int
    kind: InspectionKind = ROUTINE
    scope: tuple[str, ...]
    failing: tuple[str, ...] = ()
    scene: str = ""
    share: float = 1.0

    @property
    def photographed(self) -> str:
        """The item that the picture belongs to; empty for the whole inspection."""
        return self.failing[0] if self.failing else ""


PLANS = (
    Plan(by=HOSPITAL_DOCTOR, days_ago=176, scope=("JG-ZZ", "JG-XW"), failing=("JG-XW-002",), scene="notice"),
    Plan(by=CLINIC_DOCTOR, days_ago=168, scope=("JG", "GG")),
    Plan(by=PHARMACIST, days_ago=151, scope=("YX-YP",), failing=("YX-YP-007", "YX-YP-008"), scene="shelf"),
    Plan(by=LABORATORY, days_ago=139, scope=("CR-YG", "CR-FW"), failing=("CR-FW-005",), scene="waste"),
    Plan(by=CLINIC_DOCTOR, days_ago=124, kind=SPECIAL, scope=("WS",), failing=("WS-CF-004",)),
    Plan(by=HOSPITAL_DOCTOR, days_ago=117, scope=("WS",), failing=("WS-CF-004", "WS-BL-003")),
    Plan(by=HOSPITAL_DOCTOR, days_ago=93, kind=SPECIAL, scope=("FS",), failing=("FS-FH-001",)),
    Plan(by=PHARMACIST, days_ago=86, scope=("YX",), failing=("YX-YP-008", "YX-QX-005")),
    Plan(by=CLINIC_DOCTOR, days_ago=71, scope=("YX",), scene="shelf"),
    Plan(
        by=HOSPITAL_DOCTOR,
        days_ago=62,
        kind=FULL,
        scope=(),
        failing=(
            *("JG-XW-019", "JG-XW-023", "RY-HS-011", "RY-YJ-004", "WS-BL-004", "YX-QX-005"),
            *("CR-ZZ-003", "CR-YG-007", "CR-FW-008", "FS-XK-005"),
        ),
        scene="notice",
    ),
    Plan(by=LABORATORY, days_ago=44, scope=("CR-SY", "RY-JS")),
    Plan(by=CLINIC_DOCTOR, days_ago=37, kind=SPECIAL, scope=("CR",), failing=("CR-ZZ-003",), scene="waste"),
    Plan(by=PHARMACIST, days_ago=25, kind=SPECIAL, scope=("YX-TS", "WS-CF"), failing=("WS-CF-004",)),
    Plan(by=HOSPITAL_DOCTOR, days_ago=16, scope=("CR",), failing=("CR-YG-007", "CR-FW-005"), scene="waste"),
    Plan(by=CLINIC_DOCTOR, days_ago=9, scope=("RY", "WS-BL"), failing=("WS-BL-003",)),
    Plan(by=HOSPITAL_DOCTOR, days_ago=6, scope=("RY", "WS"), failing=("RY-HS-011", "WS-CF-004"), share=0.6),
    Plan(by=PHARMACIST, days_ago=3, scope=("YX-YP",), failing=("YX-YP-007",), scene="shelf", share=0.4),
    Plan(by=CLINIC_DOCTOR, days_ago=1, kind=SPECIAL, scope=("YX", "WS-CF"), share=0.5),
)


def add_inspections() -> None:
    """Fill the planned inspections, oldest first, and hand the finished ones in."""
    inspectors = {user.name: user for user in db.session.scalars(select(User).where(User.is_inspector))}
    for plan in PLANS:
        _carry_out(plan, inspectors[plan.by])


def _carry_out(plan: Plan, inspector: User) -> None:
    started = working_hour(plan.days_ago, 9)
    wanted = catalog().current_checklist().expand(plan.scope or inspector.allowed_scope)
    scope = [code for code in inspector.allowed_scope if code in wanted]
    inspection = Inspection.start(inspector, scope, plan.kind)
    inspection.started_at, inspection.inspected_on = started, started.date()
    last = _fill(inspection, plan, inspector)
    if plan.share < 1:
        inspection.changed_at = last
    else:
        submit(inspection, by=inspector, at=last + timedelta(minutes=5))
        date_messages(last)
    db.session.commit()


def _fill(inspection: Inspection, plan: Plan, inspector: User) -> datetime:
    """Answer the items one after the other; return when the last one was answered."""
    features = FEATURES[inspection.institution.name]
    at = inspection.started_at
    changes = []
    for item in inspection.items[: round(inspection.total * plan.share)]:
        at += ANSWER_TIME
        changes.append(_change(OperationKind.ANSWER, item.code, _value(item, plan, features), at))
        if item.code in plan.failing:
            changes.append(_change(OperationKind.REMARK, item.code, REMARKS[item.code], at))
    if plan.scene:
        photo = Attachment.take_in(photos.scene(plan.scene), "demo.jpg", uploader=inspector)
        changes.append(_change(OperationKind.PHOTO, plan.photographed, str(photo.uuid), at))
    apply(inspection, *changes, by=inspector)
    return at


def _value(item: Item, plan: Plan, features: frozenset[str]) -> Value:
    if item.code in plan.failing:
        return Value.NO
    return Value.YES if features.intersection(item.applies_to) else Value.NA


def _change(kind: OperationKind, item: str, value: str, at: datetime) -> Change:
    # Each item is answered once, so its remark and photo come upon its first revision.
    base = 0 if kind == OperationKind.ANSWER else 1
    return Change(op=uuid7(), kind=kind, item=item, value=value, base=base, device=DEVICE, at=at.isoformat())
