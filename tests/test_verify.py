"""flask verify: records that are not as they were handed in."""

from datetime import date
from typing import Any

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import text, update

from tests import factories
from tests.audit import forging
from tests.databases import drop_trigger
from tests.inspections.conftest import submitted
from tests.supervision.records import handed_in
from webapp.accounts.models import User
from webapp.chain import CHANGED, digest_of
from webapp.database import db
from webapp.inspections.models import Inspection
from webapp.institutions.models import InstitutionRevision


def verify(app: Flask) -> Result:
    return app.test_cli_runner().invoke(args=["verify"])


def test_it_accepts_untouched_records(app: Flask, inspector: User, stranger: User) -> None:
    for by in (inspector, inspector, stranger):
        submitted(by)
    factories.InspectionFactory(inspector=inspector)
    result = verify(app)
    assert result.exit_code == 0
    assert result.output.startswith("inspections: 3 checked, unbroken (")


def unlock() -> None:
    """Take the guards away, as somebody could who owns the database."""
    for verb in ("update", "delete"):
        drop_trigger(f"inspections_no_{verb}", "inspections")


def forge(inspection: Inspection, **columns: Any) -> None:
    unlock()
    db.session.execute(update(Inspection).where(Inspection.id == inspection.id).values(**columns))
    db.session.commit()


def verified(app: Flask) -> str:
    result = verify(app)
    assert result.exit_code == 1
    return result.output


def test_it_notices_a_changed_answer(app: Flask, inspector: User) -> None:
    inspection = submitted(inspector)
    assert inspection.record is not None
    forge(inspection, record={**inspection.record, "remark": "另有说明"})
    output = verified(app)
    assert str(inspection.uuid) in output
    assert "its content differs from its digest" in output


def test_it_notices_a_record_with_a_digest_of_its_own(app: Flask, inspector: User) -> None:
    first, second = submitted(inspector), submitted(inspector)
    changed = {**(first.record or {}), "remark": "另有说明"}
    forge(first, record=changed, digest=digest_of(changed, None))
    output = verified(app)
    assert str(second.uuid) in output
    assert "it does not follow from the record before it" in output


def test_it_notices_a_missing_record(app: Flask, inspector: User) -> None:
    _, second, third = (submitted(inspector) for _ in range(3))
    unlock()
    db.session.delete(second)
    db.session.commit()
    output = verified(app)
    assert str(third.uuid) in output
    assert "record 2 is missing" in output


def test_it_notices_a_record_under_another_identifier(app: Flask, inspector: User) -> None:
    inspection = submitted(inspector)
    forge(inspection, uuid=inspector.uuid)
    assert "another record's identifier" in verified(app)


def test_it_notices_changed_data_of_the_institution(app: Flask, inspector: User) -> None:
    inspection = submitted(inspector)
    renamed = {**inspection.revision.data, "name": "改名医院"}
    db.session.execute(update(InstitutionRevision).values(data=renamed))
    db.session.commit()
    assert "the institution's data of its time were changed" in verified(app)


@pytest.mark.parametrize("columns", [{"failed": 0}, {"kind": "full"}, {"inspected_on": date(2026, 1, 1)}])
def test_it_notices_what_only_lists_show(app: Flask, inspector: User, columns: dict[str, Any]) -> None:
    forge(handed_in(inspector, failing=2), **columns)
    assert "lists show it otherwise than its record" in verified(app)


def test_it_notices_another_checklist(app: Flask, inspector: User) -> None:
    inspection = submitted(inspector)
    record = {**(inspection.record or {})}
    record["checklist"] = {**record["checklist"], "sha256": "0" * 64}
    forge(inspection, record=record, digest=digest_of(record, None))
    assert "its checklist was changed" in verified(app)


def test_it_names_the_first_of_each_institution(app: Flask, inspector: User, stranger: User) -> None:
    for by in (inspector, inspector, stranger):
        inspection = submitted(by)
        forge(inspection, record={**(inspection.record or {}), "remark": "另有说明"})
    output = verified(app)
    assert output.count(": record 1 (") == 2
    assert "inspections: 3 checked, 2 broken (" in output


def test_it_notices_that_the_newest_record_is_gone(app: Flask, inspector: User) -> None:
    first, last = submitted(inspector), submitted(inspector)
    kept, gone = str(first.uuid), str(last.uuid)
    unlock()
    for table in ("failed_items", "inspections"):
        column = "id" if table == "inspections" else "inspection_id"
        db.session.execute(text(f"DELETE FROM {table} WHERE {column} = {last.id}"))
    db.session.commit()
    output = verified(app)
    assert gone in output and kept not in output
    assert f"audit entry {forging.entry(2).place} tells of it with another digest, or it is gone" in output


def test_it_notices_a_chain_that_was_made_anew(app: Flask, inspector: User) -> None:
    inspection = submitted(inspector)
    record = {**(inspection.record or {}), "remark": "另有说明"}
    forge(inspection, record=record, digest=digest_of(record, None))
    output = verified(app)
    assert "inspections: 1 checked, unbroken" in output
    assert f"audit entry {forging.entry(1).place} tells of it with another digest, or it is gone" in output


def test_it_notices_a_broken_audit_log(app: Flask, inspector: User) -> None:
    submitted(inspector)
    forging.change(1, name="另一个人")
    output = verified(app)
    entry = forging.entry(1)
    assert f"audit chain {entry.chain}: record 1 ({entry.uuid}): {CHANGED}" in output
    assert "audit entries: 0 checked, 1 broken" in output
