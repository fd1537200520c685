"""imports of medical persons"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TABLE = "person_imports"


def upgrade() -> None:
    op.create_table(
        TABLE,
        sa.Column("owner_id", KEY, nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("rows", sa.Text(), nullable=True),
        sa.Column("added", sa.Integer(), nullable=True),
        sa.Column("uuid", sa.Uuid(), nullable=False),
        sa.Column("id", KEY, nullable=False),
        sa.ForeignKeyConstraint(
            ["owner_id"], ["users.id"], name=op.f("fk_person_imports_owner_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person_imports")),
        sa.UniqueConstraint("owner_id", name=op.f("uq_person_imports_owner_id")),
        sa.UniqueConstraint("uuid", name=op.f("uq_person_imports_uuid")),
    )


def downgrade() -> None:
    op.drop_table(TABLE)
