"""petitions against demerits: reversals and objections, frozen once decided"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TABLE = "petitions"
WAITING = sa.text("decided_at IS NULL")
GUARDS = {"update": "OLD.decided_at IS NOT NULL", "delete": "OLD.id IS NOT NULL"}
FROZEN = "a decided petition is frozen"


def guard(verb: str, condition: str) -> None:
    name = f"{TABLE}_no_{verb}"
    if op.get_bind().dialect.name == "sqlite":
        op.execute(
            f"CREATE TRIGGER {name} BEFORE {verb.upper()} ON {TABLE} WHEN {condition} "
            f"BEGIN SELECT RAISE(ABORT, '{FROZEN}'); END"
        )
        return
    op.execute(
        f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{FROZEN}'; END $$"
    )
    op.execute(
        f"CREATE TRIGGER {name} BEFORE {verb.upper()} ON {TABLE} FOR EACH ROW "
        f"WHEN ({condition}) EXECUTE FUNCTION {name}()"
    )


def refers(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{target}.id"], name=op.f(f"fk_{table}_{column}"))


def upgrade() -> None:
    op.create_table(
        TABLE,
        sa.Column("institution_id", KEY, nullable=False),
        sa.Column("district", sa.String(length=6), nullable=False),
        sa.Column("demerit_id", KEY, nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("filed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("filed_by_id", KEY, nullable=False),
        sa.Column("deadline", sa.Date(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by_id", KEY, nullable=True),
        sa.Column("outcome", sa.String(length=12), nullable=True),
        sa.Column("reply", sa.Text(), nullable=True),
        # Whole half points.
        sa.Column("points_off", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=True),
        sa.Column("uuid", sa.Uuid(), nullable=False),
        sa.Column("id", KEY, nullable=False),
        sa.CheckConstraint("kind IN ('reversal', 'objection')", name=op.f("ck_petitions_kind")),
        sa.CheckConstraint("outcome IN ('upheld', 'partly', 'rejected')", name=op.f("ck_petitions_outcome")),
        sa.CheckConstraint(
            "(decided_at IS NULL) = (outcome IS NULL)", name=op.f("ck_petitions_outcome_when_decided")
        ),
        sa.CheckConstraint(
            "(decided_at IS NULL) = (digest IS NULL)", name=op.f("ck_petitions_digest_when_decided")
        ),
        sa.CheckConstraint("points_off >= 0", name=op.f("ck_petitions_points_off")),
        refers(TABLE, "institution_id", "institutions"),
        refers(TABLE, "demerit_id", "demerits"),
        refers(TABLE, "filed_by_id", "users"),
        refers(TABLE, "decided_by_id", "users"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_petitions")),
        sa.UniqueConstraint("uuid", name=op.f("uq_petitions_uuid")),
    )
    where = {"sqlite_where": WAITING, "postgresql_where": WAITING}
    op.create_index("ix_petitions_demerit_id", TABLE, ["demerit_id"])
    op.create_index("ix_petitions_district_id", TABLE, ["district", "id"])
    op.create_index("uq_petitions_waiting", TABLE, ["demerit_id"], unique=True, **where)
    op.create_index("ix_petitions_waiting_district", TABLE, ["district", "id"], **where)
    op.create_table(
        "petition_photos",
        sa.Column("petition_id", KEY, nullable=False),
        sa.Column("institution_id", KEY, nullable=False),
        sa.Column("attachment_id", KEY, nullable=False),
        sa.Column("id", KEY, nullable=False),
        refers("petition_photos", "petition_id", TABLE),
        refers("petition_photos", "institution_id", "institutions"),
        refers("petition_photos", "attachment_id", "attachments"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_petition_photos")),
        sa.UniqueConstraint(
            "petition_id", "attachment_id", name=op.f("uq_petition_photos_petition_id_attachment_id")
        ),
    )
    for verb, condition in GUARDS.items():
        guard(verb, condition)


def downgrade() -> None:
    op.drop_table("petition_photos")
    op.drop_table(TABLE)
    if op.get_bind().dialect.name != "sqlite":
        for verb in GUARDS:
            op.execute(f"DROP FUNCTION {TABLE}_no_{verb}()")
