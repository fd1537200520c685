"""GET /checklists/<slug>/<version>/<digest>: what a phone fills in without the server."""

import gzip

import brotli
import pytest
from bs4 import BeautifulSoup
from flask.testing import FlaskClient

from tests.htmx import normalised
from webapp.catalog import catalog

URL = "/checklists/medical-institution/2026-11/"


@pytest.fixture
def url(client: FlaskClient) -> str:
    """Where the version in force stands now."""
    return client.get(f"{URL}outdated").location


def test_it_has_every_item_of_the_version(client, url):
    soup = BeautifulSoup(client.get(url).text, "lxml")
    checklist = catalog().current_checklist()
    assert [item["data-item"] for item in soup.select("fieldset[data-item]")] == list(checklist.items)
    chapters = [
        (c["data-chapter"], c["data-category"], c.h2.text) for c in soup.select("details[data-chapter]")
    ]
    assert chapters == [
        (c.subcategory.code, c.category.code, f"{c.category.title} · {c.subcategory.title}")
        for c in checklist.all_chapters
    ]
    assert not soup.select("input:checked, [data-chapter][open], [data-complete]")


def test_its_items_are_those_of_the_filling_page(client, phone, draft, url):
    blank, page = (
        BeautifulSoup(normalised(answer.text), "lxml")
        for answer in (client.get(url), phone.get(f"/inspections/{draft.uuid}"))
    )
    for chapter in page.select("details[data-chapter]"):
        del chapter["open"]
        assert str(chapter) == str(blank.select_one(f"#{chapter['id']}"))


def test_browsers_keep_it_for_ever(client, url):
    headers = client.get(url).headers
    assert headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert "Set-Cookie" not in headers


@pytest.mark.parametrize(("encoding", "unpack"), [("br", brotli.decompress), ("gzip", gzip.decompress)])
def test_it_travels_compressed(client, url, encoding, unpack):
    plain = client.get(url)
    answer = client.get(url, headers={"Accept-Encoding": f"identity;q=0.5, {encoding}"})
    assert answer.headers["Content-Encoding"] == encoding
    assert "Accept-Encoding" in answer.headers["Vary"]
    assert unpack(answer.data) == plain.data
    assert len(answer.data) < len(plain.data) / 5


def test_an_outdated_address_leads_on_and_is_not_kept(client, url):
    answer = client.get(f"{URL}0123456789ab")
    assert (answer.status_code, answer.location) == (302, url)
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("path", ["medical-institution/1999-01/x", "other/2026-11/x", "../../x", "x"])
def test_what_was_never_published_is_not_found(client, path):
    assert client.get(f"/checklists/{path}").status_code == 404
