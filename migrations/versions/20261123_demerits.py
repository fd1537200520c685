"""medical persons, whose conduct is recorded"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TABLE = "medical_persons"


def upgrade() -> None:
    op.create_table(
        TABLE,
        sa.Column("institution_id", KEY, nullable=False),
        sa.Column("name", sa.String(length=50), nullable=False),
        sa.Column("readings", sa.Text(), nullable=False),
        sa.Column("gender", sa.String(length=2), nullable=False),
        sa.Column("id_number", sa.Text(), nullable=False),
        sa.Column("id_number_index", sa.String(length=64), nullable=False),
        sa.Column("title", sa.String(length=20), nullable=False),
        sa.Column("practice", sa.String(length=200), nullable=False),
        sa.Column("certificate", sa.String(length=50), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("uuid", sa.Uuid(), nullable=False),
        sa.Column("id", KEY, nullable=False),
        sa.ForeignKeyConstraint(
            ["institution_id"], ["institutions.id"], name=op.f("fk_medical_persons_institution_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_medical_persons")),
        sa.UniqueConstraint(
            "institution_id", "id_number_index", name=op.f("uq_medical_persons_institution_id_id_number_index")
        ),
        sa.UniqueConstraint("uuid", name=op.f("uq_medical_persons_uuid")),
    )
    op.create_index("ix_medical_persons_institution_id_id", TABLE, ["institution_id", "id"])
    op.create_index("ix_medical_persons_id_number_index", TABLE, ["id_number_index"])


def downgrade() -> None:
    op.drop_table(TABLE)
