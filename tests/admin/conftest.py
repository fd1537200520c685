"""A system administrator at the desk, and those who are none."""

import random
from collections.abc import Callable
from typing import Any

import pytest
from bs4 import BeautifulSoup
from flask.testing import FlaskClient

from tests import factories
from webapp.accounts.models import User
from webapp.sample import sample_id_number, sample_mobile

rng = random.Random(20261126)


@pytest.fixture
def operator(app: object) -> User:
    """The system administrator who asks."""
    made: User = factories.UserFactory(system=True, name="样例系统员")
    return made


@pytest.fixture
def desk(as_user: Callable[[User], FlaskClient], operator: User) -> FlaskClient:
    """The browser of the system administrator."""
    return as_user(operator)


@pytest.fixture(params=["administrator", "inspector", "scorer", "reviewer", "auditor"])
def outsider(request: pytest.FixtureRequest, as_user: Callable[[User], FlaskClient]) -> FlaskClient:
    """The browser of somebody who is no system administrator."""
    return as_user(factories.UserFactory(**{request.param: True}))


def official(**changes: str) -> dict[str, str]:
    """The form of a new reviewer, filled in as it should be but for the changes."""
    return {
        "kind": "reviewer",
        "district": "500106",
        "name": "样例新人",
        "id_number": sample_id_number(rng),
        "mobile": sample_mobile(rng),
    } | changes


def as_shown(page: str) -> dict[str, Any]:
    """The form as a browser would send it back untouched."""
    form = BeautifulSoup(page, "lxml").select_one("form.form.card[method=post]")
    assert form is not None
    fields = form.select("input[name]:not([name=csrf_token]), textarea[name]")
    data = {str(f["name"]): f.get("value") or f.text.strip() for f in fields}
    for select in form.select("select"):
        chosen = select.select_one("option[selected]")
        data[str(select["name"])] = chosen["value"] if chosen else ""
    return data
