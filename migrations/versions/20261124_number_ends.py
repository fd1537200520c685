"""find a person of any institution by either end of the ID number"""

import sqlalchemy as sa
from alembic import op

from webapp.crypto import EncryptedText, blind_index

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

TABLE = "medical_persons"
NUMBER = "medical_persons.id_number"
ENDS = ("id_number_head", "id_number_tail")
CHUNK = 1000


def upgrade() -> None:
    with op.batch_alter_table(TABLE) as table:
        for column in ENDS:
            table.add_column(sa.Column(column, sa.String(length=64), nullable=True))
    index_the_ends()
    with op.batch_alter_table(TABLE) as table:
        for column in ENDS:
            table.alter_column(column, existing_type=sa.String(length=64), nullable=False)
            table.create_index(f"ix_{TABLE}_{column}", [column])
        table.create_index(f"ix_{TABLE}_name", ["name"])
    op.create_index("ix_demerits_recorded_on_id", "demerits", ["recorded_on", "id"])


def index_the_ends() -> None:
    """Persons of before have only the index of the whole number."""
    persons = sa.table(TABLE, sa.column("id"), sa.column("id_number", EncryptedText(NUMBER)), *map(sa.column, ENDS))
    connection = op.get_bind()
    numbers = connection.execute(sa.select(persons.c.id, persons.c.id_number)).all()
    change = persons.update().where(persons.c.id == sa.bindparam("key"))
    rows = [
        {
            "key": key,
            "id_number_head": blind_index(number[:6], f"{NUMBER}.head"),
            "id_number_tail": blind_index(number[-4:], f"{NUMBER}.tail"),
        }
        for key, number in numbers
    ]
    for start in range(0, len(rows), CHUNK):
        connection.execute(change, rows[start : start + CHUNK])


def downgrade() -> None:
    op.drop_index("ix_demerits_recorded_on_id", "demerits")
    with op.batch_alter_table(TABLE) as table:
        table.drop_index(f"ix_{TABLE}_name")
        for column in ENDS:
            table.drop_index(f"ix_{TABLE}_{column}")
            table.drop_column(column)
