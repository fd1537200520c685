"""不良记分详情 of the reviewers."""

import pytest
from bs4 import BeautifulSoup
from flask.testing import FlaskClient

from tests import factories
from tests.htmx import HTMX
from tests.supervision.test_demerits import NUMBER, handed_in, person_of, scorer_in
from webapp.accounts.models import User
from webapp.audit.models import AuditEntry
from webapp.database import db
from webapp.demerits.models import Demerit


@pytest.fixture
def demerit(app: object) -> Demerit:
    scorer: User = scorer_in(factories.DISTRICT)
    return handed_in(
        scorer, person=person_of(scorer, name="样例甲", id_number=NUMBER), items=["A1-01", "A1-02"]
    )


def url_of(demerit: Demerit) -> str:
    return f"/supervision/demerits/{demerit.uuid}"


def test_it_works(desk: FlaskClient, demerit: Demerit) -> None:
    page = BeautifulSoup(desk.get(url_of(demerit)).text, "html.parser")
    assert [head.text for head in page.select("h2")] == ["记分信息", "基本信息", "扣分内容", "材料信息"]
    text = page.main.get_text(" ", strip=True) if page.main else ""
    for shown in ("样例甲", "5001********0018", demerit.institution.name, f"{demerit.points}分", "总计："):
        assert shown in text
    assert [item.text.strip() for item in page.select(".item .points")] == [
        f"{demerit.rules.items[code].points}分" for code in demerit.items
    ]
    assert NUMBER not in desk.get(url_of(demerit)).text


def test_it_shows_the_data_of_then(desk: FlaskClient, demerit: Demerit) -> None:
    demerit.person.change({"name": "改名"}, by=demerit.scorer)
    assert "样例甲" in desk.get(url_of(demerit)).text


def test_it_hides_other_districts(elsewhere: FlaskClient, demerit: Demerit) -> None:
    assert elsewhere.get(url_of(demerit)).status_code == 404
    assert elsewhere.post(f"{url_of(demerit)}/number").status_code == 404


def test_it_refuses_other_roles(outsider: FlaskClient, demerit: Demerit) -> None:
    assert outsider.get(url_of(demerit)).status_code == 403


def test_a_draft_is_not_found(desk: FlaskClient) -> None:
    draft = factories.DemeritFactory(scorer=scorer_in(factories.DISTRICT))
    assert desk.get(url_of(draft)).status_code == 404


def test_the_number_is_shown_on_a_recorded_tap(desk: FlaskClient, demerit: Demerit, reviewer: User) -> None:
    answer = desk.post(f"{url_of(demerit)}/number", headers=HTMX)
    assert NUMBER in answer.text
    entry = db.session.scalars(db.select(AuditEntry).where(AuditEntry.action == "numbers-shown")).one()
    assert (entry.user_id, entry.subject) == (reviewer.id, demerit.uuid)
