"""Chains of frozen records: each digest covers the one before, so that no record changes or goes unseen.

A digest is the SHA-256 (FIPS 180-4) of the digest before it, a line feed, and the record as canonical JSON:
UTF-8, sorted keys, no spaces. Records hold no fractions but as text, so that every writer of JSON agrees.
"""

import hashlib
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple
from uuid import UUID

import msgspec

ASTRAY = "it does not follow from the record before it"
CHANGED = "its content differs from its digest"
# Two to three times as fast as the json module, which gives the same bytes.
_canonical = msgspec.json.Encoder(order="sorted").encode


class Fault(NamedTuple):
    """The first record of a chain that is not as it was frozen, and how that shows."""

    chain: str
    number: int
    uuid: UUID
    reason: str


class Link(NamedTuple):
    """A record in its chain; ``chain`` is what all links of one chain share, ``name`` what people call it.

    ``beside`` is what stands in columns of its own although the record says it too.
    """

    chain: int
    name: str
    number: int | None
    uuid: UUID
    record: dict[str, Any]
    digest: str | None
    previous: str | None
    beside: Any = None


def canonical(record: dict[str, Any]) -> bytes:
    """Return a record as canonical JSON."""
    return _canonical(record)


def digest_of(record: dict[str, Any], previous: str | None) -> str:
    """Return the digest of a record that comes after the one with the digest ``previous``, if any."""
    return hashlib.sha256(f"{previous or ''}\n".encode() + _canonical(record)).hexdigest()


def first_faults(
    links: Iterable[Link], also: Callable[[Link], str | None] = lambda link: None
) -> tuple[int, list[Fault]]:
    """Walk chains one after the other; return how many links were read and each chain's first fault.

    Nothing is kept but the link before, so that a million take no more memory than ten.

    :param links: chain by chain, each from its beginning
    :param also: what else can be wrong with a link, in words, or None
    """
    checked, faults = 0, []
    chain, number, previous, sound = None, 0, None, True
    for link in links:
        checked += 1
        if link.chain != chain:
            chain, number, previous, sound = link.chain, 0, None, True
        number += 1
        if sound and (reason := break_of(link, number, previous) or also(link)):
            faults.append(Fault(link.name, link.number or 0, link.uuid, reason))
            sound = False
        previous = link.digest
    return checked, faults


def break_of(link: Link, number: int, previous: str | None) -> str | None:
    """Say why a link can't be number so-and-so of its chain, after the one with that digest, or None."""
    if link.number != number:
        return f"record {number} is missing"
    if link.previous != previous:
        return ASTRAY
    if link.digest != digest_of(link.record, previous):
        return CHANGED
    return None
