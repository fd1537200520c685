"""The pages for when there is no server: the same for everybody."""

from collections.abc import Callable

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from flask.testing import FlaskClient

from webapp.accounts.models import User
from webapp.pwa.shells import TEMPLATES


@pytest.mark.parametrize("path", TEMPLATES)
def test_everybody_gets_the_same_bytes(
    client: FlaskClient, as_user: Callable[[User], FlaskClient], inspector: User, path: str
) -> None:
    theirs = as_user(inspector)
    theirs.post("/me/appearance", data={"theme": "dark", "care": "1"})
    mine, others = theirs.get(path), client.get(path)
    assert mine.data == others.data
    assert "Set-Cookie" not in others.headers


@pytest.mark.parametrize("path", TEMPLATES)
def test_it_carries_no_token(client: FlaskClient, path: str) -> None:
    assert "csrf" not in client.get(path).text.lower()


@pytest.mark.parametrize("path", TEMPLATES)
def test_it_has_a_place_for_what_the_phone_holds(client: FlaskClient, path: str) -> None:
    page = BeautifulSoup(client.get(path).text, "html.parser")
    places = ["#fill", "#sync"] if path == "/offline/fill" else ["#drafts", "#waiting"]
    assert all(page.select_one(place) for place in ["#band", *places])


@pytest.mark.parametrize("path", TEMPLATES)
def test_it_says_which_build_it_belongs_to(app: Flask, client: FlaskClient, path: str) -> None:
    answer = client.get(path)
    assert answer.headers["X-Build"] == app.extensions["build"]
    assert answer.headers["Cache-Control"] == "no-cache"
