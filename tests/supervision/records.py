"""Rows that a reviewer reads."""

from datetime import datetime

from bs4 import BeautifulSoup

from tests import factories
from webapp.accounts.models import User
from webapp.catalog import catalog
from webapp.database import uuid7
from webapp.inspections.intake import apply
from webapp.inspections.models import Inspection, InspectionKind
from webapp.inspections.operations import Change, OperationKind
from webapp.inspections.submission import submit
from webapp.institutions.registrations import Registration


def shortest_scope() -> list[str]:
    """The 小类 with the fewest items, yet enough of them for different answers."""
    enough = [s for s in catalog().current_checklist().subcategories.values() if len(s.items) > 3]
    return [min(enough, key=lambda subcategory: len(subcategory.items)).code]


def handed_in(
    inspector: User,
    failing: int = 0,
    scope: list[str] | None = None,
    *,
    skipping: int = 0,
    at: datetime | None = None,
    kind: InspectionKind = InspectionKind.ROUTINE,
) -> Inspection:
    """A submitted inspection whose first items are answered with 否, the next ones with 合理缺项."""
    draft: Inspection = factories.InspectionFactory(
        inspector=inspector, scope=scope or shortest_scope(), kind=kind
    )
    values = [*["no"] * failing, *["na"] * skipping, *["yes"] * draft.total][: draft.total]
    changes = [
        Change(op=uuid7(), kind=OperationKind.ANSWER, item=item.code, value=value)
        for item, value in zip(draft.items, values, strict=True)
    ]
    apply(draft, *changes, by=inspector)
    submit(draft, by=inspector, at=at)
    return draft


def inspector_in(district: str, **data: str) -> User:
    """An inspector of an institution in a district."""
    institution = factories.InstitutionFactory(district=district, **data)
    inspector: User = factories.UserFactory(inspector=True, institution=institution)
    return inspector


def registration_in(district: str, **data: str) -> Registration:
    """A registration that waits in a district."""
    institution = factories.InstitutionFactory(district=district, status="pending", **data)
    registration: Registration = factories.RegistrationFactory(institution=institution)
    return registration


def rows(page: str) -> list[list[str]]:
    """The cells of each row of the page's table."""
    found = BeautifulSoup(page, "html.parser").select("tr[data-href]")
    return [[cell.get_text(strip=True) for cell in row.select("td")] for row in found]
