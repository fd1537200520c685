"""flask checklists check, and what an app does with a spoilt catalog."""

from pathlib import Path

import pytest
from flask import Flask

from tests.catalog import samples
from webapp import catalog


@pytest.fixture
def small_app(root: Path) -> Flask:
    app = Flask("small")
    app.config["CHECKLISTS"] = root
    catalog.init_app(app)
    return app


def test_the_app_has_its_catalog(small_app: Flask) -> None:
    with small_app.app_context():
        assert list(catalog.catalog().checklists) == ["medical-institution/2026-11"]


def test_a_good_catalog_is_summed_up_in_one_line(small_app: Flask) -> None:
    result = small_app.test_cli_runner().invoke(args=["checklists", "check"])
    assert result.exit_code == 0
    published = "medical-institution/2026-11 (5 items), chongqing-reference/2026-11 (2 items)"
    assert result.output == f"published: {published}; drafts: none\n"


def test_a_spoilt_one_exits_with_1_and_names_the_mistakes(small_app: Flask, tmp_path: Path) -> None:
    other = samples.make(tmp_path / "other")
    samples.write(other, samples.STAFF, samples.change(samples.STAFF, "genders.0", ""))
    result = small_app.test_cli_runner().invoke(args=["checklists", "check", str(other)])
    assert result.exit_code == 1
    assert result.output == (
        "Error: 1 problem in the checklists\nreference/staff.yaml: line 6, genders[0]: is empty\n"
    )


def test_the_app_does_not_start_with_a_spoilt_catalog(root: Path) -> None:
    samples.write(root, samples.STAFF, {})
    app = Flask("small")
    app.config["CHECKLISTS"] = root
    with pytest.raises(catalog.CatalogError, match="missing field “genders”"):
        catalog.init_app(app)
