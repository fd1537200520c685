"""An inspector's phone with a draft on it."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from tests import factories
from tests.inspections.phones import Phone
from webapp.accounts.models import User
from webapp.database import uuid7
from webapp.inspections.intake import apply
from webapp.inspections.models import Inspection
from webapp.inspections.operations import Change, OperationKind
from webapp.inspections.submission import submit


@pytest.fixture
def draft(inspector: User) -> Inspection:
    """A draft on two 小类 with nothing answered."""
    return factories.InspectionFactory(inspector=inspector)


@pytest.fixture
def phone(as_user: Callable[[User], FlaskClient], inspector: User) -> FlaskClient:
    """The browser of the inspector."""
    return as_user(inspector)


@pytest.fixture
def outbox(phone: FlaskClient, inspector: User, draft: Inspection) -> Phone:
    """The inspector's phone, with what it sends of the draft."""
    return Phone(phone, inspector, draft.uuid)


def answer_all(draft: Inspection, value: str = "yes") -> Inspection:
    """Answer every item of a draft the same."""
    changes = [
        Change(op=uuid7(), kind=OperationKind.ANSWER, item=item.code, value=value) for item in draft.items
    ]
    apply(draft, *changes, by=draft.inspector)
    return draft


def submitted(inspector: User, value: str = "yes", **kwargs: object) -> Inspection:
    """A frozen record."""
    draft = answer_all(factories.InspectionFactory(inspector=inspector, **kwargs), value)
    submit(draft, by=inspector)
    return draft
