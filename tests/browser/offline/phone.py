"""What the phone holds, read from its own databases, and what the server stored, read past the app."""

from typing import Any
from uuid import UUID

from playwright.sync_api import Page

from tests.browser.serving import Server

HELD = """async () => {
  const rows = {};
  for (const store of ["operations", "photos", "drafts"]) rows[store] = await outbox.all(store);
  rows.photos = rows.photos.map(({ blob, ...rest }) => ({ ...rest, size: blob.size }));
  return rows;
}"""
STORED = """
SELECT operations.uuid, item, operations.kind, value, outcome FROM operations
JOIN inspections ON inspections.id = operations.inspection_id WHERE inspections.uuid = :inspection
"""
ANSWERS = """
SELECT item, value FROM answers JOIN inspections ON inspections.id = inspection_id
WHERE inspections.uuid = :inspection AND value IS NOT NULL
"""
PHOTOS = """
SELECT attachments.uuid, attachments.source_sha256 FROM inspection_photos
JOIN attachments ON attachments.id = attachment_id
JOIN inspections ON inspections.id = inspection_id WHERE inspections.uuid = :inspection
"""


def held(page: Page) -> dict[str, list[dict[str, Any]]]:
    """Everything in the phone's outbox."""
    rows: dict[str, list[dict[str, Any]]] = page.evaluate(HELD)
    return rows


def waiting(page: Page) -> list[dict[str, Any]]:
    """The operations that are not acknowledged."""
    return [operation for operation in held(page)["operations"] if "queue" in operation]


def answers(server: Server, inspection: str) -> dict[str, str]:
    """The answers that the server's database holds of a draft."""
    return dict(server.rows(ANSWERS, inspection=UUID(inspection)))


def is_submitted(server: Server, inspection: str) -> bool:
    """Whether the server has the inspection as a frozen record."""
    found = server.rows(
        "SELECT submitted_at FROM inspections WHERE uuid = :inspection", inspection=UUID(inspection)
    )
    return bool(found and found[0][0])


def check(page: Page, server: Server, inspection: str) -> None:
    """The invariants: acknowledged ⊆ stored, each applied operation once, photos as they were taken."""
    rows = server.rows(STORED, inspection=UUID(inspection))
    stored = [str(UUID(str(row[0]))) for row in rows]
    assert len(stored) == len(set(stored))
    mine = [o for o in held(page)["operations"] if o["inspection"] == inspection]
    acknowledged = {o["op"] for o in mine if "queue" not in o and "trouble" not in o}
    assert acknowledged <= set(stored)
    digests = {
        str(UUID(str(uuid))): digest for uuid, digest in server.rows(PHOTOS, inspection=UUID(inspection))
    }
    for photo in held(page)["photos"]:
        if photo["inspection"] == inspection and "unsent" not in photo and photo["uuid"] in digests:
            assert digests[photo["uuid"]] == photo["sha256"]
