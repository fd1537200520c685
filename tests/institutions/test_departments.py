"""科室信息维护: /departments."""

import pytest
from bs4 import BeautifulSoup

from tests import factories
from tests.htmx import HTMX, normalised, swapped
from tests.institutions.answers import error_at, typed_at
from tests.sessions import counted_statements
from webapp.audit.models import AuditEntry
from webapp.database import db
from webapp.institutions.department_forms import DepartmentForm
from webapp.institutions.department_views import PAGE
from webapp.institutions.departments import Department

URL = "/departments"


def add(institution, number=1, **columns):
    made = [
        Department(institution_id=institution.id, **({"name": f"示例{n}科", "code": f"KS{n:03}"} | columns))
        for n in range(number)
    ]
    db.session.add_all(made)
    db.session.commit()
    return made


@pytest.fixture
def phone(as_user, administrator):
    return as_user(administrator)


@pytest.fixture
def department(administrator):
    return add(administrator.institution, name="内科", code="NK")[0]


def titles(page):
    return [title.text.strip() for title in BeautifulSoup(page, "lxml").select("#results .record-title")]


def departments():
    return db.session.query(Department).all()


def test_it_works(phone, department):
    page = phone.get(URL).text
    assert "<h1>科室信息维护</h1>" in page
    assert titles(page) == ["内科"]
    assert "科室编码：NK" in page and "启用" in page


def test_it_asks_to_sign_in(client):
    assert client.get(URL).location.startswith("/login")


@pytest.mark.parametrize("path", ["", "/new"])
def test_it_refuses_other_roles(as_user, inspector, reviewer, path):
    for user in (inspector, reviewer):
        assert as_user(user).get(URL + path).status_code == 403


def test_it_hides_other_institutions(as_user, stranger, department):
    other = as_user(stranger)
    assert titles(other.get(URL).text) == []
    for answer in (
        other.get(f"{URL}/{department.uuid}"),
        other.post(f"{URL}/{department.uuid}", data={"name": "外科", "code": "WK"}),
        other.post(f"{URL}/{department.uuid}/deletion"),
    ):
        assert answer.status_code == 404
    assert departments()[0].name == "内科"


def test_it_says_what_will_be_here(phone):
    assert "还没有科室" in phone.get(URL).text


@pytest.mark.parametrize(("name", "found"), [("内", 1), ("科", 4), ("%", 0), ("没有", 0), ("", 4)])
def test_it_narrows(phone, administrator, department, name, found):
    add(administrator.institution, 3)
    assert len(titles(phone.get(URL, query_string={"name": name}).text)) == found


def test_the_fragment_leaves_the_page_as_a_fresh_one(phone, department):
    url = f"{URL}?name=内"
    page = phone.get(url).text
    assert swapped(page, phone.get(url, headers=HTMX).text, "#results", "outerHTML") == normalised(page)


def test_it_pages_through_all_without_a_gap(phone, administrator):
    add(administrator.institution, PAGE + 5)
    page = phone.get(URL).text
    more = BeautifulSoup(page, "lxml").select_one(".more a")["href"]
    whole = swapped(page, phone.get(more, headers=HTMX).text, "li.more", "outerHTML")
    assert titles(whole) == [f"示例{n}科" for n in range(PAGE + 5)]


def test_it_refuses_an_endless_name(phone):
    assert phone.get(URL, query_string={"name": "科" * 51}).status_code == 422


def test_it_counts_statements(phone, administrator):
    counts = []
    for number in (1, PAGE):
        db.session.query(Department).delete()
        add(administrator.institution, number)
        with counted_statements() as statements:
            phone.get(URL)
        counts.append(len(statements))
    assert counts[0] == counts[1] <= 4


def test_the_switch_stands_on_enabled(phone):
    box = BeautifulSoup(phone.get(f"{URL}/new").text, "lxml").select_one("#is_enabled")
    assert box.has_attr("checked")


def test_it_adds(phone, administrator):
    answer = phone.post(f"{URL}/new", data={"name": "外科", "code": "WK", "is_enabled": "y"})
    assert (answer.status_code, answer.location) == (303, URL)
    added = departments()[0]
    assert (added.institution_id, added.name, added.code) == (administrator.institution_id, "外科", "WK")
    assert added.is_enabled
    assert db.session.query(AuditEntry).filter_by(action="department-added", subject=added.uuid).count() == 1


def test_it_adds_a_disabled_one(phone):
    phone.post(f"{URL}/new", data={"name": "外科", "code": "WK"})
    assert not departments()[0].is_enabled


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("name", "", "请填写科室名称"),
        ("code", " ", "请填写科室编码"),
        ("code", "NK", "这个科室编码已经使用"),
        ("name", "科" * 51, "最多 50 个字"),
        ("code", "<b>", "不能含有"),
    ],
)
def test_it_rejects_bad_input(phone, department, field, value, message):
    answer = phone.post(f"{URL}/new", data={"name": "外科", "code": "WK", field: value})
    assert answer.status_code == 422
    assert message in error_at(answer.text, field)
    assert typed_at(answer.text, field) == [value.strip()]
    assert len(departments()) == 1


def test_another_institution_may_have_the_same_code(as_user, stranger, department):
    assert as_user(stranger).post(f"{URL}/new", data={"name": "内科", "code": "NK"}).status_code == 303


def test_the_database_decides_a_race(phone, department, monkeypatch):
    monkeypatch.setattr(DepartmentForm, "validate_code", lambda form, field: None)
    answer = phone.post(f"{URL}/new", data={"name": "外科", "code": "NK"})
    assert answer.status_code == 422
    assert "这个科室编码已经使用" in error_at(answer.text, "code")


def test_it_edits(phone, department):
    assert typed_at(phone.get(f"{URL}/{department.uuid}").text, "name") == ["内科"]
    answer = phone.post(f"{URL}/{department.uuid}", data={"name": "大内科", "code": "NK"})
    assert answer.status_code == 303
    assert (department.name, department.code, department.is_enabled) == ("大内科", "NK", False)


def test_it_deletes(phone, department):
    answer = phone.post(f"{URL}/{department.uuid}/deletion", follow_redirects=True)
    assert "已删除" in answer.text
    assert departments() == []


@pytest.mark.parametrize(("number", "words"), [(1, "样例"), (5, "等 5 人")])
def test_one_in_use_stays_and_says_by_whom(phone, administrator, department, number, words):
    names = [f"样例{'甲乙丙丁戊'[n]}" for n in range(number)]
    for name in names:
        factories.UserFactory(
            institution=administrator.institution, department_id=department.id, name=name, is_active=False
        )
    answer = phone.post(f"{URL}/{department.uuid}/deletion", follow_redirects=True)
    assert "不能删除，只能停用" in answer.text
    assert "、".join(names[:3]) in answer.text and words in answer.text
    assert departments() == [department]
