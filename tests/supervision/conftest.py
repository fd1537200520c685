"""Desks of reviewers."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from tests import factories
from webapp.accounts.models import User


@pytest.fixture
def desk(as_user: Callable[[User], FlaskClient], reviewer: User) -> FlaskClient:
    """The browser of a district's reviewer."""
    return as_user(reviewer)


@pytest.fixture
def city(as_user: Callable[[User], FlaskClient]) -> FlaskClient:
    """The browser of a reviewer of the city."""
    return as_user(factories.UserFactory(reviewer=True))


@pytest.fixture
def elsewhere(as_user: Callable[[User], FlaskClient], other_reviewer: User) -> FlaskClient:
    """The browser of a reviewer of another district."""
    return as_user(other_reviewer)


@pytest.fixture(params=["administrator", "inspector", "scorer", "system", "auditor"])
def outsider(request: pytest.FixtureRequest, as_user: Callable[[User], FlaskClient]) -> FlaskClient:
    """The browser of somebody who is no reviewer."""
    return as_user(factories.UserFactory(**{request.param: True}))
