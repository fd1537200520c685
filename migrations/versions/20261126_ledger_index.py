"""ledger: add up a person's points from the index alone"""

from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    columns = ["person_id", "recorded_on", "id", "points", "submitted_at"]
    op.create_index("ix_demerits_ledger", "demerits", columns)
    op.drop_index("ix_demerits_person_id_conduct_on", "demerits")


def downgrade() -> None:
    op.create_index("ix_demerits_person_id_conduct_on", "demerits", ["person_id", "conduct_on"])
    op.drop_index("ix_demerits_ledger", "demerits")
