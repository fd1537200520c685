"""``flask restore``: the backup in the place of the database, and proof that all of it is sound."""

import hashlib
import tarfile
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import msgspec
import pytest
from flask import Flask
from sqlalchemy import select, text

from tests import factories
from tests.backup.conftest import Rows, Run, contents, without_audit
from tests.databases import database_of
from tests.inspections.conftest import submitted
from tests.inspections.phones import APPLIED, Phone
from webapp.accounts.models import User
from webapp.attachments.models import Attachment, storage
from webapp.audit.models import AuditEntry
from webapp.crypto import FieldCipher, new_field_key
from webapp.database import db
from webapp.epoch import Epoch
from webapp.inspections.models import Inspection


@pytest.fixture
def before(work: Inspection, made: Path) -> Rows:
    """What the backup holds."""
    return contents()


def test_it_brings_everything_back(run: Run, before: Rows, made: Path, inspector: User) -> None:
    submitted(inspector)
    factories.UserFactory(inspector=True)
    db.session.execute(text("DELETE FROM inspection_photos"))
    result = run("restore", made, "--force")
    assert result.exit_code == 0, result.output
    assert without_audit(contents()) == without_audit(before)
    assert "inspections: 1 checked, unbroken" in result.output
    assert "photos: 1 checked, unbroken" in result.output


def test_it_brings_lost_photos_back(run: Run, made: Path) -> None:
    [photo] = db.session.scalars(select(Attachment))
    for key in Attachment.keys_of(photo.uuid):
        storage().delete(key)
    assert run("restore", made, "--force").exit_code == 0
    assert storage().exists(photo.key) and storage().exists(photo.thumbnail_key)


def test_it_begins_a_new_epoch_each_time(run: Run, made: Path) -> None:
    epochs = [Epoch.current()]
    for _ in range(2):
        run("restore", made, "--force")
        epochs.append(Epoch.current())
    assert len(set(epochs)) == 3 and None not in epochs


def test_it_is_recorded(run: Run, made: Path) -> None:
    run("restore", made, "--force")
    entry = db.session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()
    assert entry is not None and entry.action == "database-restored"


def test_an_empty_database_takes_it_without_further_ado(
    app: Flask, run: Run, before: Rows, made: Path
) -> None:
    db.session.remove()
    db.engine.dispose()
    database_of(Path(app.instance_path)).bring_back("empty")
    assert run("restore", made).exit_code == 0
    assert without_audit(contents()) == without_audit(before)


def test_it_replaces_no_data_unasked(run: Run, before: Rows, made: Path) -> None:
    result = run("restore", made)
    assert result.exit_code == 1 and "--force" in result.output
    assert contents() == before


def test_what_was_restored_can_be_backed_up_and_restored(
    run: Run, before: Rows, made: Path, tmp_path: Path
) -> None:
    run("restore", made, "--force")
    assert run("backup", tmp_path / "second.tar").exit_code == 0
    assert run("restore", tmp_path / "second.tar", "--force").exit_code == 0
    assert without_audit(contents()) == without_audit(before)


def rewritten(file: Path, change: Callable[[str, bytes], bytes | None]) -> Path:
    """A copy of a backup with changed members."""
    copy = file.with_name(f"changed-{file.name}")
    with tarfile.open(file) as old, tarfile.open(copy, "w") as new:
        for member in old:
            stream = old.extractfile(member)
            assert stream is not None
            content = change(member.name, stream.read())
            if content is not None:
                member.size = len(content)
                new.addfile(member, BytesIO(content))
    return copy


def with_manifest(file: Path, **changes: object) -> Path:
    def change(name: str, content: bytes) -> bytes:
        if name != "manifest.json":
            return content
        return msgspec.json.encode(msgspec.json.decode(content) | changes)

    return rewritten(file, change)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"format": 2}, "a later version of the program"),
        ({"schema": "9999"}, "a later version of the program"),
        ({"database": "oracle"}, "the backup is of oracle"),
        ({"key": "0" * 64}, "another FIELD_KEY"),
        ({"files": 7}, "damaged"),
        ({"sha256": "0" * 64}, "damaged"),
        ({"made_at": "yesterday"}, "damaged"),
    ],
)
def test_what_does_not_fit_is_refused(run: Run, before: Rows, made: Path, changes, reason) -> None:
    result = run("restore", with_manifest(made, **changes), "--force")
    assert result.exit_code == 1 and reason in result.output
    assert contents() == before


def test_another_key_is_noticed(app: Flask, run: Run, before: Rows, made: Path, monkeypatch) -> None:
    monkeypatch.setitem(app.extensions, "field_cipher", FieldCipher(new_field_key()))
    assert "another FIELD_KEY" in run("restore", made, "--force").output
    assert contents() == before


@pytest.mark.parametrize("share", [0, 0.2, 0.9])
def test_half_a_file_is_refused(run: Run, before: Rows, made: Path, share: float) -> None:
    content = made.read_bytes()
    made.write_bytes(content[: int(len(content) * share)])
    result = run("restore", made, "--force")
    assert result.exit_code == 1 and "can't be read" in result.output
    assert contents() == before


@pytest.mark.parametrize("missing", ["database", "manifest.json", "files/"])
def test_a_file_with_something_missing_is_refused(run: Run, before: Rows, made: Path, missing: str) -> None:
    file = rewritten(made, lambda name, content: None if name.startswith(missing) else content)
    assert "can't be read" in run("restore", file, "--force").output
    assert contents() == before


def test_what_is_no_file_is_refused(run: Run, app: Flask, tmp_path: Path) -> None:
    assert run("restore", tmp_path / "none.tar").exit_code == 1
    (tmp_path / "text.tar").write_text("no backup")
    assert "can't be read" in run("restore", tmp_path / "text.tar").output


def test_a_copy_that_the_database_refuses_changes_nothing(run: Run, before: Rows, made: Path) -> None:
    broken = b"no database"
    file = rewritten(made, lambda name, content: broken if name == "database" else content)
    result = run("restore", with_manifest(file, sha256=hashlib.sha256(broken).hexdigest()), "--force")
    assert result.exit_code == 1
    assert contents() == before


def test_a_name_that_leads_out_of_the_storage_is_refused(run: Run, before: Rows, made: Path) -> None:
    with tarfile.open(made, "a") as tar:
        member = tarfile.TarInfo("files/../../evil")
        tar.addfile(member, BytesIO(b""))
    result = run("restore", with_manifest(made, files=3), "--force")
    assert result.exit_code == 1
    assert contents() == before


def test_a_photo_that_is_not_what_it_was_is_named(run: Run, made: Path) -> None:
    [photo] = db.session.scalars(select(Attachment))
    file = rewritten(made, lambda name, content: b"x" if name == f"files/{photo.key}" else content)
    result = run("restore", file, "--force")
    assert result.exit_code == 1
    assert f"photo {photo.uuid}: its content differs from its digest" in result.output


def test_a_phone_sends_again_what_was_forgotten(run: Run, as_user, inspector: User, tmp_path: Path) -> None:
    phone, file = Phone(as_user(inspector), inspector), tmp_path / "backup.tar"
    batch = [phone.create(["CR-SY"]), phone.answer("CR-SY-001")]
    seen = phone.send(*batch)["epoch"]
    assert run("backup", file).exit_code == 0
    later = [phone.answer("CR-SY-002", "no"), phone.answer("CR-SY-003")]
    phone.send(*later, phone.submit())
    assert run("restore", file, "--force").exit_code == 0
    answer = phone.send(*batch, *later, phone.submit({sent["op"]: sent["item"] for sent in later}))
    assert answer["epoch"] != seen
    assert [(result["status"], result["outcome"]) for result in answer["results"]] == [APPLIED] * 5
    [record] = db.session.scalars(select(Inspection))
    assert not record.is_draft and (record.answered, record.failed) == (3, 1)


def test_a_copy_put_in_place_by_hand_gets_its_epoch_from_the_first_batch(as_user, inspector: User) -> None:
    db.session.execute(text("DELETE FROM epochs"))
    phone = Phone(as_user(inspector), inspector)
    first, second = phone.send(phone.create()), phone.send(phone.answer("JG-ZZ-001"))
    assert first["epoch"] == second["epoch"] == str(Epoch.current())
