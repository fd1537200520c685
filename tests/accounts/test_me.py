"""我的: one's own data, how pages look, the way out."""

from collections.abc import Callable

import pytest
from bs4 import BeautifulSoup
from flask.testing import FlaskClient

from tests import factories
from tests.sessions import counted_statements
from webapp.accounts.models import User
from webapp.numbers import mask_id_number, mask_phone

SignedIn = Callable[[User], FlaskClient]


def test_it_works(as_user: SignedIn, inspector: User) -> None:
    page = as_user(inspector).get("/me").text
    for told in (
        inspector.name,
        mask_id_number(inspector.id_number),
        mask_phone(inspector.mobile),
        "自查用户",
    ):
        assert told in page


def test_it_shows_no_number_in_full(as_user: SignedIn, inspector: User) -> None:
    page = as_user(inspector).get("/me").text
    assert inspector.id_number not in page
    assert inspector.mobile not in page


@pytest.mark.parametrize("role", ["administrator", "inspector", "scorer", "reviewer", "system", "auditor"])
def test_every_role_has_it(as_user: SignedIn, role: str) -> None:
    assert as_user(factories.UserFactory(**{role: True})).get("/me").status_code == 200


def test_it_asks_to_sign_in(client: FlaskClient) -> None:
    assert client.get("/me").location == "/login?next=/me"


def test_leaving_asks_first(as_user: SignedIn, inspector: User) -> None:
    page = BeautifulSoup(as_user(inspector).get("/me").text, "html.parser")
    assert page.select_one('form[action="/logout"] button[data-dialog=logout]')
    asked = page.select_one("dialog#logout form[action='/logout'][method=post]")
    assert asked is not None and "确认" in asked.text


def test_the_look_is_kept_in_the_browser(client: FlaskClient) -> None:
    answer = client.post("/me/appearance", data={"theme": "dark", "care": "1", "next": "/login"})
    assert (answer.status_code, answer.location) == (303, "/login")
    page = client.get("/login").text
    assert '<html lang="zh-CN" data-theme="dark" data-care>' in page


def test_the_form_shows_what_was_chosen(as_user: SignedIn, inspector: User) -> None:
    browser = as_user(inspector)
    browser.post("/me/appearance", data={"theme": "dark", "care": "1"})
    chosen = BeautifulSoup(browser.get("/me").text, "html.parser").select("[checked]")
    assert [field["value"] for field in chosen] == ["dark", "1"]


@pytest.mark.parametrize("theme", ["", "pink", '"><script>'])
def test_any_other_look_is_the_systems(client: FlaskClient, theme: str) -> None:
    client.post("/me/appearance", data={"theme": "dark", "care": "1"})
    client.post("/me/appearance", data={"theme": theme})
    assert '<html lang="zh-CN">' in client.get("/login").text


def test_the_look_never_leads_to_another_site(client: FlaskClient) -> None:
    assert client.post("/me/appearance", data={"next": "//elsewhere.example"}).location == "/"


def test_it_counts_statements(as_user: SignedIn, inspector: User) -> None:
    browser = as_user(inspector)
    with counted_statements() as statements:
        browser.get("/me")
    assert len(statements) == 2
