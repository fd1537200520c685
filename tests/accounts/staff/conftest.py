"""An administrator at work on the staff, and what the form takes."""

import random
from typing import Any

import pytest
from bs4 import BeautifulSoup

from webapp.database import db
from webapp.institutions.departments import Department
from webapp.sample import sample_id_number, sample_mobile

rng = random.Random(20261124)


@pytest.fixture
def department(administrator):
    return department_of(administrator)


@pytest.fixture
def desk(as_user, administrator):
    """The browser of the administrator."""
    return as_user(administrator)


def department_of(user, name="内科", code="NK", **columns) -> Department:
    made = Department(institution_id=user.institution_id, name=name, code=code, **columns)
    db.session.add(made)
    db.session.commit()
    return made


def person(department: Department, /, **changes: Any) -> dict[str, Any]:
    """The form, filled in as it should be but for the changes."""
    return {
        "name": "示例甲",
        "department": str(department.uuid),
        "id_number": sample_id_number(rng),
        "mobile": sample_mobile(rng),
        "business": ["inspection", "scoring"],
        "scope": ["JG"],
    } | changes


def as_shown(page: str) -> dict[str, Any]:
    """The form as a browser would send it back untouched."""
    soup = BeautifulSoup(page, "lxml")
    form = soup.select_one("form.form[method=post]")
    data: dict[str, Any] = {}
    for field in form.select("input[name]:not([type=checkbox]):not([name=csrf_token])"):
        data[field["name"]] = field.get("value", "")
    for box in form.select("input[type=checkbox][checked]"):
        data.setdefault(box["name"], []).append(box["value"])
    chosen = form.select_one("select option[selected]")
    data["department"] = chosen["value"] if chosen else ""
    return data


def titles(page: str) -> list[str]:
    return [title.text.strip() for title in BeautifulSoup(page, "lxml").select("#results .record-title")]
