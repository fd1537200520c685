"""Photos in a bucket of any S3-compatible store, by boto3, imported only where this is configured."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from tempfile import SpooledTemporaryFile
from time import monotonic
from typing import Any, BinaryIO, cast
from urllib.parse import parse_qsl, urlsplit

import boto3
from botocore.client import Config
from botocore.exceptions import BotoCoreError, ClientError

from webapp.attachments.storage import StorageUnavailable, UnknownStorage, checked_key

CHUNK = 256 * 1024
IN_MEMORY = 4 * 1024 * 1024
PROBE = "readiness"
ABSENT = ("NoSuchKey", "404")
ADDRESSING = ("path", "virtual")
# After a failure nobody asks for so many seconds: eight threads must not wait for a store that is gone
# while others only want to save an answer.
PAUSE = 2.0
TIMES = {"connect_timeout": 3, "read_timeout": 10, "retries": {"total_max_attempts": 2, "mode": "standard"}}


class S3Storage:
    """Objects in one bucket. The store replaces and deletes them whole, so nothing is ever half there."""

    def __init__(
        self, bucket: str, endpoint: str | None = None, region: str | None = None, addressing: str = ""
    ) -> None:
        """:param bucket: a bucket that is there

        :param endpoint: the store's address, Amazon's when left out
        :param region: as the store names it
        :param addressing: how the bucket is named to the store: ``path``, or ``virtual`` as a part of the
            host; in the path where there is an endpoint and nothing else is said
        """
        self.bucket = bucket
        style = addressing or ("path" if endpoint else "auto")
        # Stores other than Amazon's refuse checksums of kinds that they don't know; photos have their own.
        checksums = {
            "request_checksum_calculation": "when_required",
            "response_checksum_validation": "when_required",
        }
        config = Config(s3={"addressing_style": style}, **TIMES, **checksums)
        self._client = boto3.client(
            "s3", endpoint_url=endpoint, region_name=region or "us-east-1", config=config
        )
        self._asked_again_at = 0.0

    @classmethod
    def from_url(cls, url: str) -> "S3Storage":
        """Return the storage of ``s3://bucket?endpoint=https://…&region=…&addressing=…``.

        :raises UnknownStorage: there is more in the address, or no bucket
        """
        parts = urlsplit(url)
        said = dict(parse_qsl(parts.query))
        wrong = set(said) - {"endpoint", "region", "addressing"}
        if wrong or not parts.hostname or parts.netloc != parts.hostname or parts.path.strip("/"):
            raise UnknownStorage("STORAGE_URL must be s3://bucket?endpoint=…&region=…&addressing=…, no more")
        if said.get("addressing", "path") not in ADDRESSING:
            raise UnknownStorage(f"addressing in STORAGE_URL must be one of {', '.join(ADDRESSING)}")
        return cls(parts.hostname, **said)

    def put(self, key: str, data: bytes) -> None:
        self._ask(self._client.put_object, Key=checked_key(key), Body=data)

    def open(self, key: str) -> BinaryIO:
        """Return the data when all of it is there: a store that fails midway can't cut a photo short."""
        stream = SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 - the caller closes it
        try:
            with self._guarded(key):
                body = self._client.get_object(Bucket=self.bucket, Key=checked_key(key))["Body"]
                while piece := body.read(CHUNK):
                    stream.write(piece)
        except BaseException:
            stream.close()
            raise
        stream.seek(0)
        return cast(BinaryIO, stream)

    def exists(self, key: str) -> bool:
        try:
            self._ask(self._client.head_object, Key=checked_key(key))
        except FileNotFoundError:
            return False
        return True

    def delete(self, key: str) -> None:
        self._ask(self._client.delete_object, Key=checked_key(key))

    def clear(self, folder: str) -> None:
        # One by one: not every store understands to delete many at once, and a photo has few parts.
        for key in list(self._keys(f"{checked_key(folder)}/")):
            self._ask(self._client.delete_object, Key=key)

    def ready(self) -> bool:
        self._asked_again_at = 0.0
        try:
            self.put(PROBE, b"ready")
        except StorageUnavailable:
            return False
        return True

    def _keys(self, prefix: str) -> Iterator[str]:
        with self._guarded(prefix):
            pages = self._client.get_paginator("list_objects_v2").paginate(Bucket=self.bucket, Prefix=prefix)
            for page in pages:
                yield from (found["Key"] for found in page.get("Contents", ()))

    def _ask(self, method: Callable[..., Any], **what: Any) -> None:
        with self._guarded(what["Key"]):
            method(Bucket=self.bucket, **what)

    @contextmanager
    def _guarded(self, key: str) -> Iterator[None]:
        """:raises FileNotFoundError: the store has no such object

        :raises StorageUnavailable: it does not answer, refuses, or did so a moment ago
        """
        if monotonic() < self._asked_again_at:
            raise StorageUnavailable("the object store did not answer a moment ago")
        try:
            yield
        except ClientError as refusal:
            if refusal.response["Error"]["Code"] in ABSENT:
                raise FileNotFoundError(key) from refusal
            raise self._unavailable(refusal) from refusal
        except (BotoCoreError, OSError) as fault:
            raise self._unavailable(fault) from fault

    def _unavailable(self, fault: Exception) -> StorageUnavailable:
        self._asked_again_at = monotonic() + PAUSE
        return StorageUnavailable(f"the object store failed: {fault}")
