"""清单与规则, and what changed between two versions."""

from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from flask.testing import FlaskClient

from tests.shelves import INSPECTION, NEWER, OLDER, two_versions
from webapp.catalog import load_catalog

URL = "/admin/checklists"
COMPARISON = f"{URL}/{INSPECTION}/comparison"
RULES = f"{URL}/demerit/chongqing-reference/comparison"


@pytest.fixture
def shelf(app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The app's checklists and an older version of each."""
    folder = two_versions(tmp_path / "checklists")
    monkeypatch.setitem(app.config, "CHECKLISTS", folder)
    monkeypatch.setitem(app.extensions, "catalog", load_catalog(folder))
    return folder


def test_it_works(desk: FlaskClient) -> None:
    page = desk.get(URL).text
    for told in ("自查清单", "记分规则", NEWER, "现行", "与发布时一致", "目前只有一个版本"):
        assert told in page


@pytest.mark.parametrize("path", [URL, COMPARISON])
def test_it_asks_to_sign_in(client: FlaskClient, path: str) -> None:
    assert client.get(path).location.startswith("/login")


@pytest.mark.parametrize("path", [URL, COMPARISON])
def test_it_refuses_other_roles(outsider: FlaskClient, path: str) -> None:
    assert outsider.get(path).status_code == 403


def test_versions_are_listed_with_their_state(desk: FlaskClient, shelf: Path) -> None:
    page = desk.get(URL).text
    assert "历史" in page and "比较版本" in page and "目前只有一个版本" not in page


@pytest.mark.parametrize(
    ("harm", "told"),
    [
        (lambda file: file.write_text(file.read_text() + "# 改\n"), "发布后被改动"),
        (lambda file: file.unlink(), "文件缺失"),
        (lambda file: (file.parent / "2027-01.yaml").write_bytes(file.read_bytes()), "草稿，未发布"),
    ],
)
def test_the_files_are_looked_at(desk: FlaskClient, shelf: Path, harm: object, told: str) -> None:
    harm(shelf / INSPECTION / f"{OLDER}.yaml")  # type: ignore[operator]
    assert told in desk.get(URL).text


def test_two_versions_are_compared(desk: FlaskClient, shelf: Path) -> None:
    page = BeautifulSoup(desk.get(COMPARISON).text, "html.parser")
    kinds = {tag.text for tag in page.select(".row > .tag")}
    assert {"新增 1 项", "删除 1 项", "改文字 1 项"} <= kinds
    (reworded,) = (card for card in page.select("section[id]") if "改文字" in card.text)
    assert [mark.text for mark in reworded.select("del")] == ["应当"]
    assert [mark.text for mark in reworded.select("ins")] == ["必须"]


def test_rules_are_compared_by_points_too(desk: FlaskClient, shelf: Path) -> None:
    page = BeautifulSoup(desk.get(RULES).text, "html.parser")
    (changed,) = page.select("section[id]")
    assert "改其他" in changed.text and "分值" in changed.text
    assert "1.5 分" in changed.text


def test_the_other_way_round_is_the_opposite(desk: FlaskClient, shelf: Path) -> None:
    page = BeautifulSoup(desk.get(f"{COMPARISON}?before={NEWER}&after={OLDER}").text, "html.parser")
    (reworded,) = (card for card in page.select("section[id]") if "改文字" in card.text)
    assert [mark.text for mark in reworded.select("ins")] == ["应当"]


def test_a_version_is_the_same_as_itself(desk: FlaskClient, shelf: Path) -> None:
    assert "两个版本没有不同" in desk.get(f"{COMPARISON}?before={NEWER}&after={NEWER}").text


def test_a_single_version_has_nothing_to_compare_with(desk: FlaskClient) -> None:
    assert "目前只有一个版本" in desk.get(COMPARISON).text


@pytest.mark.parametrize("query", ["before=1999-01&after=2026-11", "before=2026-11&after=x"])
def test_it_rejects_bad_input(desk: FlaskClient, shelf: Path, query: str) -> None:
    assert desk.get(f"{COMPARISON}?{query}").status_code == 422


@pytest.mark.parametrize("path", ["inspection/unknown", "demerit/medical-institution", "reference/regions"])
def test_unknown_lists_are_not_found(desk: FlaskClient, path: str) -> None:
    assert desk.get(f"{URL}/{path}/comparison").status_code == 404
