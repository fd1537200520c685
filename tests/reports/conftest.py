"""Records to be put on paper, and who reads them."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from tests import factories
from tests.supervision import records, test_demerits
from tests.supervision.test_demerits import NUMBER, person_of, scorer_in
from webapp.accounts.models import User
from webapp.database import db, uuid7
from webapp.demerits.models import Demerit
from webapp.inspections.intake import apply
from webapp.inspections.models import Inspection
from webapp.inspections.operations import Change, OperationKind
from webapp.inspections.submission import submit


@pytest.fixture
def inspection(app: object) -> Inspection:
    """A submitted inspection with two 否, one of them with a remark and a photo."""
    inspector = records.inspector_in(factories.DISTRICT, name="样例医院")
    draft: Inspection = factories.InspectionFactory(inspector=inspector, scope=records.shortest_scope())
    photo = factories.AttachmentFactory(uploader=inspector)
    changes = [
        _change(OperationKind.ANSWER, item.code, "no" if place < 2 else "yes")
        for place, item in enumerate(draft.items)
    ]
    first = draft.items[0].code
    changes += [
        _change(OperationKind.REMARK, first, "缺少一份登记", base=1),
        _change(OperationKind.PHOTO, first, str(photo.uuid), base=1),
    ]
    apply(draft, *changes, by=inspector)
    submit(draft, by=inspector)
    return draft


@pytest.fixture
def demerit(app: object) -> Demerit:
    """A submitted demerit of two items with a photo."""
    scorer = scorer_in(factories.DISTRICT, name="样例医院")
    photo = factories.AttachmentFactory(uploader=scorer)
    person = person_of(scorer, name="样例甲", id_number=NUMBER)
    return test_demerits.handed_in(scorer, person=person, items=["A1-01", "A1-02"], photos=[photo])


@pytest.fixture
def desk(as_user: Callable[[User], FlaskClient], reviewer: User) -> FlaskClient:
    return as_user(reviewer)


@pytest.fixture(params=["inspections", "demerits"])
def record(request: pytest.FixtureRequest) -> Inspection | Demerit:
    """One of each kind."""
    found: Inspection | Demerit = request.getfixturevalue(request.param[:-1])
    db.session.expire_all()
    return found


def url_of(record: Inspection | Demerit) -> str:
    return f"/{record.__tablename__}/{record.uuid}"


def owner_of(record: Inspection | Demerit) -> User:
    return record.scorer if isinstance(record, Demerit) else record.inspector


def _change(kind: OperationKind, item: str, value: str, base: int = 0) -> Change:
    return Change(op=uuid7(), kind=kind, item=item, value=value, base=base, device="tests")
