"""An auditor at the desk, and those who are none."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from tests import factories
from webapp.accounts.models import User


@pytest.fixture
def auditor(app: object) -> User:
    made: User = factories.UserFactory(auditor=True, name="样例审计员")
    return made


@pytest.fixture
def desk(as_user: Callable[[User], FlaskClient], auditor: User) -> FlaskClient:
    """The browser of an auditor."""
    return as_user(auditor)


@pytest.fixture(params=["administrator", "inspector", "scorer", "reviewer", "system"])
def outsider(request: pytest.FixtureRequest, as_user: Callable[[User], FlaskClient]) -> FlaskClient:
    """The browser of somebody who is no auditor."""
    return as_user(factories.UserFactory(**{request.param: True}))
