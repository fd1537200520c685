"""A system administrator and an auditor reach no business record, by whatever address."""

import pytest

from tests.access_table import TABLE
from tests.world import ROLES

ROWS = [line.split() for line in TABLE.strip().splitlines()]
# What is everybody's own, and what is open to the world and says nothing of anybody.
OWN = ("/me", "/messages", "/exports", "/lists", "/login", "/logout", "/first-sign-in", "/session")
OPEN = ("/register", "/attachments", "/static", "/healthz", "/readyz", "/metrics", "/manifest", "/sw.js")
SHELLS = ("/offline", "/outbox", "/join", "/checklists")


@pytest.mark.parametrize(("role", "desk"), [("system", "/admin"), ("auditor", "/audit")])
def test_only_the_own_desk_opens(role: str, desk: str) -> None:
    elsewhere = [row for row in ROWS if row[1] != "/" and not row[1].startswith((desk, *OWN, *OPEN, *SHELLS))]
    answers = {
        (method, path): dict(zip(ROLES, given, strict=True))[role] for method, path, *given in elsewhere
    }
    assert len(answers) > 80
    assert set(answers.values()) <= {"403", "404"}


@pytest.mark.parametrize("role", ["system", "auditor"])
def test_no_photo_opens(role: str) -> None:
    photos = [row for row in ROWS if row[1].startswith("/attachments/")]
    given = [dict(zip(ROLES, answers, strict=True))[role] for _, _, *answers in photos]
    assert given and set(given) == {"404"}
