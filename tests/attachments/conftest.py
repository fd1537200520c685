"""A phone that sends photos."""

from collections.abc import Iterator

import pytest
from flask.testing import FlaskClient

from tests.attachments.served import Account, signed_in
from tests.browser.serving import Server
from tests.sessions import sign_in_as
from webapp.accounts.models import User
from webapp.attachments.models import storage


@pytest.fixture
def phone(client: FlaskClient, inspector: User) -> FlaskClient:
    """The inspector's browser; nothing lies in parts that an earlier test left."""
    storage().clear("uploads")
    return sign_in_as(client, inspector)


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The demo, served as ``make run`` does; whoever kills it starts it again."""
    server = Server(tmp_path_factory.mktemp("served"))
    server.start()
    yield server
    server.kill()


@pytest.fixture(scope="session")
def account(server: Server) -> Account:
    """An inspector who is signed in there."""
    return signed_in(server.url, "13800000002")
