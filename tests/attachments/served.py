"""What a phone needs to talk to a served demo without a browser."""

import json
import re
import urllib.request
from dataclasses import dataclass
from http.cookiejar import CookieJar
from urllib.parse import urlencode

from webapp.demo import PASSWORD


@dataclass(frozen=True)
class Account:
    """Somebody who is signed in: ``headers`` say so."""

    headers: dict[str, str]
    user: str


def signed_in(url: str, mobile: str) -> Account:
    """Sign in to a served demo.

    :param url: the server's address
    """
    jar = CookieJar()
    browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar))
    page = browser.open(f"{url}/login").read().decode()
    [token] = re.findall(r'name="csrf-token" content="([^"]+)"', page)
    form = {"mobile": mobile, "password": PASSWORD, "csrf_token": token}
    browser.open(f"{url}/login", urlencode(form).encode())
    said = json.load(browser.open(f"{url}/session"))
    cookies = "; ".join(f"{cookie.name}={cookie.value}" for cookie in jar)
    return Account({"Cookie": cookies, "X-CSRFToken": said["csrf"]}, said["user"])
