"""工作台: what waits, what is late, and a place for each plot."""

from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from flask.testing import FlaskClient

from tests import factories
from tests.htmx import HTMX, normalised, swapped
from tests.sessions import counted_statements
from tests.supervision.records import handed_in, inspector_in, registration_in
from webapp.accounts.models import User
from webapp.database import db, now, uuid7
from webapp.demerits.petitions import Petition, PetitionKind, file
from webapp.demerits.submission import submit
from webapp.inspections.models import InspectionKind
from webapp.institutions.changes import propose
from webapp.institutions.registrations import Registration

URL, OVERDUE = "/supervision/", "/supervision/overdue"


def soup(page: str) -> BeautifulSoup:
    return BeautifulSoup(page, "html.parser")


def waiting(page: str) -> dict[str, str]:
    """What each of the four figures says."""
    return {card.span.text: card.b.text for card in soup(page).select(".figure") if card.span and card.b}


def lines(page: str) -> list[str]:
    """What the lines of 等待最久 or of 逾期提醒 say."""
    return [link.get_text(" ", strip=True) for link in soup(page).select("a.record")]


def petition_in(district: str, kind: PetitionKind = PetitionKind.REVERSAL) -> Petition:
    """A petition that waits in a district."""
    institution = factories.InstitutionFactory(district=district)
    scorer: User = factories.UserFactory(scorer=True, institution=institution)
    demerit = factories.DemeritFactory(scorer=scorer)
    submit(demerit, by=scorer)
    return file(demerit, kind, "记错了人", (), uuid7(), by=scorer)


def everything_in(district: str) -> Registration:
    """One of each kind that waits, and the registration among them."""
    registration = registration_in(district, name="歌乐山康复医院")
    for kind in PetitionKind:
        petition_in(district, kind)
    administrator = factories.UserFactory(
        administrator=True, institution=factories.InstitutionFactory(district=district)
    )
    propose(administrator.institution, {"name": ["旧名", "新名"]}, by=administrator)
    db.session.commit()
    return registration


def test_it_counts_what_waits(desk: FlaskClient) -> None:
    everything_in(factories.DISTRICT)
    counts = {"待审核注册": "1", "待审核变更": "1", "撤销申请": "1", "陈述申辩": "1"}
    assert waiting(desk.get(URL).text) == counts


def test_each_figure_opens_its_list(desk: FlaskClient) -> None:
    everything_in(factories.DISTRICT)
    for card in soup(desk.get(URL).text).select("a.figure"):
        rows = soup(desk.get(str(card["href"])).text).select("tr[data-href]")
        assert len(rows) == 1


def test_what_has_waited_longest_stands_first(desk: FlaskClient) -> None:
    registration = everything_in(factories.DISTRICT)
    registration.submitted_at = now() - timedelta(days=9)
    db.session.commit()
    longest = lines(desk.get(URL).text)
    assert len(longest) == 4
    assert longest[0].startswith("歌乐山康复医院 等待 9 天 注册 · 沙坪坝区")


def test_more_than_a_week_is_late(desk: FlaskClient) -> None:
    registration = registration_in(factories.DISTRICT)
    registration.submitted_at = now() - timedelta(days=8)
    db.session.commit()
    assert "1 件超过 7 天" in desk.get(URL).text


def test_it_says_who_is_behind(desk: FlaskClient, inspector: User) -> None:
    factories.InstitutionFactory()
    handed_in(inspector)
    late = lines(desk.get(OVERDUE).text)
    assert late[0] == "本季度还没有自查 1 家 已通过审核的机构共 2 家"
    assert "还没有全面自查 2 家" in late[1]
    handed_in(inspector, kind=InspectionKind.FULL)
    assert "还没有全面自查 1 家" in lines(desk.get(OVERDUE).text)[1]


def test_those_who_are_behind_are_one_link_away(desk: FlaskClient, inspector: User) -> None:
    behind = factories.InstitutionFactory()
    handed_in(inspector)
    links = soup(desk.get(OVERDUE).text).select("a.record")
    rows = soup(desk.get(str(links[0]["href"])).text).select("tr[data-href]")
    assert [behind.name in row.text for row in rows] == [True]


def test_it_stops_at_the_district(elsewhere: FlaskClient, inspector: User) -> None:
    everything_in(factories.DISTRICT)
    handed_in(inspector)
    page = elsewhere.get(URL).text
    assert set(waiting(page).values()) == {"0"}
    assert lines(page) == []
    late = lines(elsewhere.get(OVERDUE).text)
    assert [line.endswith("共 0 家") for line in late] == [True, True]


def test_an_empty_desk_says_so(desk: FlaskClient) -> None:
    page = desk.get(URL).text
    assert "没有等待处理的事项" in page
    assert page.count("没有待办") == 4


def test_each_plot_has_a_place_that_asks_for_it(desk: FlaskClient) -> None:
    page = soup(desk.get(f"{URL}?period=3&level=二级").text)
    places = page.select("#plots [hx-trigger=load]")
    assert len(places) == 5
    for place in places:
        assert place["href"] == place["hx-get"]
        assert "period=3" in place["href"]
        assert desk.get(str(place["hx-get"]), headers=HTMX).status_code == 200


def test_what_is_overdue_comes_after_the_page(desk: FlaskClient, inspector: User) -> None:
    handed_in(inspector)
    place = soup(desk.get(URL).text).select_one(".plots [hx-trigger=load]")
    assert place is not None and place["href"] == place["hx-get"] == OVERDUE
    assert lines(desk.get(OVERDUE, headers=HTMX).text) == lines(desk.get(OVERDUE).text) != []


def test_filtering_by_htmx_leaves_the_plots_as_a_fresh_page(desk: FlaskClient) -> None:
    url = f"{URL}?period=2026"
    fragment = desk.get(url, headers=HTMX).text
    whole = normalised(desk.get(url).text)
    assert swapped(desk.get(URL).text, fragment, "#plots", "outerHTML") == whole


@pytest.mark.parametrize("query", ["period=1999", "level=九级", "district=500103"])
def test_it_rejects_bad_input(desk: FlaskClient, query: str) -> None:
    answer = desk.get(f"{URL}?{query}")
    assert answer.status_code == 422
    assert soup(answer.text).select_one("[aria-invalid=true][aria-describedby]")
    assert not soup(answer.text).select("#plots [hx-trigger=load]")


def test_the_drawing_library_is_loaded_here_alone(desk: FlaskClient) -> None:
    assert "echarts" in desk.get(URL).text
    others = ("registrations", "inspections", "demerits", "petitions", "institutions")
    assert not any("echarts" in desk.get(f"{URL}{name}").text for name in others)


def test_the_side_bar_counts_what_waits(desk: FlaskClient) -> None:
    registration_in(factories.DISTRICT)
    badge = soup(desk.get(URL).text).select_one(".side-nav .count-badge")
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
            petition_in(factories.DISTRICT)
            handed_in(inspector_in(factories.DISTRICT))
        with counted_statements() as statements:
            desk.get(URL)
        counts.append(len(statements))
    assert counts[0] == counts[1]
