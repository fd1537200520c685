"""What the system knows of processes (Linux)."""

from contextlib import suppress
from pathlib import Path

PROC = Path("/proc")


def children_of(pid: int) -> list[int]:
    """The processes that a process started and that still run."""
    parents = {}
    for stat in PROC.glob("[0-9]*/stat"):
        with suppress(OSError):
            # The name before the last bracket may hold anything; behind it are the state and the parent.
            parents[int(stat.parent.name)] = int(stat.read_text().rpartition(")")[2].split()[1])
    return [child for child, parent in parents.items() if parent == pid]


def megabytes(pid: int, figure: str) -> float:
    """How much memory a process takes: ``VmRSS`` now, ``VmHWM`` at most so far; 0 when it is gone."""
    with suppress(OSError):
        for line in (PROC / str(pid) / "status").read_text().splitlines():
            if line.startswith(f"{figure}:"):
                return int(line.split()[1]) / 1024
    return 0.0
