"""/join: what this is, who registers, how to install; and what is different inside WeChat."""

import re
from collections.abc import Callable

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from flask.testing import FlaskClient

from tests import factories
from webapp.accounts.models import User
from webapp.database import uuid7
from webapp.institutions.models import Institution, Status
from webapp.pwa.links import code_of

IPHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 Version/18.1 Safari/604.1"
)
ANDROID = (
    "Mozilla/5.0 (Linux; Android 15; 23127PN0CC) AppleWebKit/537.36 Chrome/130.0.0.0 Mobile Safari/537.36"
)
HARMONY = (
    "Mozilla/5.0 (Phone; OpenHarmony 5.0) AppleWebKit/537.36 Chrome/114.0.0.0 ArkWeb/4.1 HuaweiBrowser/5.0"
)
WECHAT = f"{ANDROID} MicroMessenger/8.0.50.2701(0x28003253) WeChat/arm64"
DESKTOP = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/130.0.0.0 Safari/537.36"


def page(client: FlaskClient, path: str = "/join", agent: str = DESKTOP) -> BeautifulSoup:
    return BeautifulSoup(client.get(path, headers={"User-Agent": agent}).text, "html.parser")


def links(soup: BeautifulSoup) -> dict[str, str]:
    return {link.text.strip(): str(link["href"]) for link in soup.select("main a")}


def test_it_leads_to_registration_and_sign_in(client: FlaskClient) -> None:
    found = links(page(client))
    assert (found["注册"], found["登录"], found["首次登录"]) == ("/register", "/login", "/first-sign-in")
    assert found["打印海报"] == "/join/poster"


def test_whoever_is_signed_in_is_led_home(as_user: Callable[[User], FlaskClient], inspector: User) -> None:
    soup = page(as_user(inspector))
    assert links(soup)["进入首页"] == "/"
    assert not soup.select(".btn[href='/register']")


@pytest.mark.parametrize(
    ("agent", "open_"),
    [(IPHONE, "苹果手机"), (ANDROID, "安卓和鸿蒙手机"), (HARMONY, "安卓和鸿蒙手机"), (DESKTOP, "电脑")],
)
def test_the_steps_for_this_device_are_open(client: FlaskClient, agent: str, open_: str) -> None:
    ways = page(client, agent=agent).select("#install details[open]")
    assert [way.summary.text.split("（")[0] for way in ways if way.summary] == [open_]


def test_every_step_has_a_picture(client: FlaskClient) -> None:
    steps = page(client).select("#install .figs > li")
    assert len(steps) == 6
    assert all(step.svg and step.p and step.p.text.strip() for step in steps)


def test_wechat_is_told_where_installing_works(client: FlaskClient) -> None:
    overlay = page(client, agent=WECHAT).select_one("details.outside[open]")
    assert overlay and re.search(r"点击右上角 ··· *在浏览器打开", overlay.text.replace("\n", ""))
    assert overlay.summary and overlay.summary.text == "先在微信里使用"


@pytest.mark.parametrize("agent", [IPHONE, ANDROID, DESKTOP, ""])
def test_no_other_browser_is_told_so(client: FlaskClient, agent: str) -> None:
    assert not page(client, agent=agent).select(".outside")


def test_everything_else_is_there_in_wechat_too(client: FlaskClient) -> None:
    assert links(page(client, agent=WECHAT)) == links(page(client, agent=ANDROID))


def test_an_institutions_link_greets_with_its_name(client: FlaskClient, app: Flask) -> None:
    institution = factories.InstitutionFactory(name="<b>南山</b>门诊部")
    soup = page(client, f"/join/{code_of(institution)}")
    assert "<b>南山</b>门诊部" in [heading.text for heading in soup.select("main h2")]
    assert links(soup)["首次登录"] == "/first-sign-in"


def test_its_code_is_short(app: Flask) -> None:
    assert re.fullmatch(r"[A-Za-z0-9_-]{32}", code_of(factories.InstitutionFactory()))


@pytest.mark.parametrize("place", [0, 10, 31])
def test_a_changed_code_leads_nowhere(client: FlaskClient, place: int) -> None:
    code = code_of(factories.InstitutionFactory())
    other = "B" if code[place] != "B" else "C"
    assert client.get(f"/join/{code[:place]}{other}{code[place + 1 :]}").status_code == 404


@pytest.mark.parametrize("code", ["x", "A" * 31, "A" * 32, "A" * 33, "é" * 32, "%20" * 32, "=" * 32])
def test_what_is_no_code_leads_nowhere(client: FlaskClient, app: Flask, code: str) -> None:
    assert client.get(f"/join/{code}").status_code == 404
    assert client.get(f"/join/{code}/qr.png").status_code == 404


def test_the_code_of_nobody_leads_nowhere(client: FlaskClient, app: Flask) -> None:
    assert client.get(f"/join/{code_of(Institution(uuid=uuid7()))}").status_code == 404


@pytest.mark.parametrize("status", [Status.PENDING, Status.RETURNED])
def test_an_institution_that_is_not_approved_has_no_welcome(client: FlaskClient, status: Status) -> None:
    institution = factories.InstitutionFactory(status=status)
    assert client.get(f"/join/{code_of(institution)}").status_code == 404


def test_the_sign_in_page_leads_here(client: FlaskClient) -> None:
    assert links(page(client, "/login"))["使用说明与安装"] == "/join"
