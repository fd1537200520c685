"""A server that is killed again and again loses and doubles nothing; bench.killed does it for long."""

from pathlib import Path

from bench.killed import BATCH, killed
from tests.databases import database_of

KILLS = 5


def test_what_was_acknowledged_is_there_once(tmp_path: Path) -> None:
    result = killed(tmp_path, database_of(tmp_path).url, KILLS, seed=3)
    assert (result.lost, result.doubled) == (0, 0)
    assert result.acknowledged >= BATCH
