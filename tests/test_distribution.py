"""The schema can be distributed by ``institution_id``: what a shard could not keep by itself has a reason.

A distributed database (Citus) enforces a unique constraint only if it contains the column by which rows are
spread, and a foreign key only between rows of the same institution, or to a table that is copied everywhere.
"""

import pytest
from sqlalchemy import Table, UniqueConstraint

from webapp.database import Base

TABLES = {table.name: table for table in Base.metadata.sorted_tables}
BY = "institution_id"

# Tables with the column that are copied to every shard nevertheless, so that all may refer to them.
EVERYWHERE = {
    "institutions": "what rows are spread by; 25,000 rows",
    "users": "officials have no institution; signing in knows only the mobile; 200,000 rows",
    "attachments": "photos of a registration come before there is an institution",
    "registrations": "one waiting list for all; a credit code applies once in the city",
    "audit_entries": "16 chains across institutions, acts of officials among them; best left on one machine",
}
# Keys that need no shard to agree with another: they are never the same by the way they are made.
UNIQUE_AS_MADE = {
    ("id",): "from one sequence; with the column before it the key of the distributed table",
    ("uuid",): "random; with the column before it the same identifier",
}
# Everything else that lacks the column.
REASONS = {
    ("petitions", ("demerit_id",)): "a demerit is of one institution, so its petitions lie beside each other",
    ("answers", ("inspection_id", "item")): "an inspection is of one institution",
    ("inspection_photos", ("inspection_id", "attachment_id")): "an inspection is of one institution",
    ("demerit_photos", ("demerit_id", "attachment_id")): "a demerit is of one institution",
    ("petition_photos", ("petition_id", "attachment_id")): "a petition is of one institution",
}
SPREAD = [table for table in TABLES.values() if BY in table.c and table.name not in EVERYWHERE]


def unique_keys(table: Table) -> set[tuple[str, ...]]:
    """Return the columns of every key that the database holds to be unique."""
    constraints = [key for key in table.constraints if isinstance(key, UniqueConstraint)]
    indexes = [index for index in table.indexes if index.unique]
    keys = [table.primary_key, *constraints, *indexes]
    return {tuple(column.name for column in key.columns) for key in keys}


def lacking() -> set[tuple[str, tuple[str, ...]]]:
    """Return the unique keys of spread tables that one shard could not keep by itself."""
    return {
        (table.name, key)
        for table in SPREAD
        for key in unique_keys(table)
        if BY not in key and key not in UNIQUE_AS_MADE
    }


def test_the_large_tables_are_spread() -> None:
    assert {"inspections", "operations", "answers", "demerits", "demerit_items", "failed_items"} <= {
        table.name for table in SPREAD
    }


@pytest.mark.parametrize("table", SPREAD, ids=lambda table: table.name)
def test_every_row_says_whose_it_is(table: Table) -> None:
    assert not table.c[BY].nullable


def test_every_unique_key_names_the_institution_or_has_a_reason() -> None:
    assert lacking() == set(REASONS)


@pytest.mark.parametrize("table", SPREAD, ids=lambda table: table.name)
def test_rows_refer_to_their_own_institutions_or_to_what_is_everywhere(table: Table) -> None:
    spread = {other.name for other in SPREAD}
    referred = {key.column.table for key in table.foreign_keys}
    assert {other.name for other in referred} <= spread | set(EVERYWHERE)
    # What lies on a shard must be found there: both rows carry the institution.
    assert all(BY in other.c for other in referred if other.name in spread)


def test_nothing_that_is_everywhere_refers_to_what_lies_on_one_shard() -> None:
    spread = {table.name for table in SPREAD}
    wrong = {
        (table.name, key.column.table.name)
        for table in TABLES.values()
        if table.name not in spread
        for key in table.foreign_keys
        if key.column.table.name in spread
    }
    # A user of an institution works in one of its departments, which are as few as users are.
    assert wrong == {("users", "departments")}


def test_no_reason_outlives_its_table() -> None:
    assert set(EVERYWHERE) <= set(TABLES)
