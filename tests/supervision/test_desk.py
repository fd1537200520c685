"""工作台: what waits, what is new, four figures."""

import pytest
from bs4 import BeautifulSoup
from flask.testing import FlaskClient

from tests import factories
from tests.sessions import counted_statements
from tests.supervision.records import handed_in, inspector_in, registration_in
from webapp.accounts.models import User

URL = "/supervision/"


def figures(page: str) -> dict[str, str]:
    found = BeautifulSoup(page, "html.parser").select(".figure")
    return {card.span.text: card.b.text for card in found if card.span and card.b}


def test_it_works(desk: FlaskClient, inspector: User) -> None:
    registration_in(factories.DISTRICT, name="歌乐山康复医院")
    handed_in(inspector, failing=2)
    page = desk.get(URL).text
    assert list(figures(page).values()) == ["1", "1", "2", "1"]
    assert "歌乐山康复医院" in page


def test_figures_stop_at_the_district(elsewhere: FlaskClient, inspector: User) -> None:
    registration_in(factories.DISTRICT)
    handed_in(inspector, failing=2)
    assert set(figures(elsewhere.get(URL).text).values()) == {"0"}


def test_last_months_inspections_are_not_counted(
    desk: FlaskClient, inspector: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    handed_in(inspector, failing=2)
    later = factories.InspectionFactory(inspector=inspector).started_at.replace(year=2030)
    monkeypatch.setattr("webapp.supervision.views.now", lambda: later)
    told = figures(desk.get(URL).text)
    assert (told["本月上报自查"], told["本月答“否”项目"]) == ("0", "0")


def test_an_empty_desk_says_so(desk: FlaskClient) -> None:
    page = desk.get(URL).text
    assert "没有待审核的注册" in page
    assert "还没有自查记录" in page


def test_the_side_bar_counts_what_waits(desk: FlaskClient) -> None:
    registration_in(factories.DISTRICT)
    badge = BeautifulSoup(desk.get(URL).text, "html.parser").select_one(".side-nav .count-badge")
    assert badge is not None and badge.text.startswith("1")


def test_home_leads_reviewers_here(desk: FlaskClient) -> None:
    assert desk.get("/").location == URL


def test_it_asks_to_sign_in(client: FlaskClient) -> None:
    assert client.get(URL).location.startswith("/login")


def test_it_refuses_other_roles(outsider: FlaskClient) -> None:
    assert outsider.get(URL).status_code == 403


def test_it_counts_statements(desk: FlaskClient) -> None:
    counts = []
    for more in (5, 10):
        for _ in range(more):
            registration_in(factories.DISTRICT)
            handed_in(inspector_in(factories.DISTRICT))
        with counted_statements() as statements:
            desk.get(URL)
        counts.append(len(statements))
    assert counts[0] == counts[1]
