"""A clinic's work, and the commands that keep it safe."""

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import text

from tests import factories
from tests.inspections.conftest import submitted
from webapp.accounts.models import User
from webapp.database import Base, db
from webapp.inspections.answers import InspectionPhoto
from webapp.inspections.models import Inspection

Run = Callable[..., Result]
Rows = dict[str, list[tuple[object, ...]]]


@pytest.fixture
def run(app: Flask) -> Run:
    """Run a command, on what was committed."""

    def invoke(*arguments: object) -> Result:
        db.session.commit()
        result = app.test_cli_runner().invoke(args=[str(argument) for argument in arguments])
        db.session.expire_all()
        return result

    return invoke


@pytest.fixture
def work(inspector: User) -> Inspection:
    """A record, and a draft with a photo, which is returned."""
    submitted(inspector)
    draft: Inspection = factories.InspectionFactory(inspector=inspector)
    photo = factories.AttachmentFactory(uploader=inspector)
    draft.photos.append(
        InspectionPhoto(institution_id=draft.institution_id, attachment=photo, item=draft.items[0].code)
    )
    db.session.commit()
    return draft


@pytest.fixture
def made(work: Inspection, run: Run, tmp_path: Path) -> Path:
    """A backup of that work."""
    file = tmp_path / "backup.tar"
    result = run("backup", file)
    assert result.exit_code == 0, result.output
    return file


def contents() -> Rows:
    """Every row of every table, but for the epochs, which are never the same again."""
    db.session.rollback()
    tables = [table for table in Base.metadata.sorted_tables if table.name != "epochs"]
    rows = {
        table.name: sorted(map(tuple, db.session.execute(text(f"SELECT * FROM {table.name}"))), key=repr)
        for table in tables
    }
    db.session.rollback()
    return rows


def without_audit(rows: Rows) -> Rows:
    """The same, but for the log, in which a restore leaves its entry."""
    return {table: found for table, found in rows.items() if not table.startswith("audit_")}
