"""A registration form filled in as it should be, and how it is sent."""

import random
from typing import Any

from bs4 import BeautifulSoup
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests import factories
from webapp.sample import sample_credit_code, sample_id_number, sample_mobile

rng = random.Random(20261123)
PASSWORD = "Mangguo73shu"


def institution(**changes: Any) -> dict[str, Any]:
    """The institution's part, valid but for the changes."""
    return {
        "name": "示例门诊部",
        "credit_code": sample_credit_code(rng),
        "district": factories.DISTRICT,
        "address": "示例路 1 号",
        "level": "二级",
        "nature": "非营利",
        "treatment_subjects": ["03", "04.03"],
        "legal_person": "示例负责人",
        "legal_person_id_number": sample_id_number(rng),
        "contact": "示例联系人",
        "contact_phone": "023-68880000",
        "certificate": [photo()],
        "licence": [photo()],
        "scope": ["JG", "WS-CF"],
    } | changes


def registration(**changes: Any) -> dict[str, Any]:
    """The whole form, valid but for the changes."""
    account = {
        "username": "示例甲",
        "id_number": sample_id_number(rng),
        "mobile": sample_mobile(rng),
        "password": PASSWORD,
        "confirm": PASSWORD,
    }
    return institution() | account | changes


def photo(content: bytes | None = None, name: str = "photo.jpg") -> tuple[Any, str]:
    """A file as a form without scripts sends it."""
    stream = factories.jpeg()
    if content is not None:
        stream.seek(0)
        stream.truncate()
        stream.write(content)
        stream.seek(0)
    return stream, name


def send(client: FlaskClient, answers: dict[str, Any], url: str = "/register") -> TestResponse:
    """Send a form with its files."""
    return client.post(url, data=answers, content_type="multipart/form-data")


def error_at(page: str, field: str) -> str:
    """What the page says beside a field."""
    soup = BeautifulSoup(page, "html.parser")
    place = soup.find(id=f"field-{field}") or soup.find(id=field)
    assert place is not None, f"the page has no {field}"
    return " ".join(message.get_text() for message in place.select(".error"))


def typed_at(page: str, field: str) -> list[str]:
    """What stands in a field: text, the chosen option, ticked boxes, or photos."""
    soup = BeautifulSoup(page, "html.parser")
    boxes = soup.select(f"input[name={field}][type=checkbox][checked], select[name={field}] option[selected]")
    lines = [line for line in soup.select(f"input[name={field}]") if line["type"] in ("text", "tel")]
    return [str(control.get("value", "")) for control in [*lines, *boxes]]
