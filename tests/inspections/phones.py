"""The phone's side of the offline protocol: operations as docs/offline.md describes them."""

import json
from typing import Any
from uuid import UUID

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from webapp.accounts.models import User
from webapp.catalog import catalog
from webapp.database import db, uuid7
from webapp.inspections.models import Inspection

Sent = dict[str, Any]
SCOPE = ["JG-ZZ", "JG-XW"]


class Phone:
    """One device of a user, filling one inspection in the browser that is given."""

    def __init__(
        self, browser: FlaskClient, user: User, inspection: UUID | None = None, device: str = "A"
    ) -> None:
        self.browser, self.user, self.device = browser, user.uuid, device
        self.inspection = inspection or uuid7()
        self.seq = 0

    def operation(self, kind: str, item: str = "", value: str = "", **more: Any) -> Sent:
        """A new operation, in this device's order."""
        self.seq += 1
        made = {"op": str(uuid7()), "kind": kind, "item": item, "value": value, "base": 0}
        return {**made, "device": self.device, "seq": self.seq, "at": "2026-11-24T09:00:00Z", **more}

    def create(self, scope: list[str] | None = None, **more: Any) -> Sent:
        """Begin an inspection on the checklist in force."""
        checklist = catalog().current_checklist()
        named = {"kind": "routine", "slug": checklist.slug, "version": checklist.version}
        return self.operation("create", value=json.dumps({**named, "scope": scope or SCOPE, **more}))

    def answer(self, item: str, value: str = "yes", **more: Any) -> Sent:
        """Answer an item."""
        return self.operation("answer", item, value, **more)

    def submit(self, ops: dict[str, str] | None = None, photos: dict[str, str] | None = None) -> Sent:
        """Hand the inspection in, with what must have arrived."""
        return self.operation("submit", value=json.dumps({"ops": ops or {}, "photos": photos or {}}))

    def post(self, *operations: Any, **more: Any) -> TestResponse:
        """Send a batch."""
        body = {"user": str(self.user), "operations": list(operations), **more}
        url = f"/inspections/{self.inspection}/operations"
        return self.browser.post(url, json=body, headers={"HX-Request": "true"})

    def send(self, *operations: Any) -> Sent:
        """Send a batch that is taken in, and return the answer."""
        answer = self.post(*operations)
        assert answer.status_code == 200, answer.text
        body: Sent = answer.get_json()
        assert [result["op"] for result in body["results"]] == [sent["op"] for sent in operations]
        return body

    def told(self, *operations: Any) -> list[Any]:
        """Send a batch and return each operation's status and outcome."""
        return [(result["status"], result["outcome"]) for result in self.send(*operations)["results"]]


APPLIED, SUPERSEDED, CONFLICT = (200, "applied"), (200, "superseded"), (409, "conflict")


def refused(status: int) -> tuple[int, None]:
    """What an operation is told that was not taken in."""
    return status, None


def begun(phone: Phone) -> Inspection:
    """What the server holds of a phone's inspection."""
    db.session.expire_all()
    return db.session.scalars(db.select(Inspection).where(Inspection.uuid == phone.inspection)).one()
