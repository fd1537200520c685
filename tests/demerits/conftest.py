"""Who records demerits in the tests."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from tests import factories
from webapp.accounts.models import User


@pytest.fixture
def scorer(administrator: User) -> User:
    """Scorer of the administrator's clinic."""
    return factories.UserFactory(scorer=True, institution=administrator.institution)


@pytest.fixture
def other_scorer(stranger: User) -> User:
    """Scorer of another clinic."""
    return factories.UserFactory(scorer=True, institution=stranger.institution)


@pytest.fixture
def phone(as_user: Callable[[User], FlaskClient], scorer: User) -> FlaskClient:
    """The scorer's browser."""
    return as_user(scorer)
