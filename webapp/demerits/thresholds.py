"""Telling those responsible when a person's points reach a threshold of the rules, or fall below it."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

from sqlalchemy import select

from webapp.accounts.models import User
from webapp.database import db
from webapp.demerits.ledger import Standing, standings
from webapp.demerits.persons import MedicalPerson
from webapp.institutions.models import Institution
from webapp.messages.models import Message


@contextmanager
def watched(person: MedicalPerson, on: date | None = None) -> Iterator[None]:
    """Send messages if what happens inside lets the person's total cross a threshold.

    Two institutions may record the same person at once, so the rows of the person are locked first: one of
    the two sees the other's points.

    :param on: the day whose cycle counts, by default today
    """
    number = person.id_number_index
    bearers = select(MedicalPerson).where(MedicalPerson.id_number_index == number)
    db.session.scalars(bearers.order_by(MedicalPerson.id).with_for_update()).all()
    before = standings([number], on)[number]
    yield
    db.session.flush()
    after = standings([number], on)[number]
    if after.reached != before.reached:
        _tell(person, before, after)


def _tell(person: MedicalPerson, before: Standing, after: Standing) -> None:
    title, body = _words(person.name, before, after)
    rows = db.session.execute(
        select(MedicalPerson.uuid, Institution.id, Institution.district)
        .join(Institution, Institution.id == MedicalPerson.institution_id)
        .where(MedicalPerson.id_number_index == person.id_number_index)
        .order_by((MedicalPerson.id != person.id), MedicalPerson.id)
    )
    told: set[int] = set()
    for uuid, institution_id, district in rows:
        for receivers, link in (
            (User.administrators_of(institution_id), f"/persons/{uuid}/ledger"),
            (User.reviewers_of(district), f"/supervision/persons/{uuid}"),
        ):
            new = set(db.session.scalars(receivers.with_only_columns(User.id))) - told
            Message.send_to_all(sorted(new), title, body, link)
            told |= new


def _words(name: str, before: Standing, after: Standing) -> tuple[str, str]:
    if after.reached and after.total > before.total:
        return (
            f"累计记分达到{after.reached.points}分",
            f"{name}本周期累计 {after.total} 分，达到参考阈值 {after.reached.points} 分。"
            f"参考处理：{after.reached.consequence}",
        )
    assert before.reached
    return (
        f"累计记分降到{before.reached.points}分以下",
        f"{name}的记分有撤销，本周期累计现为 {after.total} 分，低于参考阈值 {before.reached.points} 分。",
    )
