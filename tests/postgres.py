"""A throw-away PostgreSQL; ``python -m tests.postgres COMMAND …`` runs a command with its address."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

# The server refuses to run as root; this account of Debian's package then owns it.
ACCOUNT = "postgres"
# What is lost with the machine's power is of no use to a test.
SETTINGS = ["fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_connections=200"]


def tools() -> Path | None:
    """Return the folder of initdb and pg_ctl, the newest where there are several."""
    found = shutil.which("initdb")
    folders = (
        [Path(found).resolve().parent] if found else sorted(Path("/usr/lib/postgresql").glob("[0-9]*/bin"))
    )
    return folders[-1] if folders else None


def install() -> None:
    """Get PostgreSQL from Debian's packages.

    :raises subprocess.CalledProcessError: it could not be installed
    """
    quiet = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    subprocess.run(["apt-get", "update", "-qq"], check=True)
    subprocess.run(["apt-get", "install", "-y", "-qq", "postgresql"], check=True, env=quiet)


class Cluster:
    """A server on a socket in a folder of its own; ``url`` is its address."""

    def __init__(self, *, durable: bool = False) -> None:
        """:param durable: what it has confirmed survives its being killed"""
        self._settings = SETTINGS[-1:] if durable else SETTINGS
        binaries = tools()
        assert binaries, "initdb was not found"
        self._binaries = binaries
        self.folder = Path(tempfile.mkdtemp(prefix="pg"))
        self._account = ACCOUNT if os.geteuid() == 0 else None
        if self._account:
            shutil.chown(self.folder, self._account)
        self.url = f"postgresql+psycopg://tests@/postgres?host={self.folder}"

    def make(self) -> None:
        """Make it an empty one."""
        self._run("initdb", "-U", "tests", "-E", "UTF8", "--locale=C.UTF-8", "-A", "trust")

    def follow(self, primary: "Cluster") -> None:
        """Make it a copy of another one that follows it from then on."""
        source = ("-h", str(primary.folder), "-U", "tests")
        self._run("pg_basebackup", *source, "-R", "-X", "stream", "-c", "fast")

    def start(self) -> None:
        """Serve, and return when it answers."""
        settings = " ".join(f"-c {setting}" for setting in self._settings)
        options = f"-c listen_addresses='' -k {self.folder} {settings}"
        self._run("pg_ctl", "-l", str(self.folder / "log"), "-o", options, "-w", "start")

    def stop(self) -> None:
        """End it at once, as a crash would; its data stay."""
        self._run("pg_ctl", "-m", "immediate", "-w", "stop")

    def remove(self) -> None:
        """Forget it; it must not be running."""
        shutil.rmtree(self.folder)

    def _run(self, program: str, *arguments: str) -> None:
        command = [str(self._binaries / program), "-D", str(self.folder / "data"), *arguments]
        # The server would hold our pipes open for as long as it lives.
        with (self.folder / "commands.log").open("ab") as log:
            subprocess.run(command, check=True, cwd=self.folder, user=self._account, stdout=log, stderr=log)


@contextmanager
def served(following: Cluster | None = None, *, durable: bool = False) -> Iterator[Cluster]:
    """Serve an empty cluster, or one that follows another; end and forget it afterwards."""
    cluster = Cluster(durable=durable)
    try:
        if following:
            cluster.follow(following)
        else:
            cluster.make()
        cluster.start()
        yield cluster
    finally:
        # One that a test has stopped, or that never started, has nothing to end.
        with suppress(subprocess.CalledProcessError):
            cluster.stop()
        cluster.remove()


if __name__ == "__main__":
    if tools() is None:
        print("Getting PostgreSQL …", flush=True)
        install()
    with served() as cluster:
        sys.exit(
            subprocess.run(
                sys.argv[1:], env=os.environ | {"TEST_DATABASE_URL": cluster.url}, check=False
            ).returncode
        )
