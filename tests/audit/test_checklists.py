"""The versions of checklists and rules that are in use are recorded, each once."""

from flask import Flask
from sqlalchemy import select

from webapp.audit.checklists import record_versions
from webapp.audit.models import AuditEntry
from webapp.catalog import catalog
from webapp.database import db


def test_each_version_is_recorded_once(app: Flask) -> None:
    published = {**catalog().checklists, **catalog().rules}
    assert set(record_versions()) == set(published)
    assert record_versions() == []
    entries = db.session.scalars(select(AuditEntry)).all()
    assert {entry.action for entry in entries} == {"checklist-loaded"}
    assert {entry.detail["version"]: entry.detail["sha256"] for entry in entries} == {
        key: version.digest for key, version in published.items()
    }


def test_a_command_records_them(app: Flask) -> None:
    run = app.test_cli_runner().invoke
    assert "medical-institution/" in run(args=["checklists", "record"]).output
    assert run(args=["checklists", "record"]).output == "recorded: nothing new\n"
