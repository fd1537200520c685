"""figures of inspections and demerits, kept beside them; the level of a demerit's institution"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TYPES = {
    "month": sa.Date(),
    "district": sa.String(length=6),
    "level": sa.String(length=10),
    "kind": sa.String(length=12),
    "checklist": sa.String(length=50),
    "rules": sa.String(length=50),
    "category": sa.String(length=20),
    "item": sa.String(length=20),
    "institution_id": KEY,
    "inspection_id": KEY,
    "demerit_id": KEY,
}
# What each table tells apart.
TABLES = {
    "inspection_figures": ("month", "district", "level", "kind"),
    "category_figures": ("month", "checklist", "category", "district", "level"),
    "item_figures": ("month", "checklist", "item", "district", "level"),
    "institution_figures": ("institution_id", "month", "kind"),
    "demerit_figures": ("month", "district", "level"),
    "demerit_item_figures": ("month", "rules", "item", "district", "level"),
    # These two lead from an item to the records that have it.
    "failed_items": ("checklist", "item", "inspection_id", "institution_id"),
    "demerit_items": ("rules", "item", "demerit_id", "institution_id"),
}
AMOUNTS = {
    "inspection_figures": ("submitted", "items", "failed", "skipped"),
    "category_figures": ("items", "failed", "skipped"),
    "item_figures": ("failed",),
    "institution_figures": ("submitted",),
    # Points are whole half points.
    "demerit_figures": ("entries", "withdrawn", "points", "points_off"),
    "demerit_item_figures": ("entries", "points"),
}
TARGETS = {"institution_id": "institutions", "inspection_id": "inspections", "demerit_id": "demerits"}
FROZEN = "a submitted demerit is frozen"
GUARD = "demerits_no_update"


def refers(table: str, column: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_{column}")
    return sa.ForeignKeyConstraint([column], [f"{TARGETS[column]}.id"], name=name)


def upgrade() -> None:
    for table, keys in TABLES.items():
        op.create_table(
            table,
            *(sa.Column(key, TYPES[key], nullable=False) for key in keys),
            *(sa.Column(amount, sa.Integer(), nullable=False) for amount in AMOUNTS.get(table, ())),
            *(refers(table, key) for key in keys if key in TARGETS),
            sa.PrimaryKeyConstraint(*keys, name=op.f(f"pk_{table}")),
            sqlite_with_rowid=False,
        )
    op.create_index(
        "ix_institutions_status_district_level_id", "institutions", ["status", "district", "level", "id"]
    )
    for column in ("name", "credit_code"):
        op.create_index(f"ix_institutions_{column}", "institutions", [column])
    op.add_column("demerits", sa.Column("level", sa.String(length=10), nullable=False, server_default=""))
    let_through()
    op.execute(
        "UPDATE demerits SET level = "
        "(SELECT level FROM institutions WHERE institutions.id = demerits.institution_id)"
    )
    guard()


def let_through() -> None:
    table = "" if op.get_bind().dialect.name == "sqlite" else " ON demerits"
    op.execute(f"DROP TRIGGER {GUARD}{table}")


def guard() -> None:
    """Freeze submitted demerits again, as before."""
    if op.get_bind().dialect.name == "sqlite":
        op.execute(
            f"CREATE TRIGGER {GUARD} BEFORE UPDATE ON demerits WHEN OLD.submitted_at IS NOT NULL "
            f"BEGIN SELECT RAISE(ABORT, '{FROZEN}'); END"
        )
        return
    op.execute(
        f"CREATE TRIGGER {GUARD} BEFORE UPDATE ON demerits FOR EACH ROW "
        f"WHEN (OLD.submitted_at IS NOT NULL) EXECUTE FUNCTION {GUARD}()"
    )


def downgrade() -> None:
    op.drop_column("demerits", "level")
    for column in ("status_district_level_id", "name", "credit_code"):
        op.drop_index(f"ix_institutions_{column}", "institutions")
    for table in TABLES:
        op.drop_table(table)
