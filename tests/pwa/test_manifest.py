"""The web app manifest: all that a browser asks of an app before it offers to install it."""

from io import BytesIO
from typing import Any

import pytest
from flask.testing import FlaskClient
from PIL import Image

ANDROID_LEAST, ANDROID_LARGEST = 192, 512
# Chromium shows a picture in its install dialogue only within these bounds.
SHORTEST_SIDE, LONGEST_SIDE, LONGEST_TO_SHORTEST = 320, 3840, 2.3


@pytest.fixture
def manifest(client: FlaskClient) -> dict[str, Any]:
    answer = client.get("/manifest.webmanifest")
    assert answer.mimetype == "application/manifest+json"
    parsed: dict[str, Any] = answer.json  # type: ignore[assignment]
    return parsed


def images(manifest: dict[str, Any]) -> list[dict[str, str]]:
    """Everything in it that names a picture."""
    of_shortcuts = [icon for shortcut in manifest["shortcuts"] for icon in shortcut["icons"]]
    return [*manifest["icons"], *manifest["screenshots"], *of_shortcuts]


def size(image: dict[str, str]) -> tuple[int, int]:
    width, height = map(int, image["sizes"].split("x"))
    return width, height


def test_it_names_the_app(manifest: dict[str, Any]) -> None:
    assert (manifest["id"], manifest["start_url"], manifest["scope"]) == ("/", "/", "/")
    assert manifest["display"] == "standalone" and manifest["lang"] == "zh-CN"
    assert 0 < len(manifest["short_name"]) <= 12 and manifest["name"] and manifest["description"]


def test_every_picture_is_what_it_says(client: FlaskClient, manifest: dict[str, Any]) -> None:
    for image in images(manifest):
        answer = client.get(image["src"])
        with Image.open(BytesIO(answer.data)) as picture:
            assert picture.size == size(image)
            assert Image.MIME[picture.format or ""] == image["type"] == answer.mimetype


def test_its_icons_serve_every_launcher(manifest: dict[str, Any]) -> None:
    sides = {purpose: set() for purpose in ("any", "maskable")}  # type: ignore[var-annotated]
    for icon in manifest["icons"]:
        sides[icon["purpose"]].add(size(icon))
    assert sides["any"] >= {(side, side) for side in (ANDROID_LEAST, ANDROID_LARGEST)}
    assert (ANDROID_LARGEST, ANDROID_LARGEST) in sides["maskable"]


@pytest.mark.parametrize("form", ["narrow", "wide"])
def test_its_screenshots_fit_the_install_dialogue(manifest: dict[str, Any], form: str) -> None:
    shown = [picture for picture in manifest["screenshots"] if picture["form_factor"] == form]
    assert shown and all(picture["label"] for picture in shown)
    shapes = {width / height for width, height in map(size, shown)}
    assert len(shapes) == 1
    for short, long in map(sorted, map(size, shown)):
        assert short >= SHORTEST_SIDE and long <= LONGEST_SIDE and long / short <= LONGEST_TO_SHORTEST


def test_its_shortcuts_lead_to_pages(client: FlaskClient, manifest: dict[str, Any]) -> None:
    assert [shortcut["name"] for shortcut in manifest["shortcuts"]] == ["自查填报", "自查记录"]
    for shortcut in manifest["shortcuts"]:
        assert client.get(shortcut["url"]).location.startswith("/login?next=")
