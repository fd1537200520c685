"""Digests and chains: what anybody can recompute, and walking them without keeping them."""

import hashlib
import json
from collections.abc import Iterator
from uuid import UUID, uuid4
from weakref import WeakSet

from hypothesis import given
from hypothesis import strategies as st

from webapp.chain import Link, canonical, digest_of, first_faults

LEAVES = st.none() | st.booleans() | st.integers(-(2**63), 2**64 - 1) | st.text()
RECORDS = st.dictionaries(
    st.text(), st.recursive(LEAVES, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner))
)


def chain_of(length: int, key: int = 1) -> Iterator[Link]:
    previous = None
    for number in range(1, length + 1):
        record = {"number": number}
        digest = digest_of(record, previous)
        yield Link(key, "chain", number, uuid4(), record, digest, previous)
        previous = digest


@given(RECORDS)
def test_canonical_json_is_what_the_standard_library_writes(record: dict[str, object]) -> None:
    text = json.dumps(record, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    assert canonical(record) == text.encode()


def test_a_digest_covers_the_one_before() -> None:
    expected = hashlib.sha256(b'before\n{"a":"\xe6\x98\xaf","b":1}').hexdigest()
    assert digest_of({"b": 1, "a": "是"}, "before") == expected


def test_unbroken_chains_pass() -> None:
    assert first_faults([*chain_of(3, key=1), *chain_of(2, key=2)]) == (5, [])


def test_the_first_fault_of_each_chain_is_named() -> None:
    first, second = list(chain_of(4, key=1)), list(chain_of(4, key=2))
    del first[1]
    second[2] = second[2]._replace(record={"number": 9})
    checked, faults = first_faults([*first, *second])
    assert checked == 7
    assert [(fault.number, fault.reason) for fault in faults] == [
        (3, "record 2 is missing"),
        (3, "its content differs from its digest"),
    ]


def test_links_are_not_kept() -> None:
    alive: WeakSet[UUID] = WeakSet()

    def watched() -> Iterator[Link]:
        for link in chain_of(100):
            alive.add(link.uuid)
            assert len(alive) <= 3
            yield link

    assert first_faults(watched()) == (100, [])
