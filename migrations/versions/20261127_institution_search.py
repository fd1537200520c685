"""institutions: search for a part of a name or credit code in the index alone"""

from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_institutions_name_credit_code", "institutions", ["name", "credit_code"])
    op.drop_index("ix_institutions_name", "institutions")


def downgrade() -> None:
    op.create_index("ix_institutions_name", "institutions", ["name"])
    op.drop_index("ix_institutions_name_credit_code", "institutions")
