"""An S3 server in a process of its own, behind a line that can be cut."""

import os
import secrets
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import urlencode

from tests.attachments.line import Line, line_to

START_SECONDS = 90
KEYS = {"AWS_ACCESS_KEY_ID": "tests", "AWS_SECRET_ACCESS_KEY": "a test's secret"}


class Store:
    """A server that speaks S3; what a test puts into a bucket of its own stays when the line is cut."""

    def __init__(self, line: Line) -> None:
        self._line = line

    def address(self, bucket: str) -> str:
        """What STORAGE_URL says of a bucket there."""
        return f"s3://{bucket}?{urlencode({'endpoint': self._line.url})}"

    def bucket_url(self) -> str:
        """Make a bucket and return its address."""
        # Half a second, which tests without a store need not spend.
        import boto3

        bucket = f"photos-{secrets.token_hex(8)}"
        client = boto3.client("s3", endpoint_url=self._line.url, region_name="us-east-1")
        client.create_bucket(Bucket=bucket)
        return self.address(bucket)

    @contextmanager
    def away(self) -> Iterator[None]:
        """Let nobody reach it."""
        self._line.is_down = True
        try:
            yield
        finally:
            self._line.is_down = False


@contextmanager
def served(folder: Path) -> Iterator[Store]:
    """Serve an empty store.

    :param folder: where its log goes
    """
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with (folder / "s3.log").open("wb") as log:
        command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
        process = subprocess.Popen(command, stdout=log, stderr=log, env=os.environ | KEYS)
    try:
        deadline = time.monotonic() + START_SECONDS
        while not _answers(port):
            assert process.poll() is None and time.monotonic() < deadline, (folder / "s3.log").read_text()
            time.sleep(0.1)
        with line_to(port) as line:
            yield Store(line)
    finally:
        process.kill()
        process.wait()


def _answers(port: int) -> bool:
    with suppress(OSError), socket.create_connection(("127.0.0.1", port)):
        return True
    return False
