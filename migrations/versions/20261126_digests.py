"""find a record by its digest"""

from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for table in ("inspections", "demerits"):
        op.create_index(f"ix_{table}_digest", table, ["digest"])


def downgrade() -> None:
    for table in ("inspections", "demerits"):
        op.drop_index(f"ix_{table}_digest", table)
