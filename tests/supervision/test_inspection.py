"""自查详情: one submitted inspection."""

import pytest
from bs4 import BeautifulSoup, Tag
from flask.testing import FlaskClient

from tests import factories
from tests.htmx import HTMX, normalised, swapped
from tests.sessions import counted_statements
from tests.supervision.records import handed_in
from webapp.accounts.models import User
from webapp.database import db, uuid7
from webapp.inspections.models import Inspection


@pytest.fixture
def inspection(inspector: User) -> Inspection:
    """A submitted inspection with two items answered 否."""
    return handed_in(inspector, failing=2)


def url_of(inspection: Inspection) -> str:
    return f"/supervision/inspections/{inspection.uuid}"


def read(desk: FlaskClient, url: str) -> BeautifulSoup:
    return BeautifulSoup(desk.get(url).text, "html.parser")


def items(page: BeautifulSoup) -> list[Tag]:
    return page.select(".item.read")


def test_it_works(desk: FlaskClient, inspection: Inspection) -> None:
    page = desk.get(url_of(inspection)).text
    assert inspection.inspector.name in page
    assert inspection.inspected_on.isoformat() in page
    assert str(inspection.digest) in page


def test_every_item_has_its_answer_and_its_law(desk: FlaskClient, inspection: Inspection) -> None:
    shown = items(read(desk, url_of(inspection)))
    assert len(shown) == inspection.total
    for item, tag in zip(inspection.items, shown, strict=True):
        assert item.text in tag.text
        assert item.citation in tag.text
        assert tag.select_one(".answer")


def test_it_goes_by_part_chapter_and_group(desk: FlaskClient, inspection: Inspection) -> None:
    page = read(desk, url_of(inspection))
    (chapter,) = inspection.chapters
    content = page.select_one("#content")
    assert content is not None
    assert chapter.part.title in content.text
    assert f"{chapter.category.title} · {chapter.subcategory.title}" in content.text
    assert [group.text for group in page.select(".group")] == [g.title for g in chapter.subcategory.groups]


def test_it_counts_the_answers(desk: FlaskClient, inspection: Inspection) -> None:
    text = read(desk, url_of(inspection)).text
    assert f"是 {inspection.total - 2} · 否 2 · 合理缺项 0" in " ".join(text.split())


def test_only_failed_items_can_be_listed(desk: FlaskClient, inspection: Inspection) -> None:
    shown = items(read(desk, f"{url_of(inspection)}?only=no"))
    assert [tag["id"] for tag in shown] == [f"i-{item.code}" for item in inspection.items[:2]]


def test_only_failed_by_htmx_leaves_the_page_as_a_fresh_one(
    desk: FlaskClient, inspection: Inspection
) -> None:
    url = f"{url_of(inspection)}?only=no"
    page = desk.get(url_of(inspection)).text
    fragment = desk.get(url, headers=HTMX).text
    assert swapped(page, fragment, "#content", "outerHTML") == normalised(desk.get(url).text)


def test_it_tells_the_institution_as_it_was_then(desk: FlaskClient, inspection: Inspection) -> None:
    before = inspection.institution.name
    inspection.institution.name = "改名后的门诊部"
    db.session.commit()
    page = desk.get(url_of(inspection)).text
    assert before in page
    assert "改名后的门诊部" not in page


def test_it_masks_the_numbers(desk: FlaskClient, inspection: Inspection) -> None:
    page = desk.get(url_of(inspection)).text
    assert inspection.institution.legal_person_id_number not in page
    assert inspection.institution.contact_phone not in page


def test_it_asks_to_sign_in(client: FlaskClient, inspection: Inspection) -> None:
    assert client.get(url_of(inspection)).location.startswith("/login")


def test_it_refuses_other_roles(outsider: FlaskClient, inspection: Inspection) -> None:
    assert outsider.get(url_of(inspection)).status_code == 403


def test_it_hides_other_districts(elsewhere: FlaskClient, inspection: Inspection) -> None:
    assert elsewhere.get(url_of(inspection)).status_code == 404
    assert elsewhere.get(url_of(inspection), headers=HTMX).status_code == 404


def test_it_hides_drafts(desk: FlaskClient, inspector: User) -> None:
    assert desk.get(url_of(factories.InspectionFactory(inspector=inspector))).status_code == 404


def test_it_handles_an_unknown_identifier(desk: FlaskClient) -> None:
    assert desk.get(f"/supervision/inspections/{uuid7()}").status_code == 404


def test_it_counts_statements(desk: FlaskClient, inspector: User) -> None:
    scope = inspector.allowed_scope
    urls = [url_of(handed_in(inspector, scope=part)) for part in (scope[:1], scope[:6])]
    counts = []
    for url in urls:
        with counted_statements() as statements:
            desk.get(url)
        counts.append(len(statements))
    assert counts[0] == counts[1]
