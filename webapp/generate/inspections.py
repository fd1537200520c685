"""自查: frozen records of past years, chained, and some drafts that are still open."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import accumulate

from webapp.catalog import Item, catalog
from webapp.generate.draw import Draw, moments
from webapp.generate.people import People
from webapp.generate.plans import Answers, Plan, Profile
from webapp.generate.world import SIZES, Member, Place
from webapp.inspections.answers import Answer, Value
from webapp.inspections.models import Inspection
from webapp.inspections.operations import Change, Operation, OperationKind, Outcome
from webapp.inspections.submission import record_of

# Every other one of the newest fiftieth is not handed in yet.
NEWEST = 50
ANSWER_TIME = timedelta(seconds=35)
DEVICE = "generated"


@dataclass
class Inspections:
    """Writes the inspections of one run."""

    people: People
    draw: Draw
    profiles: list[Profile]
    last: date

    def add(self, places: Sequence[Place], number: int) -> Iterator[None]:
        """Add so many inspections in the order of time; yield after each."""
        self.checklist = catalog().current_checklist()
        sums = list(accumulate(SIZES[place.level].weight for place in places))
        for count, (day, moment) in enumerate(moments(number, self.last, self.draw)):
            place = self.draw.choices(places, cum_weights=sums)[0]
            self._carry_out(place, day, moment, is_open=count % 2 == 0 and count >= number - number // NEWEST)
            yield

    def _carry_out(self, place: Place, day: date, moment: datetime, is_open: bool) -> None:
        plan, era = self.draw.choice(self.profiles[place.profile].plans), place.era_on(day)
        inspector = self.draw.choice(place.inspectors)
        answers = plan.answered(self.draw)
        inspection = Inspection(
            uuid=self.draw.uuid7(moment),
            institution_id=place.id,
            district=era.district,
            level=place.level,
            revision_id=era.revision_id,
            inspector_id=inspector.id,
            kind=plan.kind,
            inspected_on=day,
            started_at=moment - ANSWER_TIME * len(plan.items),
            changed_at=moment,
            **plan.extent,
        )
        if is_open:
            self._leave_open(inspection, plan, answers)
        else:
            self._hand_in(inspection, place, inspector, answers)

    def _hand_in(self, inspection: Inspection, place: Place, inspector: Member, answers: Answers) -> None:
        moment = inspection.submitted_at = inspection.changed_at
        record = record_of(
            uuid=inspection.uuid,
            kind=inspection.kind,
            checklist=self.checklist,
            institution=place.era_on(inspection.inspected_on).about,
            inspector=inspector.about,
            submitted_at=moment,
            remark="",
            answers=answers,
            photos={},
        )
        inspection.answered, inspection.failed = len(answers), _failed(answers)
        for name, value in place.inspections.link(record).items():
            setattr(inspection, name, value)
        self.people.bulk.add(inspection)
        digest = inspection.digest or ""
        self.people.note("inspection-submitted", inspector, inspection, place.name, moment, digest=digest)

    def _leave_open(self, inspection: Inspection, plan: Plan, answers: Answers) -> None:
        items = plan.items[: self.draw.randrange(len(plan.items))]
        said = {item.code: answers[item.code] for item in items}
        inspection.answered, inspection.failed = len(said), _failed(said)
        self.people.bulk.add(inspection)
        at = inspection.started_at
        for item in items:
            at += ANSWER_TIME
            value, remark = said[item.code]
            self._answer(inspection, item, value, remark, at)

    def _answer(self, inspection: Inspection, item: Item, value: str, remark: str, at: datetime) -> None:
        """Write an item's answer, and its remark if there is one, with the operations that led to them."""
        said = {OperationKind.ANSWER: value} | ({OperationKind.REMARK: remark} if remark else {})
        answer = Answer(
            inspection_id=inspection.id,
            item=item.code,
            institution_id=inspection.institution_id,
            chapter=item.subcategory,
            value=value,
            remark=remark,
            revision=len(said),
        )
        self.people.bulk.add(answer)
        for base, (kind, text) in enumerate(said.items()):
            change = Change(
                op=self.draw.uuid7(at),
                kind=kind,
                item=item.code,
                value=text,
                base=base,
                device=DEVICE,
                at=at.isoformat(),
            )
            self.people.bulk.add(_operation(inspection, change, at))


def _failed(answers: Answers) -> int:
    return sum(value == Value.NO for value, _ in answers.values())


def _operation(inspection: Inspection, change: Change, at: datetime) -> Operation:
    return Operation(
        uuid=change.op,
        institution_id=inspection.institution_id,
        inspection_id=inspection.id,
        user_id=inspection.inspector_id,
        device=change.device,
        seq=change.seq,
        kind=change.kind,
        item=change.item,
        value=change.value,
        base=change.base,
        at=change.at,
        received_at=at,
        body_digest=change.digest,
        outcome=Outcome.APPLIED,
        revision=change.base + 1,
    )
