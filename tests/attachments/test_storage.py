"""The same questions to both storages; then what only a disk, or only a store behind a network, is asked."""

import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.attachments.s3 import Store
from webapp.attachments.storage import (
    InvalidKey,
    LocalStorage,
    Storage,
    StorageUnavailable,
    UnknownStorage,
    storage_from_url,
)

KEY = "3f/0192f3a0-5d7e.thumb.jpg"
HOSTILE = [
    "",
    "/etc/passwd",
    "../outside",
    "3f/../../outside",
    "3f//photo.jpg",
    "3f/",
    "./photo.jpg",
    ".hidden",
    "3f/.hidden",
    "3f\\photo.jpg",
    "photo.jpg\n",
    "photo\0.jpg",
    "照片.jpg",
    "C:photo.jpg",
    "a" * 201,
]


@pytest.fixture
def local(tmp_path: Path) -> LocalStorage:
    return LocalStorage(tmp_path / "instance" / "attachments")


@pytest.fixture(params=["local", "s3"])
def storage(request: pytest.FixtureRequest) -> Storage:
    if request.param == "local":
        found: Storage = request.getfixturevalue("local")
        return found
    store: Store = request.getfixturevalue("store")
    return storage_from_url(store.bucket_url())


def content(storage: Storage, key: str = KEY) -> bytes:
    with storage.open(key) as file:
        return file.read()


def test_what_was_put_is_found(storage: Storage) -> None:
    assert not storage.exists(KEY)
    storage.put(KEY, b"photo")
    assert storage.exists(KEY)
    assert content(storage) == b"photo"


def test_putting_again_replaces(storage: Storage) -> None:
    storage.put(KEY, b"a longer first version")
    storage.put(KEY, b"second")
    assert content(storage) == b"second"


def test_what_was_deleted_is_gone(storage: Storage) -> None:
    storage.put(KEY, b"photo")
    storage.delete(KEY)
    storage.delete(KEY)
    assert not storage.exists(KEY)
    with pytest.raises(FileNotFoundError):
        storage.open(KEY)


def test_a_folder_is_cleared_and_its_neighbours_stay(storage: Storage) -> None:
    for key in ("uploads/1/a", "uploads/1/b/c", "uploads/10/a", KEY):
        storage.put(key, b"part")
    storage.clear("uploads/1")
    storage.clear("uploads/1")
    assert [storage.exists(key) for key in ("uploads/1/a", "uploads/1/b/c", "uploads/10/a", KEY)] == [
        *(False, False),
        *(True, True),
    ]


def test_a_folder_is_no_photo(storage: Storage) -> None:
    storage.put(KEY, b"photo")
    assert not storage.exists("3f")


def test_only_the_file_itself_is_left_behind(local: LocalStorage) -> None:
    local.put(KEY, b"photo")
    assert [path.name for path in local.root.rglob("*") if path.is_file()] == ["0192f3a0-5d7e.thumb.jpg"]


def test_others_on_the_machine_cannot_read(local: LocalStorage) -> None:
    local.put(KEY, b"photo")
    file = local.root / KEY
    assert all(path.stat().st_mode & 0o077 == 0 for path in (file, file.parent, local.root))


def test_a_write_that_breaks_off_leaves_the_old_photo_alone(
    local: LocalStorage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The disk fills up while the file is being made safe."""
    local.put(KEY, b"old")

    def full(handle: int) -> None:
        raise OSError("no space left")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="no space left"):
        local.put(KEY, b"new")
    assert content(local) == b"old"
    assert len([path for path in local.root.rglob("*") if path.is_file()]) == 1


def test_files_and_folders_are_synced_before_put_returns(
    local: LocalStorage, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: set[int] = set()
    monkeypatch.setattr(os, "fsync", lambda handle: synced.add(os.fstat(handle).st_ino))
    local.put(KEY, b"photo")
    file = local.root / KEY
    assert {path.stat().st_ino for path in (file, file.parent, local.root)} <= synced


@pytest.mark.parametrize("key", HOSTILE)
@pytest.mark.parametrize(
    "use",
    [
        lambda storage, key: storage.put(key, b"x"),
        lambda storage, key: storage.open(key),
        lambda storage, key: storage.exists(key),
        lambda storage, key: storage.delete(key),
        lambda storage, key: storage.clear(key),
    ],
    ids=["put", "open", "exists", "delete", "clear"],
)
def test_a_key_cannot_lead_outside(storage: Storage, use: Callable[[Storage, str], object], key: str) -> None:
    with pytest.raises(InvalidKey):
        use(storage, key)


@given(key=st.text(alphabet="a./\\~\0", max_size=12))
def test_every_accepted_key_lies_below_the_root(tmp_path_factory: pytest.TempPathFactory, key: str) -> None:
    storage = LocalStorage(tmp_path_factory.getbasetemp() / "keys")
    try:
        storage.exists(key)
    except InvalidKey:
        return
    assert storage.root.joinpath(key).resolve().is_relative_to(storage.root.resolve())


def test_a_storage_is_ready_while_its_folder_can_be_written(local: LocalStorage) -> None:
    assert local.ready()
    assert list(local.root.iterdir()) == []
    local.root.rmdir()
    assert not local.ready()


def test_a_path_names_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    storage_from_url("instance/attachments").put(KEY, b"photo")
    assert (tmp_path / "instance/attachments" / KEY).read_bytes() == b"photo"


def test_a_file_url_names_a_folder(tmp_path: Path) -> None:
    storage_from_url(f"file://{tmp_path}/a b#c%20d").put(KEY, b"photo")
    assert (tmp_path / "a b#c%20d" / KEY).read_bytes() == b"photo"


@pytest.mark.parametrize(
    "url",
    [
        *("", "file://host/folder", "file://", "ftp://user:secret@host/x"),
        *("s3://", "s3://user:secret@bucket", "s3://bucket/secret", "s3://bucket?password=secret"),
        "s3://bucket?addressing=secret",
    ],
)
def test_other_storages_are_refused_without_repeating_the_url(url: str) -> None:
    with pytest.raises(UnknownStorage) as refused:
        storage_from_url(url)
    assert "secret" not in str(refused.value)


def test_s3_says_what_it_needs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "webapp.attachments.s3", raising=False)
    monkeypatch.setitem(sys.modules, "boto3", None)
    with pytest.raises(UnknownStorage, match="pip install"):
        storage_from_url("s3://bucket")


def test_a_large_object_comes_back_whole(store: Store) -> None:
    storage, data = storage_from_url(store.bucket_url()), os.urandom(5 * 1024 * 1024)
    storage.put(KEY, data)
    assert content(storage, KEY) == data


@pytest.mark.parametrize(
    "use",
    [
        lambda storage: storage.put(KEY, b"x"),
        lambda storage: storage.open(KEY),
        lambda storage: storage.exists(KEY),
        lambda storage: storage.delete(KEY),
        lambda storage: storage.clear("3f"),
    ],
    ids=["put", "open", "exists", "delete", "clear"],
)
def test_a_store_that_is_away_is_unavailable_and_then_the_same(
    store: Store, use: Callable[[Storage], object]
) -> None:
    storage = storage_from_url(store.bucket_url())
    storage.put(KEY, b"photo")
    with store.away(), pytest.raises(StorageUnavailable):
        use(storage)
    assert storage.ready() and content(storage) == b"photo"


def test_a_store_that_is_away_is_not_asked_by_everybody(store: Store) -> None:
    """Whoever shows a page of photos does not wait for each of them."""
    storage = storage_from_url(store.bucket_url())
    with store.away(), pytest.raises(StorageUnavailable):
        storage.exists(KEY)
    with pytest.raises(StorageUnavailable, match="a moment ago"):
        storage.exists(KEY)
    assert storage.ready() and not storage.exists(KEY)


def test_a_bucket_that_is_not_there_is_not_ready(store: Store) -> None:
    storage = storage_from_url(store.address("nobody-made-this-one"))
    assert not storage.ready()
