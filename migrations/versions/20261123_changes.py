"""changes of an institution's data that wait for review"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

# At most one change of an institution waits; a credit code is proposed by one institution at a time.
WAITING = {
    "uq_registrations_change_waiting": ("institution_id", "kind = 'change' AND status = 'pending'"),
    "uq_registrations_credit_code_waiting": ("credit_code", "status = 'pending'"),
}


def upgrade() -> None:
    op.add_column("registrations", sa.Column("changes", sa.Text(), nullable=True))
    op.add_column("registrations", sa.Column("credit_code", sa.String(length=18), nullable=True))
    op.add_column("registrations", sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True))
    for name, (column, condition) in WAITING.items():
        where = sa.text(condition)
        op.create_index(
            name, "registrations", [column], unique=True, sqlite_where=where, postgresql_where=where
        )


def downgrade() -> None:
    for name in WAITING:
        op.drop_index(name, "registrations")
    for column in ("withdrawn_at", "credit_code", "changes"):
        op.drop_column("registrations", column)
