"""The reviewer's answer to a petition, which takes points off in the ledger and freezes the petition."""

from datetime import datetime
from decimal import Decimal

from sqlalchemy import select

from webapp.accounts.models import User
from webapp.audit.models import record
from webapp.chain import digest_of
from webapp.database import db, now
from webapp.demerits.figures import count_decision
from webapp.demerits.petitions import Outcome, Petition, points_left
from webapp.demerits.thresholds import watched
from webapp.messages.models import Message


class AlreadyDecided(Exception):
    """Another reviewer was first."""


def decide(
    petition: Petition,
    outcome: Outcome,
    reply: str,
    points_off: Decimal,
    *,
    by: User,
    at: datetime | None = None,
) -> None:
    """Answer a petition.

    :param points_off: for 部分成立 how many points are taken off, less than the entry still counts for;
        the other outcomes take off everything or nothing
    :param at: when it is decided, by default now; the demo decides some in past weeks
    :raises AlreadyDecided: it waits no longer
    :raises ValueError: a part is not between nothing and everything, or no half
    """
    waiting = select(Petition).where(Petition.id == petition.id).with_for_update(of=Petition)
    db.session.scalars(waiting.execution_options(populate_existing=True)).one()
    if not petition.is_waiting:
        raise AlreadyDecided
    left = points_left(petition.demerit)
    if outcome == Outcome.PARTLY and not (0 < points_off < left and points_off * 2 % 1 == 0):
        raise ValueError("a part lies between nothing and everything, in halves")
    with watched(petition.demerit.person), db.session.no_autoflush:
        petition.points_off = {Outcome.UPHELD: left, Outcome.PARTLY: points_off}.get(outcome, Decimal(0))
        petition.outcome, petition.reply = outcome, reply
        petition.decided_at, petition.decided_by = at or now(), db.session.get_one(User, by.id)
        petition.digest = digest_of(petition.facts(), None)
    off, digest = str(petition.points_off), petition.digest
    record(f"{petition.kind}-{outcome}", by=by, about=petition, points_off=off, digest=digest)
    _tell_institution(petition)
    count_decision(petition, left - petition.points_off)
    db.session.commit()


def _tell_institution(petition: Petition) -> None:
    demerit = petition.demerit
    administrators = db.session.scalars(
        User.administrators_of(petition.institution_id).with_only_columns(User.id)
    )
    off = f"，减去 {petition.points_off} 分" if petition.points_off else ""
    Message.send_to_all(
        {*administrators, petition.filed_by_id},
        f"{petition.kind.label}：{petition.state_title}",
        f"{demerit.facts['name']}的 {demerit.points} 分记分{off}。监督员意见：{petition.reply}",
        f"/demerits/{demerit.uuid}",
    )
