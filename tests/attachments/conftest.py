"""A phone that sends photos."""

import pytest
from flask.testing import FlaskClient

from tests.sessions import sign_in_as
from webapp.accounts.models import User
from webapp.attachments.models import storage


@pytest.fixture
def phone(client: FlaskClient, inspector: User) -> FlaskClient:
    """The inspector's browser; nothing lies in parts that an earlier test left."""
    storage().clear("uploads")
    return sign_in_as(client, inspector)
