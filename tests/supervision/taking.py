"""Taking the reviewers' lists away."""

from decimal import Decimal

from bs4 import BeautifulSoup
from flask.testing import FlaskClient

from tests import factories
from tests.jobs.doing import do_jobs, downloaded, last_job, sheets
from tests.supervision import records, test_demerits
from tests.supervision.test_demerits import person_of, scorer_in
from webapp.audit.models import AuditEntry
from webapp.database import db, uuid7
from webapp.demerits.petitions import PetitionKind, file
from webapp.jobs.models import Job

HERE, ELSEWHERE = factories.DISTRICT, "500103"
REASON = "核对达到阈值的人员"
NAMES = ["registrations", "inspections", "demerits", "petitions", "institutions"]
# What spreadsheets take for a formula.
SIGNS = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1+1", '=HYPERLINK("http://example.org")']


def add_rows(name: str, district: str = HERE) -> None:
    """Three rows of a list, of institutions and people whose names are as nasty as they get."""
    for number in range(3):
        called = f"{SIGNS[number]}门诊部"
        if name == "institutions":
            factories.InstitutionFactory(district=district, name=called)
        elif name == "registrations":
            records.registration_in(district, name=called)
        elif name == "inspections":
            records.handed_in(records.inspector_in(district, name=called))
        else:
            scorer = scorer_in(district, name=called)
            demerit = test_demerits.handed_in(
                scorer, number, person=person_of(scorer, name=SIGNS[number]), items=["A1-01", "A1-02"]
            )
            if name == "petitions":
                file(demerit, PetitionKind.OBJECTION, "记错了人", [], uuid7(), by=scorer)


def url_of(name: str) -> str:
    return f"/supervision/{name}"


def start(client: FlaskClient, name: str, /, **data: object) -> Job:
    """Ask for an export and return its job."""
    answer = client.post(f"{url_of(name)}/export/start", data={"uuid": uuid7(), "numbers": "masked", **data})
    assert answer.status_code == 303, answer.text
    return last_job()


def exported(client: FlaskClient, name: str, /, **data: object) -> list[list[object]]:
    """The rows of an export, without the head line."""
    job = start(client, name, **data)
    do_jobs()
    return next(iter(sheets(downloaded(client, job)).values()))[1:]


def as_shown(row: list[object]) -> list[str]:
    """A row of a workbook as the list would show it: numbers without a tail, days as they are written."""
    return [str(Decimal(str(cell)).normalize()) if isinstance(cell, float) else str(cell) for cell in row]


def on_screen(page: str) -> list[list[str]]:
    """The cells of the page's table as they are, but for the last one, which leads to the details."""
    found = BeautifulSoup(page, "html.parser").select("tr[data-href]")
    return [[cell.get_text() for cell in row.select("td")][:-1] for row in found]


def entries(action: str) -> list[AuditEntry]:
    return list(db.session.scalars(db.select(AuditEntry).where(AuditEntry.action == action)))
