"""概览."""

from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from flask.testing import FlaskClient

from tests import factories
from tests.sessions import counted_statements
from webapp.accounts.models import User

URL = "/admin/"


def figures(page: str) -> dict[str, int]:
    found = BeautifulSoup(page, "html.parser").select(".figure")
    return {figure.select_one("span").text: int(figure.select_one("b").text) for figure in found}  # type: ignore[union-attr]


def test_it_works(desk: FlaskClient) -> None:
    factories.UserFactory(reviewer=True, district="500106")
    factories.UserFactory(auditor=True, password_hash="", name="样例新审计员")
    factories.UserFactory(reviewer=True, is_active=False)
    page = desk.get(URL).text
    assert figures(page) == {
        "可登录的监督员": 1,
        "可登录的系统管理员": 1,
        "可登录的审计员": 0,
        "待首次登录": 1,
        "已停用": 1,
    }
    assert "样例新审计员" in page and "2026-11" in page


def test_it_is_a_system_administrators_home(desk: FlaskClient) -> None:
    assert desk.get("/").location == URL


def test_it_asks_to_sign_in(client: FlaskClient) -> None:
    assert client.get(URL).location.startswith("/login")


def test_it_refuses_other_roles(outsider: FlaskClient) -> None:
    assert outsider.get(URL).status_code == 403


def test_districts_without_a_reviewer_are_named(desk: FlaskClient) -> None:
    factories.UserFactory(reviewer=True, district="500106")
    page = desk.get(URL).text
    assert "渝中区、" in page and "沙坪坝区" not in page
    assert "无人审核" in page
    factories.UserFactory(reviewer=True, district=None)
    assert "由市级监督员审核" in desk.get(URL).text


def test_a_single_administrator_is_warned(desk: FlaskClient) -> None:
    assert "只有一位系统管理员" in desk.get(URL).text
    factories.UserFactory(system=True)
    assert "只有一位系统管理员" not in desk.get(URL).text


def test_a_changed_file_is_told(
    app: Flask, desk: FlaskClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "published.txt").write_text(f"{'0' * 64}  inspection/medical-institution/2026-11.yaml\n")
    monkeypatch.setitem(app.config, "CHECKLISTS", tmp_path)
    assert "与发布时不同：inspection/medical-institution/2026-11.yaml" in desk.get(URL).text


def test_it_counts_statements(desk: FlaskClient, operator: User) -> None:
    counts = []
    for more in (2, 20):
        for _ in range(more):
            factories.UserFactory(reviewer=True)
        with counted_statements() as statements:
            desk.get(URL)
        counts.append(len(statements))
    assert counts[0] == counts[1]
