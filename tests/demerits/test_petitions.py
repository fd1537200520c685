"""撤销申请 and 陈述申辩: filed beside an entry, decided by a reviewer, never changing the entry."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from bs4 import BeautifulSoup
from flask.testing import FlaskClient
from sqlalchemy import func, select, update
from sqlalchemy.exc import DatabaseError

from tests import factories
from tests.databases import drop_trigger
from tests.htmx import HTMX, normalised, swapped
from webapp.accounts.models import User
from webapp.audit.models import AuditEntry
from webapp.database import db, now, uuid7
from webapp.demerits.decisions import AlreadyDecided, decide
from webapp.demerits.models import Demerit
from webapp.demerits.petitions import Outcome, Petition, PetitionKind, file
from webapp.demerits.submission import submit
from webapp.demerits.verification import broken_petitions
from webapp.messages.models import Message

SignedIn = Callable[[User], FlaskClient]
REASON = "当日排班记错了人，附排班表。"


@pytest.fixture
def demerit(scorer: User) -> Demerit:
    made: Demerit = factories.DemeritFactory(scorer=scorer, items=["A3-01"])
    submit(made, by=scorer)
    return made


@pytest.fixture
def petition(demerit: Demerit, scorer: User) -> Petition:
    return file(demerit, PetitionKind.OBJECTION, REASON, [], uuid7(), by=scorer)


def url(demerit: Demerit, kind: str) -> str:
    return f"/demerits/{demerit.uuid}/{kind}"


def filed() -> list[Petition]:
    return list(db.session.scalars(select(Petition)))


def titles(user: User) -> list[str]:
    return [message.title for message in db.session.scalars(Message.visible_to(user).order_by(Message.id))]


@pytest.mark.parametrize("kind", PetitionKind)
@pytest.mark.parametrize("role", ["scorer", "administrator"])
def test_it_works(
    as_user: SignedIn, demerit: Demerit, reviewer: User, request: pytest.FixtureRequest, kind: str, role: str
) -> None:
    user: User = request.getfixturevalue(role)
    answer = as_user(user).post(url(demerit, kind), data={"reason": REASON, "uuid": str(uuid7())})
    assert (answer.status_code, answer.location) == (303, f"/demerits/{demerit.uuid}")
    (petition,) = filed()
    assert (petition.kind, petition.reason, petition.filed_by_id) == (kind, REASON, user.id)
    assert titles(reviewer) == [f"收到{petition.kind.label}"]
    page = as_user(user).get(f"/demerits/{demerit.uuid}").text
    assert REASON in page and "待处理" in page


@pytest.mark.parametrize("kind", PetitionKind)
def test_it_refuses_strangers(as_user: SignedIn, demerit: Demerit, other_scorer: User, kind: str) -> None:
    assert as_user(other_scorer).get(url(demerit, kind)).status_code == 404
    assert as_user(other_scorer).post(url(demerit, kind), data={"reason": REASON}).status_code == 404
    assert filed() == []


@pytest.mark.parametrize(
    ("reason", "message"), [("", "至少 5 个字"), ("错了", "至少 5 个字"), ("错" * 1001, "最多 1000 个字")]
)
def test_it_asks_for_a_reason(phone: FlaskClient, demerit: Demerit, reason: str, message: str) -> None:
    answer = phone.post(url(demerit, "reversal"), data={"reason": reason})
    page = BeautifulSoup(answer.text, "html.parser")
    field = page.select_one("[name=reason][aria-invalid=true]")
    assert answer.status_code == 422 and field is not None
    assert message in answer.text and field.text.strip() == reason
    assert filed() == []


def test_its_photos_reach_the_reviewer(
    phone: FlaskClient,
    as_user: SignedIn,
    demerit: Demerit,
    scorer: User,
    reviewer: User,
    other_reviewer: User,
) -> None:
    photo = factories.AttachmentFactory(uploader=scorer)
    phone.post(url(demerit, "objection"), data={"reason": REASON, "photos": [str(photo.uuid)]})
    (petition,) = filed()
    assert petition.attachments == [photo]
    address = f"/attachments/{photo.uuid}"
    assert address in phone.get(f"/demerits/{demerit.uuid}").text
    assert address in as_user(reviewer).get(f"/supervision/petitions/{petition.uuid}").text
    assert as_user(reviewer).get(address).status_code == 200
    assert as_user(other_reviewer).get(address).status_code == 404


@pytest.mark.parametrize("reason", ["", REASON])
def test_the_fragment_leaves_the_page_as_a_fresh_one(
    phone: FlaskClient, demerit: Demerit, scorer: User, reason: str
) -> None:
    """A refusal of what was typed, and one because another petition was faster."""
    before = phone.get(url(demerit, "reversal")).text
    data = {"reason": reason, "uuid": str(uuid7())}
    if reason:
        file(demerit, PetitionKind.REVERSAL, REASON, [], uuid7(), by=scorer)
    fresh = phone.post(url(demerit, "reversal"), data=data)
    piece = phone.post(url(demerit, "reversal"), data=data, headers=HTMX)
    assert piece.status_code == fresh.status_code == (409 if reason else 422)
    assert swapped(before, piece.text, "#petition", "outerHTML") == normalised(fresh.text)


def test_sending_the_form_twice_files_once(phone: FlaskClient, demerit: Demerit) -> None:
    data = {"reason": REASON, "uuid": str(uuid7())}
    assert [phone.post(url(demerit, "reversal"), data=data).status_code for _ in range(2)] == [303, 303]
    assert len(filed()) == 1


def test_one_waits_at_a_time(phone: FlaskClient, petition: Petition) -> None:
    answer = phone.post(url(petition.demerit, "reversal"), data={"reason": REASON})
    assert answer.status_code == 409 and "正在等待监督员处理" in answer.text
    assert REASON in answer.text
    assert filed() == [petition]


def test_an_objection_has_a_deadline(phone: FlaskClient, scorer: User) -> None:
    for days, status in ((15, 200), (16, 409)):
        late: Demerit = factories.DemeritFactory(scorer=scorer)
        submit(late, by=scorer, at=now() - timedelta(days=days))
        page = phone.get(url(late, "objection")).text
        assert ("现在已经超过" in page) == (status == 409)
        data = {"reason": REASON, "uuid": str(uuid7())}
        assert phone.post(url(late, "objection"), data=data).status_code == (303 if status == 200 else 409)
    assert [petition.kind for petition in filed()] == [PetitionKind.OBJECTION]


def test_a_draft_is_edited_instead(phone: FlaskClient, scorer: User) -> None:
    draft = factories.DemeritFactory(scorer=scorer)
    assert "可以直接修改或删除草稿" in phone.get(url(draft, "reversal")).text


def test_only_an_open_way_is_offered(
    phone: FlaskClient, demerit: Demerit, reviewer: User, scorer: User
) -> None:
    shown = phone.get(f"/demerits/{demerit.uuid}").text
    assert url(demerit, "objection") in shown and url(demerit, "reversal") in shown
    petition = file(demerit, PetitionKind.OBJECTION, REASON, [], uuid7(), by=scorer)
    decide(petition, Outcome.REJECTED, "证据不足", Decimal(0), by=reviewer)
    shown = phone.get(f"/demerits/{demerit.uuid}").text
    assert url(demerit, "objection") not in shown and url(demerit, "reversal") in shown


@pytest.mark.parametrize(
    ("outcome", "part", "off"),
    [(Outcome.UPHELD, "0", "4"), (Outcome.PARTLY, "1.5", "1.5"), (Outcome.REJECTED, "3", "0")],
)
def test_a_decision_takes_points_off(
    petition: Petition, reviewer: User, scorer: User, outcome: Outcome, part: str, off: str
) -> None:
    before = petition.demerit.digest
    decide(petition, outcome, "已核对", Decimal(part), by=reviewer)
    db.session.expire_all()
    assert petition.points_off == Decimal(off) and petition.decided_by_id == reviewer.id
    assert petition.demerit.digest == before and petition.demerit.points == 4
    assert titles(scorer)[-1] == f"陈述申辩：{petition.state_title}"
    entry = db.session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc()).limit(1)).one()
    assert (entry.action, entry.detail) == (
        f"objection-{outcome}",
        {"points_off": off, "digest": petition.digest},
    )


@pytest.mark.parametrize(
    ("outcome", "in_list", "left"),
    [
        (Outcome.UPHELD, "4（已撤销）", "0分"),
        (Outcome.PARTLY, "4（减 1.5）", "2.5分"),
        (Outcome.REJECTED, "4", "4分"),
    ],
)
def test_what_was_taken_off_stands_beside_the_points(
    phone: FlaskClient, petition: Petition, reviewer: User, outcome: Outcome, in_list: str, left: str
) -> None:
    decide(petition, outcome, "已核对", Decimal("1.5"), by=reviewer)
    listed = BeautifulSoup(phone.get("/demerits").text, "lxml").select_one(".meta")
    detail = BeautifulSoup(phone.get(f"/demerits/{petition.demerit.uuid}").text, "lxml")
    assert f"记分分值：{in_list}记分日期" in listed.text
    assert detail.select_one(".spread .num > strong").text == left
    assert bool(detail.select_one(".spread .num > s")) == (left != "4分")


def test_halves_are_written_alike_before_and_after_they_are_stored(
    phone: FlaskClient, scorer: User, reviewer: User
) -> None:
    demerit = factories.DemeritFactory(scorer=scorer, items=["A1-05", "A2-01"])
    submit(demerit, by=scorer)
    for kind, outcome, left in (("objection", Outcome.PARTLY, "2分"), ("reversal", Outcome.UPHELD, "0分")):
        petition = file(demerit, PetitionKind(kind), REASON, [], uuid7(), by=scorer)
        decide(petition, outcome, "已核对", Decimal("0.50"), by=reviewer)
        page = BeautifulSoup(phone.get(f"/demerits/{demerit.uuid}").text, "lxml")
        assert page.select_one(".spread .num > strong").text == left
    assert [petition.points_off for petition in filed()] == [Decimal("0.5"), 2]
    assert broken_petitions() == (2, [])


@pytest.mark.parametrize("part", ["0", "4", "5", "-1", "0.25"])
def test_a_part_is_neither_nothing_nor_everything(petition: Petition, reviewer: User, part: str) -> None:
    with pytest.raises(ValueError, match="between"):
        decide(petition, Outcome.PARTLY, "已核对", Decimal(part), by=reviewer)


def test_the_second_decision_is_refused(petition: Petition, reviewer: User) -> None:
    decide(petition, Outcome.UPHELD, "已核对", Decimal(0), by=reviewer)
    with pytest.raises(AlreadyDecided):
        decide(petition, Outcome.REJECTED, "不同意", Decimal(0), by=reviewer)


def test_a_decided_petition_is_frozen(petition: Petition, reviewer: User) -> None:
    decide(petition, Outcome.UPHELD, "已核对", Decimal(0), by=reviewer)
    for statement in (update(Petition).values(points_off=Decimal(1)), db.delete(Petition)):
        with pytest.raises(DatabaseError):
            db.session.execute(statement)
        db.session.rollback()


def test_a_changed_decision_is_noticed(petition: Petition, reviewer: User) -> None:
    decide(petition, Outcome.UPHELD, "已核对", Decimal(0), by=reviewer)
    assert broken_petitions() == (1, [])
    drop_trigger("petitions_no_update", "petitions")
    db.session.execute(update(Petition).values(points_off=Decimal(1)))
    db.session.commit()
    db.session.expire_all()
    checked, (fault,) = broken_petitions()
    assert checked == 1 and fault.uuid == petition.uuid


def entered(scorer: User, person: object, *items: str) -> Demerit:
    demerit: Demerit = factories.DemeritFactory(scorer=scorer, person=person, items=list(items))
    submit(demerit, by=scorer, at=datetime.now(UTC))
    return demerit


def test_reaching_a_threshold_is_told_once(
    scorer: User, other_scorer: User, administrator: User, stranger: User, reviewer: User
) -> None:
    person = factories.MedicalPersonFactory(institution=scorer.institution)
    twin = factories.MedicalPersonFactory(institution=other_scorer.institution, id_number=person.id_number)
    entered(scorer, person, "A3-01")
    assert not any("累计记分" in title for user in (administrator, reviewer) for title in titles(user))
    entered(other_scorer, twin, "A3-01")
    entered(scorer, person, "A1-02")
    for user in (administrator, stranger, reviewer):
        assert [title for title in titles(user) if "累计记分" in title] == ["累计记分达到8分"]


def test_falling_below_a_threshold_is_told(scorer: User, administrator: User, reviewer: User) -> None:
    person = factories.MedicalPersonFactory(institution=scorer.institution)
    demerit = entered(scorer, person, "A3-01", "A3-02")
    petition = file(demerit, PetitionKind.REVERSAL, REASON, [], uuid7(), by=scorer)
    decide(petition, Outcome.UPHELD, "已核对", Decimal(0), by=reviewer)
    told = [title for title in titles(administrator) if "累计记分" in title]
    assert told == ["累计记分达到8分", "累计记分降到8分以下"]
    bodies = db.session.scalars(select(Message.body))
    assert not any(person.id_number in body for body in bodies)
    assert db.session.scalar(select(func.count()).select_from(Petition)) == 1
