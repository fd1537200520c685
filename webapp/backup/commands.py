"""``flask backup`` and ``flask restore``."""

import hashlib
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import UUID

import click
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from flask import current_app
from flask.cli import with_appcontext
from flask_migrate import upgrade
from sqlalchemy import inspect, select, text

from webapp.accounts.models import User
from webapp.attachments.models import Attachment, storage
from webapp.audit.models import record
from webapp.backup.archive import Archive, Manifest, NoBackup, Writer
from webapp.backup.databases import CopyFailed, copier
from webapp.crypto import blind_index
from webapp.database import db, now, snapshot
from webapp.epoch import Epoch
from webapp.recount import rebuild_if_missing
from webapp.verification import all_is_sound

A_FILE = click.Path(dir_okay=False, path_type=Path)


@click.command()
@click.argument("file", type=A_FILE)
@with_appcontext
def backup(file: Path) -> None:
    """Copy the database and the photos into one FILE; the app may run meanwhile."""
    with _explained():
        copier().check()
        with Writer.open(file) as writer, tempfile.TemporaryDirectory(dir=file.absolute().parent) as folder:
            gone = _write(writer, Path(folder) / "database")
    for uuid in gone:
        click.echo(f"photo {uuid} has no file and is not in the backup", err=True)
    click.echo(f"Backed up the database and {writer.files // 2:,} photos in {file}.")
    click.echo("It is unreadable without the FIELD_KEY: keep that in another place.")


def _write(writer: Writer, copy: Path) -> list[UUID]:
    """Fill the archive from one sight of the database; return the photos that the storage does not have."""
    gone: list[UUID] = []
    with snapshot():
        schema = db.session.scalars(text("SELECT version_num FROM alembic_version")).one()
        photos = db.session.scalars(select(Attachment.uuid)).all()
        copier().dump(copy)
    sha256 = writer.add_database(copy)
    for uuid in photos:
        try:
            for key in Attachment.keys_of(uuid):
                writer.add_file(key, storage().open(key))
        except FileNotFoundError:
            gone.append(uuid)
    manifest = Manifest(
        made_at=now(),
        database=copier().kind,
        schema=schema,
        sha256=sha256,
        key=_key_check(),
        files=writer.files,
    )
    writer.finish(manifest)
    return gone


@click.command()
@click.argument("file", type=A_FILE)
@click.option("--force", is_flag=True, help="Replace a database that holds data; nothing of it is kept.")
@with_appcontext
def restore(file: Path, force: bool) -> None:
    """Put the backup in FILE in the place of the database, and check what it holds."""
    with _explained(), Archive.open(file) as archive:
        _check(archive.manifest)
        if not force and _holds_data():
            raise click.ClickException("the database holds data; --force replaces all of it")
        _bring_back(archive)
    upgrade()
    rebuild_if_missing()
    Epoch.begin()
    record("database-restored", by=None, made_at=archive.manifest.made_at.isoformat())
    db.session.commit()
    click.echo(f"Restored the backup of {archive.manifest.made_at:%Y-%m-%d %H:%M} UTC.")
    sys.exit(not (_photos_are_sound() and all_is_sound()))


def _check(manifest: Manifest) -> None:
    """:raises click.ClickException: this app can't take the backup over"""
    here = copier()
    here.check()
    if manifest.database != here.kind:
        raise click.ClickException(f"the backup is of {manifest.database}, the database is {here.kind}")
    if manifest.key != _key_check():
        raise click.ClickException("the backup was made with another FIELD_KEY and would be unreadable")
    try:
        config = current_app.extensions["migrate"].migrate.get_config()
        ScriptDirectory.from_config(config).get_revision(manifest.schema)
    except CommandError as unknown:
        raise click.ClickException("a later version of the program made the backup") from unknown


def _holds_data() -> bool:
    return inspect(db.engine).has_table("users") and db.session.scalar(select(User.id).limit(1)) is not None


def _bring_back(archive: Archive) -> None:
    """Photos first: a row never names a photo that is not there."""
    for key in archive.keys:
        storage().put(key, archive.file(key))
    with tempfile.TemporaryDirectory(dir=current_app.instance_path) as folder:
        copy = Path(folder) / "database"
        archive.extract_database(copy)
        copier().replace(copy)


def _photos_are_sound() -> bool:
    checked, broken = 0, 0
    with snapshot():
        for photo in db.session.scalars(select(Attachment), execution_options={"yield_per": 1000}):
            checked += 1
            if reason := _fault_of(photo):
                broken += 1
                click.echo(f"photo {photo.uuid}: {reason}", err=True)
    click.echo(f"photos: {checked:,} checked, {f'{broken} broken' if broken else 'unbroken'}")
    return not broken


def _fault_of(photo: Attachment) -> str | None:
    if not (storage().exists(photo.key) and storage().exists(photo.thumbnail_key)):
        return "it is missing"
    with storage().open(photo.key) as stream:
        digest = hashlib.sha256(stream.read()).hexdigest()
    return None if digest == photo.sha256 else "its content differs from its digest"


def _key_check() -> str:
    """Something that only the same FIELD_KEY makes."""
    return blind_index("backup", "backup")


@contextmanager
def _explained() -> Iterator[None]:
    try:
        yield
    except FileExistsError as taken:
        raise click.ClickException(f"{taken.filename or taken} exists already") from taken
    except NoBackup as why:
        raise click.ClickException(f"the backup can't be read: {why}") from why
    except (CopyFailed, OSError) as why:
        raise click.ClickException(str(why)) from why
