"""A throw-away PostgreSQL; ``python -m tests.postgres COMMAND …`` runs a command with its address."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

# The server refuses to run as root; this account of Debian's package then owns it.
ACCOUNT = "postgres"
# What is lost with the machine's power is of no use to a test.
SETTINGS = ["fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_connections=200"]


def tools() -> Path | None:
    """Return the folder of initdb and pg_ctl, the newest where there are several."""
    found = shutil.which("initdb")
    folders = [Path(found).parent] if found else sorted(Path("/usr/lib/postgresql").glob("[0-9]*/bin"))
    return folders[-1] if folders else None


def install() -> None:
    """Get PostgreSQL from Debian's packages.

    :raises subprocess.CalledProcessError: it could not be installed
    """
    quiet = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    subprocess.run(["apt-get", "update", "-qq"], check=True)
    subprocess.run(["apt-get", "install", "-y", "-qq", "postgresql"], check=True, env=quiet)


@contextmanager
def served() -> Iterator[str]:
    """Serve an empty cluster on a socket in a folder of its own; yield its address, end it afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="pg"))
    account = ACCOUNT if os.geteuid() == 0 else None
    if account:
        shutil.chown(folder, account)
    binaries = tools()
    assert binaries, "initdb was not found"

    def run(*command: str) -> None:
        # The server would hold our pipes open for as long as it lives.
        with (folder / "commands.log").open("ab") as log:
            subprocess.run(command, check=True, cwd=folder, user=account, stdout=log, stderr=log)

    data = str(folder / "data")
    options = f"-c listen_addresses='' -k {folder} " + " ".join(f"-c {setting}" for setting in SETTINGS)
    run(str(binaries / "initdb"), "-D", data, "-U", "tests", "-E", "UTF8", "--locale=C.UTF-8", "-A", "trust")
    try:
        run(str(binaries / "pg_ctl"), "-D", data, "-l", str(folder / "log"), "-o", options, "-w", "start")
        yield f"postgresql+psycopg://tests@/postgres?host={folder}"
    finally:
        run(str(binaries / "pg_ctl"), "-D", data, "-m", "immediate", "-w", "stop")
        shutil.rmtree(folder)


if __name__ == "__main__":
    if tools() is None:
        print("Getting PostgreSQL …", flush=True)
        install()
    with served() as url:
        sys.exit(
            subprocess.run(sys.argv[1:], env=os.environ | {"TEST_DATABASE_URL": url}, check=False).returncode
        )
