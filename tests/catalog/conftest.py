"""A good catalog in a folder of its own for every test."""

from pathlib import Path

import pytest

from tests.catalog import samples


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return samples.make(tmp_path / "checklists")
