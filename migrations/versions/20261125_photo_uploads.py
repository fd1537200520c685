"""photos on their way"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TABLE = "photo_uploads"


def upgrade() -> None:
    op.create_table(
        TABLE,
        sa.Column("institution_id", KEY, nullable=False),
        sa.Column("uploader_id", KEY, nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("length", sa.Integer(), nullable=False),
        sa.Column("received", sa.Integer(), nullable=False),
        sa.Column("parts", sa.JSON(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("uuid", sa.Uuid(), nullable=False),
        sa.Column("id", KEY, nullable=False),
        sa.CheckConstraint("length > 0", name=op.f("ck_photo_uploads_length")),
        sa.CheckConstraint("received BETWEEN 0 AND length", name=op.f("ck_photo_uploads_received")),
        sa.ForeignKeyConstraint(["institution_id"], ["institutions.id"], name=op.f("fk_photo_uploads_institution_id")),
        sa.ForeignKeyConstraint(["uploader_id"], ["users.id"], name=op.f("fk_photo_uploads_uploader_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_photo_uploads")),
        sa.UniqueConstraint("uuid", name=op.f("uq_photo_uploads_uuid")),
    )
    op.create_index(f"ix_{TABLE}_institution_id_uploader_id", TABLE, ["institution_id", "uploader_id"])
    op.create_index(op.f(f"ix_{TABLE}_expires_at"), TABLE, ["expires_at"])


def downgrade() -> None:
    op.drop_table(TABLE)
