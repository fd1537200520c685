"""Two devices, lost replies, repeats, any order: whatever happens, what was acknowledged is stored, once."""

from collections import Counter
from collections.abc import Callable
from typing import Any

from flask.testing import FlaskClient
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from sqlalchemy import select

from tests import factories
from tests.inspections.phones import Phone, Sent
from webapp.accounts.models import User
from webapp.database import db
from webapp.inspections.answers import Value
from webapp.inspections.models import Inspection
from webapp.inspections.operations import Operation, OperationKind, Outcome

# A 小类 of three items.
SCOPE = ["CR-SY"]
PHOTO_KINDS = st.sampled_from(["photo", "photo-remove"])
DEVICES = st.sampled_from("AB")
ITEMS = st.integers(0, 2)
FEW = st.lists(st.integers(0, 30), max_size=6)


class Device:
    """A phone that remembers what it saw, what waits and what it was told."""

    def __init__(self, phone: Phone) -> None:
        self.phone = phone
        self.seen: Counter[str] = Counter()
        self.waiting: list[Sent] = []
        self.told: dict[str, Any] = {}
        self.sent: dict[str, Sent] = {}

    def keep(self, kind: str, item: str, value: str) -> None:
        self.waiting.append(self.phone.operation(kind, item, value, base=self.seen[item]))

    def send(self, batch: list[Sent], is_lost: bool = False) -> None:
        """Send operations; of a lost reply the phone learns nothing."""
        results = self.phone.send(*batch)["results"]
        self.sent |= {sent["op"]: sent for sent in batch}
        for sent, result in zip(batch, results, strict=True):
            if sent["op"] in self.told:
                assert result == self.told[sent["op"]]
            if not is_lost:
                self.told[sent["op"]] = result
                self.seen[sent["item"]] = max(self.seen[sent["item"]], result["revision"] or 0)
        self.waiting = [sent for sent in self.waiting if sent["op"] not in self.told]


class TwoDevices(RuleBasedStateMachine):
    """One draft, filled from both."""

    open: Callable[[], tuple[Inspection, dict[str, Phone], list[str]]]

    def __init__(self) -> None:
        super().__init__()
        self.draft, phones, self.photos = self.open()
        self.devices = {name: Device(phone) for name, phone in phones.items()}
        self.codes = [item.code for item in self.draft.items]

    @rule(device=DEVICES, item=ITEMS, value=st.sampled_from(["yes", "no", "na"]))
    def answer(self, device: str, item: int, value: str) -> None:
        self.devices[device].keep("answer", self.codes[item], value)

    @rule(device=DEVICES, item=ITEMS, text=st.sampled_from(["", "缺记录", "已延续"]))
    def remark(self, device: str, item: int, text: str) -> None:
        self.devices[device].keep("remark", self.codes[item], text)

    @rule(
        device=DEVICES, item=ITEMS, photo=st.integers(0, 2), kind=st.sampled_from(["photo", "photo-remove"])
    )
    def photo(self, device: str, item: int, photo: int, kind: str) -> None:
        self.devices[device].keep(kind, self.codes[item], self.photos[photo])

    @rule(device=DEVICES, order=st.randoms(use_true_random=False), is_lost=st.booleans())
    def send(self, device: str, order: Any, is_lost: bool) -> None:
        waiting = self.devices[device].waiting
        if waiting:
            batch = order.sample(waiting, order.randint(1, len(waiting)))
            self.devices[device].send(batch[:50], is_lost)

    @rule(device=DEVICES, which=FEW)
    def send_again(self, device: str, which: list[int]) -> None:
        known = list(self.devices[device].sent.values())
        if known and which:
            self.devices[device].send([known[place % len(known)] for place in which])

    @rule(device=DEVICES)
    def look_at_the_page(self, device: str) -> None:
        db.session.expire_all()
        seen = {code: answer.revision for code, answer in self.draft.answers().items()}
        self.devices[device].seen = Counter(seen)

    @rule(device=DEVICES, item=ITEMS)
    def choose(self, device: str, item: int) -> None:
        db.session.expire_all()
        answer = self.draft.answers().get(self.codes[item])
        if answer is not None and answer.rival:
            self.devices[device].seen[answer.item] = answer.revision
            self.devices[device].keep(answer.rival["kind"], answer.item, answer.rival["value"])

    @invariant()
    def what_was_sent_is_stored_once(self) -> None:
        stored = Counter(str(operation.uuid) for operation in self.history())
        sent = {op for device in self.devices.values() for op in device.sent}
        assert stored == Counter(sent)

    @invariant()
    def the_history_leads_to_what_the_draft_says(self) -> None:
        db.session.expire_all()
        answers, applied = self.draft.answers(), [o for o in self.history() if o.outcome == Outcome.APPLIED]
        assert Counter(o.item for o in applied) == Counter({c: a.revision for c, a in answers.items()})
        said = {(o.item, o.kind): o.value for o in applied}
        for code, answer in answers.items():
            assert answer.value == said.get((code, OperationKind.ANSWER))
            assert answer.remark == said.get((code, OperationKind.REMARK), "")
        assert {str(photo.attachment.uuid): photo.item for photo in self.draft.photos} == photos_after(
            applied
        )

    @invariant()
    def the_counts_are_those_of_a_recount(self) -> None:
        values = [answer.value for answer in self.draft.answers().values()]
        assert self.draft.answered == len(values) - values.count(None)
        assert self.draft.failed == values.count(Value.NO)

    def history(self) -> list[Operation]:
        mine = select(Operation).where(Operation.inspection_id == self.draft.id)
        return list(db.session.scalars(mine.order_by(Operation.id)))

    def teardown(self) -> None:
        """In the end everything arrives and is handed in, and the record says what the draft said."""
        first, second = self.devices.values()
        for device in (first, second):
            device.send(device.waiting) if device.waiting else None
        self.look_at_the_page(first.phone.device)
        for code in self.codes:
            first.keep("answer", code, "yes")
            first.keep("remark", code, "终")
        first.send(first.waiting)
        said = {code: [answer.value, answer.remark] for code, answer in self.draft.answers().items()}
        everything = {op: sent["item"] for device in (first, second) for op, sent in device.sent.items()}
        [result] = first.phone.send(first.phone.submit(everything))["results"]
        assert result["status"] == 200
        db.session.expire_all()
        assert self.draft.record is not None and self.draft.record["answers"] == said
        assert sum(map(len, self.draft.record["photos"].values())) == len(photos_after(self.history()))


def photos_after(operations: list[Operation]) -> dict[str, str]:
    """The items of the photos that are left: a photo stands where it was put first."""
    photos: dict[str, str] = {}
    for operation in operations:
        if operation.kind == OperationKind.PHOTO:
            photos.setdefault(operation.value, operation.item)
        elif operation.kind == OperationKind.PHOTO_REMOVE and photos.get(operation.value) == operation.item:
            del photos[operation.value]
    return photos


def test_nothing_is_lost_and_nothing_doubled(as_user: Callable[[User], FlaskClient], inspector: User) -> None:
    browser = as_user(inspector)
    photos = [str(factories.AttachmentFactory(uploader=inspector).uuid) for _ in range(3)]

    def open_() -> tuple[Inspection, dict[str, Phone], list[str]]:
        draft = factories.InspectionFactory(inspector=inspector, scope=SCOPE)
        return draft, {name: Phone(browser, inspector, draft.uuid, name) for name in "AB"}, photos

    class Here(TwoDevices):
        open = staticmethod(open_)

    run_state_machine_as_test(Here, settings=settings(max_examples=30, stateful_step_count=20, deadline=None))
