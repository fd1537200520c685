"""what readers keep of lists: filters by name, and hidden columns"""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def owner(table: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_user_id")
    return sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=name, ondelete="CASCADE")


def upgrade() -> None:
    op.create_table(
        "saved_filters",
        sa.Column("user_id", KEY, nullable=False),
        sa.Column("list", sa.String(length=60), nullable=False),
        sa.Column("name", sa.String(length=20), nullable=False),
        sa.Column("query", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("uuid", sa.Uuid(), nullable=False),
        sa.Column("id", KEY, nullable=False),
        owner("saved_filters"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_filters")),
        sa.UniqueConstraint("uuid", name=op.f("uq_saved_filters_uuid")),
        sa.UniqueConstraint("user_id", "list", "name", name=op.f("uq_saved_filters_user_id_list_name")),
    )
    op.create_table(
        "hidden_columns",
        sa.Column("user_id", KEY, nullable=False),
        sa.Column("list", sa.String(length=60), nullable=False),
        sa.Column("columns", sa.JSON(), nullable=False),
        owner("hidden_columns"),
        sa.PrimaryKeyConstraint("user_id", "list", name=op.f("pk_hidden_columns")),
    )


def downgrade() -> None:
    op.drop_table("hidden_columns")
    op.drop_table("saved_filters")
