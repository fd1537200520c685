"""Where the bytes of photos lie. A key is a short path, ``3f/0192….jpg``, the same in every storage."""

import os
import re
import shutil
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO, Protocol

KEY = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*(?:/[A-Za-z0-9][A-Za-z0-9._-]*)*")
LONGEST_KEY = 200


class InvalidKey(ValueError):
    """The key could lead out of the storage."""


class UnknownStorage(ValueError):
    """STORAGE_URL names a storage that is not installed or does not exist."""


class StorageUnavailable(OSError):
    """The store can't be reached or refuses, for now; nothing that it holds is lost."""


class Storage(Protocol):
    """What a storage of photos can do. A malformed key raises InvalidKey in every method."""

    def put(self, key: str, data: bytes) -> None:
        """Keep the data under the key, whole or not at all; what stood there before is replaced.

        :raises OSError: the storage is full, read-only or gone, for a while (StorageUnavailable) or not
        """
        ...

    def open(self, key: str) -> BinaryIO:
        """Return the data as a stream, which the caller closes.

        :raises FileNotFoundError: nothing stands under the key
        """
        ...

    def exists(self, key: str) -> bool:
        """Whether something stands under the key."""
        ...

    def delete(self, key: str) -> None:
        """Forget what stands under the key, if anything does."""
        ...

    def clear(self, folder: str) -> None:
        """Forget everything whose key begins with the folder and a slash."""
        ...

    def ready(self) -> bool:
        """Whether data can be kept right now."""
        ...


class LocalStorage:
    """Files below one folder; what ``put`` has returned from survives a power cut."""

    def __init__(self, root: Path) -> None:
        """:param root: the folder, made when it is not there"""
        self.root = root
        root.mkdir(mode=0o700, parents=True, exist_ok=True)

    def put(self, key: str, data: bytes) -> None:
        path = self._path(key)
        self._make_folder(path.parent)
        handle, temporary = tempfile.mkstemp(prefix=".", dir=path.parent)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            os.replace(temporary, path)
        except BaseException:
            with suppress(FileNotFoundError):
                os.unlink(temporary)
            raise
        _fsync_folder(path.parent)

    def open(self, key: str) -> BinaryIO:
        return self._path(key).open("rb")

    def exists(self, key: str) -> bool:
        return self._path(key).is_file()

    def delete(self, key: str) -> None:
        self._path(key).unlink(missing_ok=True)

    def clear(self, folder: str) -> None:
        # Whoever puts something there at this moment removes it again; its folder may stay, empty.
        shutil.rmtree(self._path(folder), ignore_errors=True)

    def ready(self) -> bool:
        try:
            with tempfile.TemporaryFile(dir=self.root) as file:
                file.write(b"ready")
        except OSError:
            return False
        return True

    def _path(self, key: str) -> Path:
        return self.root / checked_key(key)

    def _make_folder(self, folder: Path) -> None:
        """A new folder is only there after a power cut if the folder above it was synced."""
        if folder.is_dir():
            return
        self._make_folder(folder.parent)
        folder.mkdir(mode=0o700, exist_ok=True)
        _fsync_folder(folder.parent)


def _fsync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def checked_key(key: str) -> str:
    """Return the key.

    :raises InvalidKey: it is malformed
    """
    if len(key) > LONGEST_KEY or not KEY.fullmatch(key):
        raise InvalidKey(f"not a storage key: {key[:LONGEST_KEY]!r}")
    return key


def storage_from_url(url: str) -> Storage:
    """Return the storage that STORAGE_URL names.

    :param url: a folder (``instance/attachments``, relative to the working directory) or ``file:///folder``,
        taken literally, without percent-encoding; or ``s3://bucket``, see :meth:`S3Storage.from_url`
    :raises UnknownStorage: another scheme, a ``file://`` with a host, or nothing; boto3 is missing
    """
    scheme, separator, rest = url.partition("://")
    if not separator and url:
        return LocalStorage(Path(url))
    if scheme == "file" and rest.startswith("/"):
        return LocalStorage(Path(rest))
    if scheme == "s3":
        return _s3_storage(url)
    # The rest of the URL may hold a password and is not repeated.
    raise UnknownStorage(f"STORAGE_URL must be a folder, file:///folder or s3://bucket, not {scheme!r}")


def _s3_storage(url: str) -> Storage:
    """boto3 takes 40 MB of memory and half a second: only whoever names a bucket pays for it."""
    try:
        from webapp.attachments.s3 import S3Storage
    except ModuleNotFoundError as missing:
        raise UnknownStorage(
            "STORAGE_URL names an S3 bucket, which needs boto3: pip install -r requirements-s3.txt"
        ) from missing
    return S3Storage.from_url(url)
