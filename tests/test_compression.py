"""What goes over the wire compressed, and what never does."""

import gzip
from collections.abc import Callable

import brotli
import pytest
from flask.testing import FlaskClient

from tests import factories
from webapp.accounts.models import User
from webapp.inspections.models import Inspection

OURS = {"Sec-Fetch-Site": "same-origin", "Accept-Encoding": "gzip, deflate, br, zstd"}
UNPACK = {"br": brotli.decompress, "gzip": gzip.decompress}


@pytest.fixture
def browser(inspector: User, as_user: Callable[[User], FlaskClient]) -> FlaskClient:
    return as_user(inspector)


@pytest.fixture
def draft(inspector: User) -> Inspection:
    inspection: Inspection = factories.InspectionFactory(inspector=inspector)
    return inspection


@pytest.mark.parametrize(
    ("accepted", "chosen"), [("gzip, br", "br"), ("gzip", "gzip"), ("br;q=0, gzip", "gzip")]
)
def test_a_page_says_the_same_compressed(client: FlaskClient, accepted: str, chosen: str) -> None:
    plain = client.get("/outbox")
    packed = client.get("/outbox", headers=OURS | {"Accept-Encoding": accepted})
    assert packed.content_encoding == chosen
    assert packed.content_length == len(packed.data) < len(plain.data)
    assert UNPACK[chosen](packed.data) == plain.data
    assert "Accept-Encoding" in packed.vary


def test_the_form_of_a_whole_checklist_is_small(browser: FlaskClient, draft: Inspection) -> None:
    page = browser.get(f"/inspections/{draft.uuid}", headers=OURS)
    assert page.content_length is not None
    assert page.content_length < 40_000 < len(brotli.decompress(page.data))


def test_a_fragment_is_compressed_too(browser: FlaskClient, draft: Inspection, inspector: User) -> None:
    for _ in range(20):
        factories.InspectionFactory(inspector=inspector)
    fragment = browser.get("/inspections", headers=OURS | {"HX-Request": "true"})
    assert fragment.content_encoding == "br"
    assert {"Accept-Encoding", "HX-Request"} <= set(fragment.vary)


def test_what_fits_into_a_packet_is_not(client: FlaskClient) -> None:
    assert client.get("/healthz", headers=OURS).content_encoding is None


def test_who_takes_nothing_compressed_gets_it_plain(client: FlaskClient) -> None:
    page = client.get("/outbox", headers=OURS | {"Accept-Encoding": "identity"})
    assert page.content_encoding is None
    assert "Accept-Encoding" in page.vary


@pytest.mark.parametrize("site", ["cross-site", "same-site", "invented"])
def test_what_another_site_asks_for_is_not(client: FlaskClient, site: str) -> None:
    assert client.get("/outbox", headers=OURS | {"Sec-Fetch-Site": site}).content_encoding is None


@pytest.mark.parametrize(
    ("referrer", "chosen"), [("http://localhost/", "br"), ("http://localhost.example.org/", None), ("", None)]
)
def test_an_old_browser_says_by_the_referrer_who_asks(
    client: FlaskClient, referrer: str, chosen: str | None
) -> None:
    headers = {"Accept-Encoding": "br", "Referer": referrer}
    assert client.get("/outbox", headers=headers).content_encoding == chosen


def test_another_site_is_not_believed_by_its_referrer(client: FlaskClient) -> None:
    headers = OURS | {"Sec-Fetch-Site": "cross-site", "Referer": "http://localhost/"}
    assert client.get("/outbox", headers=headers).content_encoding is None


def test_a_service_worker_of_the_same_build_is_not_sent_again(client: FlaskClient) -> None:
    first = client.get("/sw.js", headers=OURS)
    again = client.get("/sw.js", headers=OURS | {"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    other = client.get("/sw.js", headers=OURS | {"If-None-Match": 'W/"of-another-build"'})
    assert (other.status_code, other.data) == (200, first.data)
