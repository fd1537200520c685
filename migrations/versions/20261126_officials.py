"""settings; one account for each person among the officials"""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
OFFICIAL = sa.text("kind <> 'member'")
INDEX = "uq_users_official_id_number_index"


def upgrade() -> None:
    op.create_index(
        INDEX, "users", ["id_number_index"], unique=True, sqlite_where=OFFICIAL, postgresql_where=OFFICIAL
    )
    op.create_table(
        "settings",
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("value", sa.String(length=500), nullable=False),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("set_by_id", KEY, nullable=False),
        sa.ForeignKeyConstraint(["set_by_id"], ["users.id"], name=op.f("fk_settings_set_by_id")),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_settings")),
    )


def downgrade() -> None:
    op.drop_table("settings")
    op.drop_index(INDEX, "users")
