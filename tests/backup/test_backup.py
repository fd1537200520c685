"""``flask backup``: the database and the photos in one file, while the app runs."""

import tarfile
from pathlib import Path

import pytest
from sqlalchemy import text

from tests import factories
from tests.backup.conftest import Run
from webapp.attachments.models import Attachment, storage
from webapp.backup.databases import CopyFailed, PostgresCopier
from webapp.database import db


def test_it_holds_the_database_and_the_photos(made: Path) -> None:
    with tarfile.open(made) as tar:
        names = tar.getnames()
    [photo] = db.session.scalars(db.select(Attachment))
    assert names == ["database", f"files/{photo.key}", f"files/{photo.thumbnail_key}", "manifest.json"]


def test_only_its_owner_may_read_it(made: Path) -> None:
    assert made.stat().st_mode & 0o777 == 0o600


def test_no_number_of_a_person_lies_readable_in_it(made: Path, inspector) -> None:
    content = made.read_bytes()
    for number in (inspector.mobile, inspector.id_number, inspector.institution.contact_phone):
        assert number.encode() not in content


def test_it_says_what_it_made_and_what_else_is_needed(run: Run, work, tmp_path: Path) -> None:
    output = run("backup", tmp_path / "backup.tar").output
    assert "the database and 1 photos" in output and "FIELD_KEY" in output


def test_it_overwrites_nothing(run: Run, made: Path) -> None:
    before = made.read_bytes()
    result = run("backup", made)
    assert result.exit_code == 1 and "exists already" in result.output
    assert made.read_bytes() == before


def test_it_needs_a_folder_that_is_there(run: Run, app, tmp_path: Path) -> None:
    result = run("backup", tmp_path / "none" / "backup.tar")
    assert result.exit_code == 1 and "No such file" in result.output


def test_nothing_is_left_of_one_that_failed(app, run: Run, work, tmp_path: Path) -> None:
    [photo] = db.session.scalars(db.select(Attachment))
    unreadable = Path(app.instance_path) / "attachments" / photo.key
    unreadable.unlink()
    unreadable.mkdir()
    result = run("backup", tmp_path / "backup.tar")
    assert result.exit_code == 1 and "Is a directory" in result.output
    assert not list(tmp_path.iterdir())


def test_a_photo_without_its_file_is_named(run: Run, work, tmp_path: Path) -> None:
    photo = factories.AttachmentFactory(uploader=work.inspector)
    storage().delete(photo.key)
    result = run("backup", tmp_path / "backup.tar")
    assert result.exit_code == 0 and f"photo {photo.uuid} has no file" in result.output


def test_what_is_being_written_meanwhile_is_not_in_it(run: Run, work, tmp_path: Path) -> None:
    db.session.commit()
    with db.engine.connect() as other:
        other.execute(text("UPDATE institutions SET name = 'half-done'"))
        file = tmp_path / "backup.tar"
        assert run("backup", file).exit_code == 0
        other.rollback()
    assert b"half-done" not in file.read_bytes()


def test_postgresql_needs_its_programs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(CopyFailed, match=r"pg_dump was not found.*postgresql-client"):
        PostgresCopier().check()
