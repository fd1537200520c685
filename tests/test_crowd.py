"""Many inspectors who fill at once lose nothing; bench.crowd lets two thousand do it and takes times."""

from argparse import Namespace
from pathlib import Path

from bench.crowd import crowd_of, filled, measured
from tests.databases import database_of

PEOPLE = 20


def test_what_many_answer_at_once_is_kept_once(tmp_path: Path) -> None:
    app = filled(tmp_path, database_of(tmp_path).url, PEOPLE)
    asked = Namespace(seconds=3.0, pause=0.5)
    found = measured(app, crowd_of(app, PEOPLE), 1, asked, tmp_path / "log")
    assert (found.errors, found.wrong) == ({}, 0)
    # Everybody has answered, whoever had to wait the longest too.
    assert found.times.n >= PEOPLE
