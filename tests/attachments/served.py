"""What a phone needs to talk to a served demo without a browser."""

import json
import re
import socket
import urllib.request
from dataclasses import dataclass
from http.client import HTTPConnection
from http.cookiejar import CookieJar
from urllib.parse import urlencode
from uuid import UUID

from tests.attachments.uploading import KIND, TUS, described
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


def ask(
    port: int, account: Account, method: str, path: str, body: bytes = b"", **headers: str
) -> tuple[int, dict[str, str]]:
    """Send a request of the protocol; return the answer's status and headers."""
    connection = HTTPConnection("127.0.0.1", port)
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    connection.request(method, path, body, account.headers | TUS | {"Content-Type": KIND} | named)
    answer = connection.getresponse()
    answer.read()
    connection.close()
    return answer.status, dict(answer.getheaders())


def begin(port: int, account: Account, content: bytes, uuid: UUID) -> str:
    """Begin an upload and return its address."""
    said = {"Upload_Length": str(len(content)), "Upload_Metadata": described(uuid, content)}
    status, headers = ask(port, account, "POST", "/uploads", **said)
    assert status == 201
    return headers["location"]


def open_piece(port: int, account: Account, path: str, offset: int, length: int) -> socket.socket:
    """Announce a piece and return the connection on which it can be sent as slowly as one likes."""
    connection = socket.create_connection(("127.0.0.1", port))
    said = {"Host": "127.0.0.1", "Upload-Offset": offset, "Content-Length": length, "Content-Type": KIND}
    headers = "".join(f"{name}: {value}\r\n" for name, value in (account.headers | TUS | said).items())
    connection.sendall(f"PATCH {path} HTTP/1.1\r\n{headers}\r\n".encode())
    return connection
