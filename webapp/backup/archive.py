"""The file of a backup: a tar archive of the database's copy, the storage's files, and last a manifest.

An archive without the manifest was not finished.
"""

import hashlib
import io
import os
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import IO, BinaryIO

import msgspec

FORMAT = 1
DATABASE, FILES, MANIFEST = "database", "files/", "manifest.json"
CHUNK = 1024 * 1024


class Manifest(msgspec.Struct, kw_only=True, frozen=True):
    """What a backup holds.

    ``database`` is the kind of database, ``schema`` the migration it is at, ``key`` a text's blind index
    under the FIELD_KEY without which the backup is unreadable.
    """

    format: int = FORMAT
    made_at: datetime
    database: str
    schema: str
    sha256: str
    key: str
    files: int


class NoBackup(ValueError):
    """The file is not a whole backup; the message says why."""


class Archive:
    """A backup that is open for reading, and known to be whole."""

    def __init__(self, tar: tarfile.TarFile) -> None:
        """:raises NoBackup: it is none, not finished, or of a later program"""
        self._tar = tar
        self._members = {member.name: member for member in tar.getmembers() if member.isfile()}
        self.manifest = self._manifest()
        self.keys = [name.removeprefix(FILES) for name in self._members if name.startswith(FILES)]
        if len(self.keys) != self.manifest.files or self._database_digest() != self.manifest.sha256:
            raise NoBackup("it is damaged")

    @classmethod
    @contextmanager
    def open(cls, file: Path) -> "Iterator[Archive]":
        """Open a backup.

        :raises NoBackup: see above
        """
        try:
            with tarfile.open(file, "r:") as tar:
                yield cls(tar)
        except tarfile.TarError as error:
            raise NoBackup("it is no backup, or damaged") from error

    def file(self, key: str) -> bytes:
        """Return what stood under a key of the storage."""
        with self._file(FILES + key) as stream:
            return stream.read()

    def extract_database(self, target: Path) -> None:
        """Write the database's copy into a file."""
        with self._file(DATABASE) as stream, target.open("wb") as file:
            while piece := stream.read(CHUNK):
                file.write(piece)

    def _manifest(self) -> Manifest:
        if MANIFEST not in self._members:
            raise NoBackup("it is no backup, or was not finished")
        try:
            with self._file(MANIFEST) as stream:
                manifest = msgspec.json.decode(stream.read(), type=Manifest)
        except msgspec.MsgspecError as error:
            raise NoBackup("it is damaged") from error
        if manifest.format != FORMAT:
            raise NoBackup("a later version of the program made it")
        return manifest

    def _database_digest(self) -> str:
        with self._file(DATABASE) as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()  # type: ignore[arg-type]

    def _file(self, name: str) -> IO[bytes]:
        stream = self._tar.extractfile(self._members[name]) if name in self._members else None
        if stream is None:
            raise NoBackup("it is damaged")
        return stream


class Writer:
    """A backup that is being made."""

    def __init__(self, tar: tarfile.TarFile) -> None:
        self._tar = tar
        self.files = 0

    @classmethod
    @contextmanager
    def open(cls, file: Path) -> "Iterator[Writer]":
        """Make a file for its owner's eyes only, which stands there whole or not at all.

        :raises FileExistsError: a file of this name, or of one half-made, is there
        """
        making = file.with_name(f"{file.name}.part")
        if file.exists():
            raise FileExistsError(file)
        handle = os.open(making, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            with os.fdopen(handle, "wb") as stream:
                with tarfile.open(fileobj=stream, mode="w") as tar:
                    yield cls(tar)
                stream.flush()
                os.fsync(stream.fileno())
            making.rename(file)
        except BaseException:
            making.unlink()
            raise

    def add_database(self, copy: Path) -> str:
        """Add the database's copy and return its SHA-256."""
        with copy.open("rb") as stream:
            digest = hashlib.file_digest(stream, "sha256").hexdigest()
        self._tar.add(copy, DATABASE, filter=_anonymous)
        return digest

    def add_file(self, key: str, stream: BinaryIO) -> None:
        """Add what stands under a key of the storage."""
        with stream:
            self._add(FILES + key, stream.read())
        self.files += 1

    def finish(self, manifest: Manifest) -> None:
        """Add the manifest, which makes the backup whole."""
        self._add(MANIFEST, msgspec.json.encode(manifest))

    def _add(self, name: str, content: bytes) -> None:
        member = tarfile.TarInfo(name)
        member.size, member.mode = len(content), 0o600
        self._tar.addfile(member, io.BytesIO(content))


def _anonymous(member: tarfile.TarInfo) -> tarfile.TarInfo:
    member.mode, member.uid, member.gid, member.uname, member.gname = 0o600, 0, 0, "", ""
    return member
