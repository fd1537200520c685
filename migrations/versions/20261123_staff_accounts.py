"""staff accounts: codes for the first sign-in, revisions against lost updates"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    # Plain statements, no copy of the table: with foreign keys on, SQLite would empty what refers to users.
    op.add_column("users", sa.Column("version", sa.Integer(), server_default="1", nullable=False))
    op.create_index("ix_users_institution_id_id", "users", ["institution_id", "id"])
    op.create_index(
        "ix_users_institution_id_department_id_id", "users", ["institution_id", "department_id", "id"]
    )
    op.create_index(
        "uq_users_institution_id_id_number_index", "users", ["institution_id", "id_number_index"], unique=True
    )
    op.drop_index("ix_users_institution_id", table_name="users")
    op.create_table(
        "first_sign_in_codes",
        sa.Column("user_id", KEY, nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_first_sign_in_codes_user_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_first_sign_in_codes")),
    )
    op.create_table(
        "staff_imports",
        sa.Column("owner_id", KEY, nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("rows", sa.Text(), nullable=True),
        sa.Column("people", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("uuid", sa.Uuid(), nullable=False),
        sa.Column("id", KEY, nullable=False),
        sa.ForeignKeyConstraint(
            ["owner_id"], ["users.id"], name=op.f("fk_staff_imports_owner_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_imports")),
        sa.UniqueConstraint("owner_id", name=op.f("uq_staff_imports_owner_id")),
        sa.UniqueConstraint("uuid", name=op.f("uq_staff_imports_uuid")),
    )


def downgrade() -> None:
    op.drop_table("staff_imports")
    op.drop_table("first_sign_in_codes")
    op.create_index("ix_users_institution_id", "users", ["institution_id"])
    op.drop_index("uq_users_institution_id_id_number_index", table_name="users")
    op.drop_index("ix_users_institution_id_department_id_id", table_name="users")
    op.drop_index("ix_users_institution_id_id", table_name="users")
    op.drop_column("users", "version")
