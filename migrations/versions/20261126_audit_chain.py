"""chain the audit entries"""

import sqlalchemy as sa
from alembic import op

from webapp.chain import digest_of
from webapp.crypto import blind_index
from webapp.database import UtcDateTime

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

ENTRIES, CHAINS = "audit_entries", "audit_chains"
APPENDED, ENDS = "audit entries are append-only", "a chain of audit entries only grows"
NUMBER_OF_CHAINS = 16
GUARDS = {
    (ENTRIES, "UPDATE"): ("1 = 1", APPENDED),
    (ENTRIES, "DELETE"): ("1 = 1", APPENDED),
    (CHAINS, "UPDATE"): ("NEW.number <= OLD.number", ENDS),
    (CHAINS, "DELETE"): ("1 = 1", ENDS),
}
TEXTS = {"name": 50, "office": 200, "subject_kind": 40, "subject_title": 200}
NEW = {*TEXTS, "chain", "number", "previous_digest", "digest"}
INDEXES = ("action", "name", "subject", "subject_kind", "subject_title")
KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def name_of(table: str, verb: str) -> str:
    return f"{table}_no_{verb.lower()}"


def guard(table: str, verb: str, condition: str, message: str) -> None:
    name = name_of(table, verb)
    if op.get_bind().dialect.name == "sqlite":
        op.execute(
            f"CREATE TRIGGER {name} BEFORE {verb} ON {table} WHEN {condition} "
            f"BEGIN SELECT RAISE(ABORT, '{message}'); END"
        )
        return
    op.execute(
        f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{message}'; END $$"
    )
    op.execute(
        f"CREATE TRIGGER {name} BEFORE {verb} ON {table} FOR EACH ROW WHEN ({condition}) "
        f"EXECUTE FUNCTION {name}()"
    )


def unguard(table: str, verb: str) -> None:
    where = "" if op.get_bind().dialect.name == "sqlite" else f" ON {table}"
    op.execute(f"DROP TRIGGER {name_of(table, verb)}{where}")


def upgrade() -> None:
    for verb in ("UPDATE", "DELETE"):
        unguard(ENTRIES, verb)
    op.create_table(
        CHAINS,
        sa.Column("number", KEY, nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=True),
        sa.Column("seal", sa.String(length=64), nullable=False),
        sa.Column("id", KEY, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_chains")),
    )
    with op.batch_alter_table(ENTRIES) as table:
        for name, length in TEXTS.items():
            table.add_column(sa.Column(name, sa.String(length=length), server_default="", nullable=False))
        table.add_column(sa.Column("chain", sa.Integer(), server_default="0", nullable=False))
        table.add_column(sa.Column("number", KEY, server_default="0", nullable=False))
        table.add_column(sa.Column("previous_digest", sa.String(length=64), nullable=True))
        table.add_column(sa.Column("digest", sa.String(length=64), server_default="", nullable=False))
        table.drop_index("ix_audit_entries_at")
        table.drop_index("ix_audit_entries_institution_id")
    chain()
    with op.batch_alter_table(ENTRIES) as table:
        for name, length in (TEXTS | {"digest": 64}).items():
            table.alter_column(name, existing_type=sa.String(length=length), server_default=None)
        table.alter_column("chain", existing_type=sa.Integer(), server_default=None)
        table.alter_column("number", existing_type=KEY, server_default=None)
        table.create_unique_constraint(op.f("uq_audit_entries_chain_number"), ["chain", "number"])
        table.create_index("ix_audit_entries_at_id", ["at", "id"])
        for name in INDEXES:
            table.create_index(f"ix_audit_entries_{name}_at_id", [name, "at", "id"])
    for (table, verb), (condition, message) in GUARDS.items():
        guard(table, verb, condition, message)
    if op.get_bind().dialect.name == "postgresql":
        for table in (ENTRIES, CHAINS):
            op.execute(
                f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
                f"EXECUTE FUNCTION {table}_no_delete()"
            )


def chain() -> None:
    """Put the entries of before into the chains of their accounts, with names, and seal the ends."""
    connection = op.get_bind()
    entries, users = old_entries(), sa.table("users", sa.column("id"), sa.column("name"))
    given = [column for column in entries.c if column.name not in NEW]
    row_of = sa.select(*given, users.c.name).outerjoin(users, users.c.id == entries.c.user_id)
    change = entries.update().where(entries.c.id == sa.bindparam("key"))
    ends = {chain: (0, None) for chain in range(NUMBER_OF_CHAINS)}
    for key in connection.scalars(sa.select(entries.c.id).order_by(entries.c.id)).all():
        row = connection.execute(row_of.where(entries.c.id == key)).one()
        chain = (row.user_id or 0) % NUMBER_OF_CHAINS
        number, previous = ends[chain]
        number += 1
        digest = digest_of(facts(chain, number, row), previous)
        ends[chain] = number, digest
        values = {"chain": chain, "number": number, "name": row.name or "", "previous_digest": previous}
        connection.execute(change.values(**values, digest=digest), {"key": key})
    table = sa.table(CHAINS, *map(sa.column, ("id", "number", "digest", "seal")))
    for chain, (number, digest) in ends.items():
        seal = blind_index(f"{chain} {number} {digest or ''}", f"{CHAINS}.seal")
        connection.execute(table.insert().values(id=chain, number=number, digest=digest, seal=seal))


def old_entries() -> sa.TableClause:
    return sa.table(
        ENTRIES,
        *map(sa.column, ("id", "action", "user_id", "institution_id", "address", "name")),
        *map(sa.column, ("chain", "number", "previous_digest", "digest")),
        sa.column("uuid", sa.Uuid()),
        sa.column("at", UtcDateTime()),
        sa.column("subject", sa.Uuid()),
        sa.column("detail", sa.JSON()),
    )


def facts(chain: int, number: int, row: sa.Row) -> dict[str, object]:
    """What the digest of an entry covers."""
    return {
        "chain": chain,
        "number": number,
        "uuid": str(row.uuid),
        "at": row.at.isoformat(),
        "action": row.action,
        "by": [row.user_id, row.name or "", "", row.institution_id],
        "about": [str(row.subject) if row.subject else None, "", ""],
        "address": row.address,
        "detail": row.detail,
    }


def downgrade() -> None:
    raise NotImplementedError("entries without their chain prove nothing; restore a backup instead")
