"""撤销与申辩 of the reviewers: the list and the decision."""

from decimal import Decimal

import pytest
from bs4 import BeautifulSoup
from flask.testing import FlaskClient

from tests import factories
from tests.htmx import HTMX, normalised, swapped
from tests.sessions import counted_statements
from tests.supervision.records import rows
from tests.supervision.test_demerits import handed_in, scorer_in
from webapp.accounts.models import User
from webapp.database import db, uuid7
from webapp.demerits.petitions import Outcome, Petition, PetitionKind, file
from webapp.formats import local_date

URL = "/supervision/petitions"
REASON = "当日排班记错了人，附排班表。"


def filed(
    kind: PetitionKind = PetitionKind.OBJECTION, district: str = factories.DISTRICT, items: str = "A3-01"
) -> Petition:
    scorer: User = scorer_in(district)
    demerit = handed_in(scorer, items=[items])
    return file(demerit, kind, REASON, [], uuid7(), by=scorer)


def decision(petition: Petition) -> str:
    return f"{URL}/{petition.uuid}/decision"


def answered(desk: FlaskClient, petition: Petition, **data: str) -> int:
    return desk.post(decision(petition), data={"reply": "已核对排班表", **data}).status_code


def test_it_works(desk: FlaskClient, app: object) -> None:
    petition = filed()
    demerit = petition.demerit
    assert rows(desk.get(URL).text) == [
        [
            "沙坪坝区",
            demerit.facts["name"],
            "陈述申辩",
            "4",
            f"{demerit.recorded_on}",
            petition.filed_by.name,
            f"{local_date(petition.filed_at)}",
            "待处理",
            "查看",
        ]
    ]
    page = desk.get(f"{URL}/{petition.uuid}").text
    assert REASON in page and "部分成立" in page


def test_it_refuses_other_roles(outsider: FlaskClient, app: object) -> None:
    petition = filed()
    for url in (URL, f"{URL}/{petition.uuid}"):
        assert outsider.get(url).status_code == 403
    assert outsider.post(decision(petition)).status_code == 403


def test_it_hides_other_districts(elsewhere: FlaskClient, app: object) -> None:
    petition = filed()
    assert rows(elsewhere.get(URL).text) == []
    assert elsewhere.get(f"{URL}/{petition.uuid}").status_code == 404
    assert elsewhere.post(decision(petition)).status_code == 404


def badge(desk: FlaskClient) -> str | None:
    page = BeautifulSoup(desk.get(URL).text, "html.parser")
    found = page.select_one(f".side-nav a[href='{URL}'] .count-badge")
    return found.text if found else None


def test_the_side_bar_counts_what_waits(desk: FlaskClient, app: object) -> None:
    petition = filed()
    filed(district="500103")

    assert badge(desk) == "1 条待办"
    assert answered(desk, petition, outcome="upheld") == 303
    assert badge(desk) is None


def test_it_filters(desk: FlaskClient, app: object) -> None:
    objection, reversal = filed(), filed(PetitionKind.REVERSAL)
    assert answered(desk, objection, outcome="rejected") == 303
    for query, kept in (
        ("kind=objection", objection),
        ("state=decided", objection),
        ("state=waiting", reversal),
    ):
        assert [row[1] for row in rows(desk.get(f"{URL}?{query}").text)] == [kept.demerit.facts["name"]]
    assert desk.get(f"{URL}?kind=x").status_code == 422


@pytest.mark.parametrize(
    ("data", "off"),
    [
        ({"outcome": "upheld"}, "4"),
        ({"outcome": "partly", "points_off": "2.5"}, "2.5"),
        ({"outcome": "rejected", "points_off": "2"}, "0"),
    ],
)
def test_a_decision_is_kept(desk: FlaskClient, reviewer: User, data: dict[str, str], off: str) -> None:
    petition = filed()
    assert answered(desk, petition, **data) == 303
    db.session.expire_all()
    assert (petition.outcome, petition.points_off) == (data["outcome"], Decimal(off))
    assert petition.decided_by_id == reviewer.id


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ({}, "请选择处理结果"),
        ({"outcome": "maybe"}, "请选择处理结果"),
        ({"outcome": "upheld", "reply": " "}, "请写明处理理由"),
        ({"outcome": "partly"}, "请填写要减去的分值，0.5 至 3.5"),
        ({"outcome": "partly", "points_off": "4"}, "请填写要减去的分值"),
        ({"outcome": "partly", "points_off": "0.3"}, "请填写要减去的分值"),
        ({"outcome": "partly", "points_off": "NaN"}, "请填写要减去的分值"),
        ({"outcome": "partly", "points_off": "两分"}, "分值应为数字"),
    ],
)
def test_it_rejects_bad_input(desk: FlaskClient, data: dict[str, str], message: str) -> None:
    petition = filed()
    answer = desk.post(decision(petition), data={"reply": "已核对", **data})
    assert answer.status_code == 422
    assert message in answer.text
    assert db.session.get_one(Petition, petition.id).is_waiting


def test_a_reversal_has_no_parts(desk: FlaskClient, app: object) -> None:
    petition = filed(PetitionKind.REVERSAL)
    assert "部分成立" not in desk.get(f"{URL}/{petition.uuid}").text
    assert answered(desk, petition, outcome="partly", points_off="1") == 422


def test_half_a_point_has_no_parts(desk: FlaskClient, app: object) -> None:
    petition = filed(items="A1-05")
    assert petition.demerit.points == Decimal("0.5")
    assert "部分成立" not in desk.get(f"{URL}/{petition.uuid}").text


def test_the_second_reviewer_is_told(desk: FlaskClient, city: FlaskClient) -> None:
    petition = filed()
    assert answered(desk, petition, outcome="upheld") == 303
    answer = city.post(decision(petition), data={"outcome": "rejected", "reply": "不同意"})
    assert answer.status_code == 409 and "另一位监督员已先作出处理" in answer.text
    db.session.expire_all()
    assert petition.outcome == Outcome.UPHELD


def test_filtering_by_htmx_leaves_the_page_as_a_fresh_one(desk: FlaskClient, app: object) -> None:
    filed()
    url = f"{URL}?state=decided"
    fragment = desk.get(url, headers=HTMX).text
    assert swapped(desk.get(URL).text, fragment, "#list", "outerHTML") == normalised(desk.get(url).text)


def test_it_counts_statements(desk: FlaskClient) -> None:
    counts = []
    for more in (2, 20):
        for _ in range(more):
            filed()
        with counted_statements() as statements:
            desk.get(URL)
        counts.append(len(statements))
    assert counts[0] == counts[1]
