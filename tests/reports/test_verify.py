"""记录核对: whether a digest is known, and nothing about whom."""

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from flask.testing import FlaskClient

from tests.limits import limited
from tests.sessions import counted_statements
from tests.supervision.test_demerits import NUMBER
from webapp.demerits.models import Demerit
from webapp.formats import minute
from webapp.inspections.models import Inspection

UNKNOWN = "0" * 64


def test_a_known_digest_tells_kind_and_time(
    client: FlaskClient, inspection: Inspection, demerit: Demerit
) -> None:
    for record, kind in ((inspection, "医疗机构依法执业自查记录"), (demerit, "医务人员不良执业行为记分记录")):
        answer = client.get(f"/verify/{record.digest}")
        facts = [fact.text for fact in BeautifulSoup(answer.text, "html.parser").select("dd")]
        assert (answer.status_code, facts) == (200, [kind, minute(record.submitted_at)])


def test_it_tells_nothing_about_whom(client: FlaskClient, inspection: Inspection, demerit: Demerit) -> None:
    for record, secret in ((inspection, inspection.inspector.name), (demerit, "样例甲")):
        page = client.get(f"/verify/{record.digest}").text
        for word in (secret, "样例医院", NUMBER, str(record.uuid)):
            assert word not in page


def test_an_unknown_digest_says_so(client: FlaskClient, inspection: Inspection) -> None:
    answer = client.get(f"/verify/{UNKNOWN}")
    assert answer.status_code == 404
    assert "没有查到这份记录" in answer.text


@pytest.mark.parametrize("digest", ["", "0", "0" * 63, "0" * 65, "g" * 64, "A" * 64, "%00", "..%2f"])
def test_what_is_no_digest_is_no_address(client: FlaskClient, digest: str) -> None:
    answer = client.get(f"/verify/{digest}")
    assert answer.status_code == 404
    assert "没有找到" in answer.text


def test_it_asks_the_database_for_two_rows_at_most(
    client: FlaskClient, inspection: Inspection, demerit: Demerit
) -> None:
    for digest in (UNKNOWN, str(inspection.digest), str(demerit.digest)):
        with counted_statements() as statements:
            client.get(f"/verify/{digest}")
        assert len(statements) <= 2


def test_nobody_can_try_many(app: Flask) -> None:
    with limited(app) as browser:
        given = [browser.get(f"/verify/{UNKNOWN}").status_code for _ in range(31)]
    assert given == [404] * 30 + [429]
