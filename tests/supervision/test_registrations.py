"""注册审核: the list."""

import pytest
from bs4 import BeautifulSoup
from flask.testing import FlaskClient

from tests import factories
from tests.htmx import HTMX, normalised, swapped
from tests.sessions import counted_statements
from tests.supervision.records import registration_in, rows
from webapp.accounts.models import User
from webapp.institutions.registrations import Registration
from webapp.lists.paging import PAGE
from webapp.numbers import mask_id_number, mask_phone

URL = "/supervision/registrations"


def names(page: str) -> list[str]:
    return [row[1] for row in rows(page)]


def test_it_works(desk: FlaskClient) -> None:
    institution = registration_in(factories.DISTRICT).institution
    row = [
        "沙坪坝区",
        institution.name,
        institution.credit_code,
        "二级",
        institution.legal_person,
        mask_id_number(institution.legal_person_id_number),
        mask_phone(institution.contact_phone),
        "待审核",
        "查看",
    ]
    assert rows(desk.get(URL).text) == [row]


def test_it_has_the_columns_of_the_manual(desk: FlaskClient) -> None:
    registration_in(factories.DISTRICT)
    heads = [head.text for head in BeautifulSoup(desk.get(URL).text, "html.parser").select("th")]
    assert heads[:5] == ["经营地区", "单位名称", "统一社会信用代码", "机构级别", "法人（负责人）"]
    assert heads[5:] == ["证件号码", "联系电话", "状态", "操作"]


def test_it_asks_to_sign_in(client: FlaskClient) -> None:
    assert client.get(URL).location.startswith("/login")


def test_it_refuses_other_roles(outsider: FlaskClient) -> None:
    assert outsider.get(URL).status_code == 403


def test_it_hides_other_districts(desk: FlaskClient) -> None:
    foreign = registration_in("500103").institution
    assert foreign.name not in desk.get(URL).text


def test_it_shows_the_city_every_district(city: FlaskClient) -> None:
    for district in ("500103", "500106", "500108"):
        registration_in(district)
    assert [row[0] for row in rows(city.get(URL).text)] == ["渝中区", "沙坪坝区", "南岸区"]


def test_it_sorts_by_district_then_newest(city: FlaskClient) -> None:
    for district, name in (("500108", "甲"), ("500106", "乙"), ("500108", "丙"), ("500106", "丁")):
        registration_in(district, name=name)
    assert names(city.get(URL).text) == ["丁", "乙", "丙", "甲"]


def test_it_offers_only_districts_in_reach(desk: FlaskClient) -> None:
    options = BeautifulSoup(desk.get(URL).text, "html.parser").select("[name=district] option")
    assert [option.text for option in options] == ["全部", "沙坪坝区"]


def test_it_filters_by_district(city: FlaskClient) -> None:
    registration_in("500106", name="甲")
    registration_in("500108", name="乙")
    assert names(city.get(f"{URL}?district=500108").text) == ["乙"]


def test_it_filters_by_state(desk: FlaskClient, reviewer: User) -> None:
    registration_in(factories.DISTRICT, name="甲").approve(by=reviewer)
    registration_in(factories.DISTRICT, name="乙")
    assert names(desk.get(f"{URL}?status=approved").text) == ["甲"]


def test_it_filters_by_kind(desk: FlaskClient) -> None:
    registration_in(factories.DISTRICT, name="甲")
    assert names(desk.get(f"{URL}?kind=registration").text) == ["甲"]
    assert names(desk.get(f"{URL}?kind=change").text) == []


def test_it_filters_by_level(desk: FlaskClient) -> None:
    registration_in(factories.DISTRICT, name="甲", level="三级")
    registration_in(factories.DISTRICT, name="乙")
    assert names(desk.get(f"{URL}?level=三级").text) == ["甲"]


def test_it_filters_by_part_of_the_name(desk: FlaskClient) -> None:
    registration_in(factories.DISTRICT, name="歌乐山康复医院")
    registration_in(factories.DISTRICT, name="石井坡门诊部")
    assert names(desk.get(f"{URL}?q=康复").text) == ["歌乐山康复医院"]


def test_it_takes_a_percent_sign_for_itself(desk: FlaskClient) -> None:
    registration_in(factories.DISTRICT)
    assert names(desk.get(f"{URL}?q=%25").text) == []


def test_it_filters_by_credit_code(desk: FlaskClient) -> None:
    wanted = registration_in(factories.DISTRICT).institution
    registration_in(factories.DISTRICT)
    assert names(desk.get(f"{URL}?q={wanted.credit_code.lower()}").text) == [wanted.name]


@pytest.mark.parametrize("query", ["district=500103", "status=gone", "level=九级", f"q={'长' * 101}"])
def test_it_rejects_bad_input(desk: FlaskClient, query: str) -> None:
    answer = desk.get(f"{URL}?{query}")
    assert answer.status_code == 422
    assert BeautifulSoup(answer.text, "html.parser").select_one("[aria-invalid=true][aria-describedby]")


def test_it_says_what_is_missing_when_it_is_empty(desk: FlaskClient) -> None:
    assert "还没有注册申请" in desk.get(URL).text
    assert "没有符合条件的注册" in desk.get(f"{URL}?status=returned").text


def test_paging_shows_each_row_once(desk: FlaskClient) -> None:
    made = {registration_in(factories.DISTRICT).institution.name for _ in range(PAGE + 3)}
    first = desk.get(URL).text
    further = BeautifulSoup(first, "html.parser").select_one(".more a")
    assert further is not None
    second = desk.get(str(further["href"])).text
    assert len(names(first)) == PAGE
    assert set(names(first)) | set(names(second)) == made
    assert len(names(second)) == 3


def test_paging_crosses_districts(city: FlaskClient) -> None:
    for district in ("500106", "500108"):
        for _ in range(PAGE):
            registration_in(district)
    further = BeautifulSoup(city.get(URL).text, "html.parser").select_one(".more a")
    assert further is not None
    assert [row[0] for row in rows(city.get(str(further["href"])).text)] == ["南岸区"] * PAGE


def test_paging_keeps_the_filters(desk: FlaskClient) -> None:
    for _ in range(PAGE + 1):
        registration_in(factories.DISTRICT)
    further = BeautifulSoup(desk.get(f"{URL}?status=pending").text, "html.parser").select_one(".more a")
    assert further is not None
    assert "status=pending" in further["href"]


def test_paging_from_a_row_out_of_reach_is_not_found(desk: FlaskClient) -> None:
    foreign = registration_in("500103")
    assert desk.get(f"{URL}?after={foreign.uuid}").status_code == 404
    assert desk.get(f"{URL}?after=7").status_code == 404


def test_filtering_by_htmx_leaves_the_page_as_a_fresh_one(desk: FlaskClient) -> None:
    registration_in(factories.DISTRICT, level="三级")
    registration_in(factories.DISTRICT)
    url = f"{URL}?level=三级"
    fragment = desk.get(url, headers=HTMX)
    assert "HX-Request" in fragment.vary
    assert swapped(desk.get(URL).text, fragment.text, "#list", "outerHTML") == normalised(desk.get(url).text)


def test_more_rows_by_htmx_are_rows_alone(desk: FlaskClient) -> None:
    first = [registration_in(factories.DISTRICT) for _ in range(PAGE + 1)][1]
    fragment = desk.get(f"{URL}?after={first.uuid}", headers=HTMX).text
    assert len(rows(f"<table>{fragment}</table>")) == 1
    assert "<form" not in fragment


def test_it_counts_statements(desk: FlaskClient) -> None:
    counts = []
    for more in (5, 35):
        for _ in range(more):
            registration_in(factories.DISTRICT)
        with counted_statements() as statements:
            desk.get(URL)
        counts.append(len(statements))
    assert counts[0] == counts[1]


def test_it_shows_no_number_in_full(desk: FlaskClient) -> None:
    registration: Registration = registration_in(factories.DISTRICT)
    page = desk.get(URL).text
    assert registration.institution.legal_person_id_number not in page
    assert registration.institution.contact_phone not in page
