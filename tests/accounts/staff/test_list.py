"""医疗机构人员查询: GET /staff."""

import pytest

from tests import factories
from tests.accounts.staff.conftest import department_of, titles
from tests.htmx import HTMX, normalised, swapped
from tests.sessions import counted_statements
from webapp.accounts.models import User
from webapp.accounts.staff.listing import PAGE
from webapp.database import db, uuid7
from webapp.numbers import mask_id_number

URL = "/staff"


@pytest.fixture
def staff(administrator, department):
    other = department_of(administrator, "外科", "WK")
    of = {"institution": administrator.institution}
    return [
        factories.UserFactory(inspector=True, name="示例甲", department_id=department.id, **of),
        factories.UserFactory(scorer=True, name="示例乙", department_id=other.id, password_hash="", **of),
        factories.UserFactory(name="样例丙", department_id=other.id, is_active=False, **of),
    ]


def test_it_works(desk, staff):
    page = desk.get(URL).text
    assert "医疗机构人员维护" in page
    assert titles(page)[:3] == ["样例丙", "示例乙", "示例甲"]
    for words in ("科室名称：内科", "执业项目：机构执业", "待首次登录", "停用"):
        assert words in page


def test_it_shows_numbers_masked(desk, staff):
    page = desk.get(URL).text
    assert mask_id_number(staff[0].id_number) in page
    assert staff[0].id_number not in page and staff[0].mobile not in page


def test_it_asks_to_sign_in(client):
    assert client.get(URL).location.startswith("/login")


def test_it_refuses_other_roles(as_user, inspector, reviewer):
    for user in (inspector, reviewer):
        assert as_user(user).get(URL).status_code == 403


def test_it_hides_other_institutions(as_user, stranger, staff):
    assert titles(as_user(stranger).get(URL).text) == [stranger.name]


def test_it_narrows_by_department(desk, department, staff):
    assert titles(desk.get(f"{URL}?department={department.uuid}").text) == ["示例甲"]


@pytest.mark.parametrize(("name", "found"), [("示例", 2), ("乙", 1), ("%", 0), ("_", 0)])
def test_it_narrows_by_name(desk, staff, name, found):
    assert len(titles(desk.get(URL, query_string={"name": name}).text)) == found


def test_it_refuses_another_institutions_department(desk, stranger):
    theirs = department_of(stranger)
    for value in (theirs.uuid, uuid7(), "x"):
        assert desk.get(f"{URL}?department={value}").status_code == 422


@pytest.mark.parametrize("after", ["nonsense", ""])
def test_it_shrugs_at_a_broken_cursor(desk, staff, after):
    assert len(desk.get(f"{URL}?after={after}").text.split('class="record-title"')) == 5


def test_the_fragment_leaves_the_page_as_a_fresh_one(desk, staff, department):
    url = f"{URL}?department={department.uuid}&name=例"
    page = desk.get(url).text
    assert swapped(page, desk.get(url, headers=HTMX).text, "#results", "outerHTML") == normalised(page)


def people(institution, number):
    """Many people at once, with numbers of nobody that are not even well-formed."""
    db.session.add_all(
        User(kind="member", institution_id=institution.id, name=f"样例{n}", mobile=f"m{n}", id_number=f"i{n}")
        for n in range(number)
    )
    db.session.commit()


def test_it_pages_through_all_without_a_gap(desk, administrator):
    people(administrator.institution, PAGE + 5)
    page = desk.get(f"{URL}?name=样例").text
    more = page.split('class="more"')[1].split('href="')[1].split('"')[0].replace("&amp;", "&")
    whole = swapped(page, desk.get(more, headers=HTMX).text, "li.more", "outerHTML")
    found = titles(whole)
    assert len(found) == len(set(found)) == db.session.query(User).filter(User.name.contains("样例")).count()


def test_five_thousand_cost_the_same_statements(desk, administrator):
    counts = []
    for number in (0, 5000):
        people(administrator.institution, number)
        with counted_statements() as statements:
            desk.get(f"{URL}?name=样")
        counts.append(len(statements))
    assert counts[0] == counts[1] <= 4
