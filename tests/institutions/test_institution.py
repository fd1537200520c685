"""机构信息: /institution, its data kept by its administrator."""

import re
from concurrent.futures import ThreadPoolExecutor

import pytest
from bs4 import BeautifulSoup

from tests import factories
from tests.htmx import HTMX, normalised, swapped
from tests.institutions.answers import error_at, photo, typed_at
from tests.institutions.maintaining import NAME, URL, changes, equipped, form_of, revisions, save
from tests.sessions import counted_statements
from tests.supervision.records import handed_in
from webapp.audit.models import AuditEntry
from webapp.database import db
from webapp.institutions.data import AT_ONCE
from webapp.institutions.models import Institution
from webapp.numbers import mask_id_number

AT_ONCE_TYPED = {
    "district": "500103",
    "address": "新样例路 2 号",
    "level": "三级",
    "treatment_subjects": ["03", "05"],
    "nature": "营利",
    "legal_person": "新样例负责人",
    "legal_person_id_number": "500160199003071236",
    "contact": "新样例联系人",
    "contact_phone": "023-68880001",
}


@pytest.fixture
def own(administrator):
    return equipped(administrator.institution, administrator)


@pytest.fixture
def browser(own, administrator, as_user):
    return as_user(administrator)


@pytest.fixture
def colleague(own, as_user):
    """The browser of a second administrator."""
    return as_user(factories.UserFactory(administrator=True, institution=own))


def rivals(page):
    """What the page sets beside each other: label, mine, theirs."""
    found = BeautifulSoup(page, "html.parser").select("form .changes > div")
    return [[cell.get_text() for cell in row.select("dt, dd p")] for row in found]


def entries(action):
    return list(db.session.scalars(db.select(AuditEntry).where(AuditEntry.action == action)))


def test_it_works(browser, own):
    page = browser.get(URL)
    assert page.status_code == 200
    assert BeautifulSoup(page.text, "html.parser").h1.text == "单位信息基本维护"
    assert typed_at(page.text, "name") == [own.name]
    assert typed_at(page.text, "district") == [own.district]
    assert len(typed_at(page.text, "licence")) == 1


def test_the_home_leads_there(browser):
    module = BeautifulSoup(browser.get("/").text, "html.parser").select_one(f"nav a[href='{URL}']")
    assert module.text.strip() == "机构信息"


def test_it_says_beforehand_which_part_waits(browser):
    page = browser.get(URL).text
    assert "由监督员审核，通过后生效；其他内容立即生效" in page
    assert page.count("修改后由监督员审核") == 2


def test_a_field_left_keeps_saying_so(browser, own):
    answer = browser.post("/register/checks/name", data={"name": NAME})
    assert "修改后由监督员审核" in answer.text


@pytest.mark.parametrize("name", AT_ONCE)
def test_the_rest_holds_at_once(browser, own, name):
    answer = save(browser, **{name: AT_ONCE_TYPED[name]})
    assert (answer.status_code, answer.location) == (303, URL)
    assert getattr(own, name) == AT_ONCE_TYPED[name]
    assert [revision.data[name] for revision in revisions(own)][1:] == [AT_ONCE_TYPED[name]]
    assert changes() == []


def test_every_field_has_its_place(app):
    assert set(AT_ONCE_TYPED) == set(AT_ONCE) == set(Institution.DATA) - {"name", "credit_code", "scope"}


def test_it_says_afterwards_what_holds_and_what_waits(browser):
    save(browser, address="新样例路 2 号", name=NAME)
    page = browser.get(URL).text
    assert "已保存并生效：经营地址。已提交监督员审核，通过后生效：医疗机构名称。" in page


def test_saving_is_recorded_without_numbers(browser, administrator):
    save(browser, contact_phone="023-68880001", contact="新样例联系人")
    [entry] = entries("institution-changed")
    assert (entry.user_id, entry.subject) == (administrator.id, administrator.institution.uuid)
    assert entry.detail == {"fields": ["contact", "contact_phone"]}


def test_saving_nothing_new_changes_nothing(browser, own):
    assert save(browser).status_code == 303
    assert len(revisions(own)) == 1 and changes() == [] and entries("institution-changed") == []


def test_a_second_tap_changes_nothing_more(browser, own):
    opened = form_of(browser.get(URL).text)
    answers = [save(browser, opened, address="新样例路 2 号", name=NAME) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [303, 303]
    assert len(revisions(own)) == 2 and len(changes()) == 1


def test_taps_at_the_same_moment_make_one_change(browser, own):
    form = form_of(browser.get(URL).text) | {"address": "新样例路 2 号", "name": NAME}
    db.session.commit()
    with ThreadPoolExecutor(4) as taps:
        sent = [
            taps.submit(browser.post, URL, data=form, content_type="multipart/form-data") for _ in range(4)
        ]
    assert {tap.result().status_code for tap in sent} == {303}
    assert len(revisions(own)) == 2 and len(changes()) == 1


def test_past_records_keep_the_data_as_it_was(browser, own):
    inspector = factories.UserFactory(inspector=True, institution=own)
    address = own.address
    record = handed_in(inspector)
    save(browser, address="新样例路 2 号")
    assert record.revision.data["address"] == address
    assert handed_in(inspector).revision.data["address"] == "新样例路 2 号"


def test_the_second_administrator_sees_both_values(browser, colleague, own):
    opened = form_of(colleague.get(URL).text)
    save(browser, address="新样例路 2 号")
    answer = save(colleague, opened, address="新样例路 3 号")
    assert answer.status_code == 409 and "您的修改还没有保存" in answer.text
    assert rivals(answer.text) == [["经营地址", "新样例路 3 号", "新样例路 2 号"]]
    assert typed_at(answer.text, "address") == ["新样例路 3 号"]
    assert own.address == "新样例路 2 号"


def test_saving_again_is_a_choice(browser, colleague, own):
    opened = form_of(colleague.get(URL).text)
    save(browser, address="新样例路 2 号")
    told = form_of(save(colleague, opened, address="新样例路 3 号").text)
    assert save(colleague, told).status_code == 303
    assert own.address == "新样例路 3 号"


def test_what_the_second_left_alone_is_taken_over(browser, colleague, own):
    opened = form_of(colleague.get(URL).text)
    save(browser, address="新样例路 2 号", licence=[photo()])
    answer = save(colleague, opened, contact="新样例联系人")
    assert answer.status_code == 409
    assert [row[0] for row in rivals(answer.text)] == ["经营地址", "医疗机构执业许可证"]
    assert typed_at(answer.text, "address") == ["新样例路 2 号"]
    save(colleague, form_of(answer.text))
    assert (own.address, own.contact) == ("新样例路 2 号", "新样例联系人")
    assert len(changes()) == 1


def test_a_decision_meanwhile_is_told(browser, own, reviewer):
    save(browser, name=NAME)
    opened = form_of(browser.get(URL).text)
    changes()[0].return_("与许可证不符", by=reviewer)
    answer = save(browser, opened, address="新样例路 2 号")
    assert answer.status_code == 409 and "与许可证不符" in answer.text
    assert typed_at(answer.text, "name") == [own.name]


@pytest.mark.parametrize("seen", ["", "1", "x.y.z", "\x00", "字" * 5000])
def test_a_forged_mark_never_overwrites(browser, own, seen):
    address = own.address
    answer = save(browser, seen=seen, address="新样例路 2 号")
    assert answer.status_code == 409
    assert own.address == address


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("name", "", "请填写医疗机构名称"),
        ("name", "<b>", "请"),
        ("credit_code", "52500160MJP0000010", "最后一位应为 D"),
        ("district", "999999", "请从列出的选项中重新选择"),
        ("level", "", "请选择机构级别"),
        ("address", "字" * 201, "最多 200 个字"),
        ("legal_person_id_number", "500160199003071237", "最后一位应为 6"),
        ("contact_phone", "68880000", "要带区号"),
        ("treatment_subjects", [], "请选择诊疗科目"),
        ("scope", [], "请选择执业自查范围"),
        ("scope", ["XX-YY"], "请从列出的选项中重新选择"),
        ("licence", [], "请至少添加1张照片"),
    ],
)
def test_it_rejects_bad_input(browser, own, field, value, words):
    answer = save(browser, **{"contact": "新样例联系人", field: value})
    assert answer.status_code == 422
    assert words in error_at(answer.text, field)
    assert typed_at(answer.text, "contact") == ["新样例联系人"]
    assert own.contact != "新样例联系人" and len(revisions(own)) == 1 and changes() == []


def test_refused_photos_stay(browser, own):
    answer = save(browser, licence=[photo(), photo()], name="")
    kept = typed_at(answer.text, "licence")
    assert answer.status_code == 422 and len(kept) == 2
    save(browser, form_of(answer.text), name=own.name)
    assert changes()[0].proposed == {"licence": kept}


def test_photos_of_others_cannot_be_used(browser, stranger):
    theirs = factories.AttachmentFactory(uploader=stranger)
    answer = save(browser, licence=[str(theirs.uuid)])
    assert "请重新添加" in error_at(answer.text, "licence")


def test_forged_fields_are_nothing(browser, own, stranger):
    save(
        browser,
        address="新样例路 2 号",
        status="returned",
        institution_id=str(stranger.institution_id),
        id="1",
    )
    assert own.is_approved and own.address == "新样例路 2 号"
    assert stranger.institution.address != "新样例路 2 号"


def test_moving_takes_what_waits_along(browser, own, reviewer, other_reviewer, as_user):
    save(browser, licence=[photo()])
    [change] = changes()
    url = f"/supervision/registrations/{change.uuid}"
    save(browser, district=other_reviewer.district)
    assert as_user(reviewer).get(url).status_code == 404
    page = as_user(other_reviewer).get(url)
    for link in re.findall(r'href="(/attachments/[^"]+)"', page.text):
        assert as_user(other_reviewer).get(link).status_code == 200
        assert as_user(reviewer).get(link).status_code == 404


def test_a_refusal_is_the_same_for_htmx(browser):
    form = form_of(browser.get(URL).text) | {"address": ""}
    page = browser.post(URL, data=form).text
    fragment = browser.post(URL, data=form, headers=HTMX)
    assert fragment.status_code == 422
    assert swapped(page, fragment.text, "#data", "outerHTML") == normalised(page)


def test_saving_leads_htmx_to_the_page(browser):
    form = form_of(browser.get(URL).text)
    assert browser.post(URL, data=form, headers=HTMX).headers["HX-Redirect"] == URL


def test_it_asks_to_sign_in(client):
    assert client.get(URL).location.startswith("/login")
    assert client.post(URL).location.startswith("/login")


@pytest.mark.parametrize("role", ["inspector", "scorer", "reviewer", "system", "auditor"])
def test_it_refuses_other_roles(as_user, role):
    browser = as_user(factories.UserFactory(**{role: True}))
    assert [browser.get(URL).status_code, browser.post(URL).status_code] == [403, 403]


def test_it_refuses_who_waits_for_approval(as_user):
    applicant = factories.RegistrationFactory().applicant
    assert as_user(applicant).get(URL).status_code == 403


def test_it_hides_other_institutions(browser, stranger):
    page = browser.get(URL).text
    assert stranger.institution.name not in page
    assert mask_id_number(stranger.institution.legal_person_id_number) not in page


def test_it_counts_statements(browser, own):
    save(browser, scope=own.scope[:3], agreed="")
    with counted_statements() as few:
        browser.get(URL)
    for _ in range(30):
        factories.UserFactory(inspector=True, institution=own)
    for place in range(4):
        save(browser, address=f"新样例路 {place} 号")
    with counted_statements() as many:
        browser.get(URL)
    assert len(few) == len(many) <= 12
