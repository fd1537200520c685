"""epochs, and what stays of deleted drafts"""

from datetime import UTC, datetime
from uuid import uuid4

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
DISCARDED = "discarded_inspections"


def refers(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{target}.id"], name=op.f(f"fk_{table}_{column}"))


def upgrade() -> None:
    epochs = op.create_table(
        "epochs",
        sa.Column("uuid", sa.Uuid(), nullable=False),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", KEY, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_epochs")),
        sa.UniqueConstraint("uuid", name=op.f("uq_epochs_uuid")),
    )
    op.bulk_insert(epochs, [{"uuid": uuid4(), "began_at": datetime.now(UTC)}])
    op.create_table(
        DISCARDED,
        sa.Column("uuid", sa.Uuid(), nullable=False),
        sa.Column("institution_id", KEY, nullable=False),
        sa.Column("inspector_id", KEY, nullable=False),
        sa.Column("discarded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("operations", sa.JSON(), nullable=False),
        sa.Column("id", KEY, nullable=False),
        refers(DISCARDED, "institution_id", "institutions"),
        refers(DISCARDED, "inspector_id", "users"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_discarded_inspections")),
        sa.UniqueConstraint("uuid", name=op.f("uq_discarded_inspections_uuid")),
    )


def downgrade() -> None:
    op.drop_table(DISCARDED)
    op.drop_table("epochs")
