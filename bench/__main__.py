"""``make bench``: every benchmark, one after the other, sized for a laptop; ``FULL=1`` for the million."""

import os
import subprocess
import sys

from webapp.config import ROOT

# Each in a process of its own, so that none finds what another left behind.
LAPTOP = {
    "generate": ["--institutions", "2500", "--inspections", "100000", "--demerits", "20000"],
    "form": ["--visits", "3"],
    "later": [],
    "taps": [],
    "memory": ["--requests", "10000"],
    "server": ["--clients", "1", "32", "64", "--turns", "2"],
    "lists": ["--institutions", "2500", "--inspections", "100000", "--demerits", "20000", "--rounds", "40"],
    "growth": [],
    "slow": [],
    "startup": [],
    "crowd": [],
}
FULL = {
    **LAPTOP,
    "generate": [],
    "server": ["--clients", "1", "32", "64", "--turns", "6"],
    "lists": ["--institutions", "25000", "--inspections", "1000000", "--demerits", "200000"],
    "growth": ["--records", "1000", "10000", "100000", "1000000"],
}


def main() -> int:
    """Run them all; the tables go to standard output, so that they can be kept."""
    failed = []
    for name, arguments in (FULL if os.environ.get("FULL") == "1" else LAPTOP).items():
        print(f"\n## {name}\n", flush=True)
        command = [sys.executable, "-m", f"bench.{name}", *arguments]
        if subprocess.run(command, cwd=ROOT).returncode:
            failed.append(name)
    if failed:
        print(f"\nDid not finish: {', '.join(failed)}", file=sys.stderr)
    return len(failed)


if __name__ == "__main__":
    sys.exit(main())
