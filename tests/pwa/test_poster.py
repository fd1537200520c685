"""The poster and its QR code, for the city and for an institution."""

from collections.abc import Callable
from io import BytesIO

import pytest
import zxingcpp
from bs4 import BeautifulSoup
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image

from webapp.accounts.models import User
from webapp.pwa.links import code_of

LARGE_ENOUGH_TO_PRINT = 900  # pixels


def read(png: bytes) -> str:
    """What a phone reads from a picture."""
    with Image.open(BytesIO(png)) as picture:
        [code] = zxingcpp.read_barcodes(picture)
    return str(code.text)


def soup_of(client: FlaskClient, path: str) -> BeautifulSoup:
    return BeautifulSoup(client.get(path).text, "html.parser")


def test_the_citys_code_leads_to_the_welcome(client: FlaskClient) -> None:
    answer = client.get("/join/qr.png")
    assert answer.mimetype == "image/png"
    assert read(answer.data) == "http://localhost/join"


def test_it_is_large_enough_to_print(client: FlaskClient) -> None:
    with Image.open(BytesIO(client.get("/join/qr.png").data)) as picture:
        assert picture.format == "PNG" and min(picture.size) >= LARGE_ENOUGH_TO_PRINT


def test_a_stained_poster_can_still_be_read(client: FlaskClient) -> None:
    with Image.open(BytesIO(client.get("/join/qr.png").data)) as picture:
        stained = picture.convert("L")
    stained.paste(
        128,
        tuple(side * 45 // 100 for side in stained.size) + tuple(side * 60 // 100 for side in stained.size),
    )
    stream = BytesIO()
    stained.save(stream, "PNG")
    assert read(stream.getvalue()) == "http://localhost/join"


def test_the_public_address_is_the_one_that_is_printed(
    client: FlaskClient, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.config, "PUBLIC_URL", "https://zhiye.example.cn")
    assert read(client.get("/join/qr.png").data) == "https://zhiye.example.cn/join"
    assert "https://zhiye.example.cn/join" in soup_of(client, "/join/poster").select_one(".poster").text


def test_anybody_may_print_the_citys(client: FlaskClient) -> None:
    poster = soup_of(client, "/join/poster").select_one(".poster")
    assert poster and "重庆市医疗机构依法执业自查" in poster.text
    assert poster.select_one("img.qr")["src"] == "/join/qr.png"


def test_an_administrator_prints_that_of_the_institution(
    as_user: Callable[[User], FlaskClient], administrator: User
) -> None:
    browser = as_user(administrator)
    soup = soup_of(browser, "/institution/poster")
    assert soup.select_one(".poster-name").text == administrator.institution.name
    code = code_of(administrator.institution)
    image = soup.select_one(".poster img.qr")["src"]
    assert read(browser.get(image).data) == f"http://localhost/join/{code}"
    assert soup.select_one("a[download]")["href"] == image
    assert soup.select_one("a[download]")["download"] == f"{administrator.institution.name}-二维码.png"


def test_its_code_opens_for_whoever_scans_it(
    client: FlaskClient, as_user: Callable[[User], FlaskClient], administrator: User
) -> None:
    image = soup_of(as_user(administrator), "/institution/poster").select_one("img.qr")["src"]
    path = read(client.get(image).data).removeprefix("http://localhost")
    assert administrator.institution.name in client.get(path).text


def test_where_posters_are_found(
    as_user: Callable[[User], FlaskClient], administrator: User, reviewer: User, inspector: User
) -> None:
    own, city = "a[href='/institution/poster']", "a[href='/join/poster']"
    assert soup_of(as_user(administrator), "/").select(own)
    assert soup_of(as_user(administrator), "/me").select(own)
    assert soup_of(as_user(reviewer), "/supervision/").select(city)
    assert not soup_of(as_user(inspector), "/").select(own) + soup_of(as_user(inspector), "/me").select(own)
