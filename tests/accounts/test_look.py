"""显示: theme and large type, kept in the browser."""

from collections.abc import Callable

import pytest
from bs4 import BeautifulSoup
from flask.testing import FlaskClient

from webapp.accounts.models import User


def test_the_look_is_kept_in_the_browser(client: FlaskClient) -> None:
    answer = client.post("/me/appearance", data={"theme": "dark", "care": "1", "next": "/login"})
    assert (answer.status_code, answer.location) == (303, "/login")
    page = client.get("/login").text
    assert '<html lang="zh-CN" data-theme="dark" data-care>' in page


def test_the_form_shows_what_was_chosen(as_user: Callable[[User], FlaskClient], inspector: User) -> None:
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
