"""indexes of registrations in the order of the reviewers' list: districts up, the newest of each first"""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

TABLE = "registrations"


def upgrade() -> None:
    for columns in (["district"], ["status", "district"]):
        name = f"ix_{TABLE}_{'_'.join(columns)}_id"
        op.drop_index(name, TABLE)
        op.create_index(f"{name}_newest", TABLE, [*columns, sa.text("id DESC")])


def downgrade() -> None:
    for columns in (["district"], ["status", "district"]):
        name = f"ix_{TABLE}_{'_'.join(columns)}_id"
        op.drop_index(f"{name}_newest", TABLE)
        op.create_index(name, TABLE, [*columns, "id"])
