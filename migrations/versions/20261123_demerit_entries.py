"""demerits: drafts, and records that nobody can change"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INDEXES = (
    ("institution_id", "recorded_on", "id"),
    ("scorer_id", "recorded_on", "id"),
    ("person_id", "conduct_on"),
    ("district", "recorded_on", "id"),
)
FROZEN = "a submitted demerit is frozen"


def guard(verb: str) -> None:
    name = f"demerits_no_{verb.lower()}"
    if op.get_bind().dialect.name == "sqlite":
        op.execute(
            f"CREATE TRIGGER {name} BEFORE {verb} ON demerits WHEN OLD.submitted_at IS NOT NULL "
            f"BEGIN SELECT RAISE(ABORT, '{FROZEN}'); END"
        )
        return
    op.execute(
        f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{FROZEN}'; END $$"
    )
    op.execute(
        f"CREATE TRIGGER {name} BEFORE {verb} ON demerits FOR EACH ROW "
        f"WHEN (OLD.submitted_at IS NOT NULL) EXECUTE FUNCTION {name}()"
    )


def refers(table: str, column: str, target: str, **options: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{target}.id"], name=op.f(f"fk_{table}_{column}"), **options)


def upgrade() -> None:
    op.create_table(
        "demerits",
        sa.Column("institution_id", KEY, nullable=False),
        sa.Column("district", sa.String(length=6), nullable=False),
        sa.Column("revision_id", KEY, nullable=False),
        sa.Column("scorer_id", KEY, nullable=False),
        sa.Column("person_id", KEY, nullable=False),
        sa.Column("rules_slug", sa.String(length=50), nullable=False),
        sa.Column("rules_version", sa.String(length=20), nullable=False),
        sa.Column("items", sa.JSON(), nullable=False),
        # Whole half points.
        sa.Column("points", sa.Integer(), nullable=False),
        sa.Column("conduct_on", sa.Date(), nullable=False),
        sa.Column("recorded_on", sa.Date(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("record", sa.Text(), nullable=True),
        sa.Column("digest", sa.String(length=64), nullable=True),
        sa.Column("previous_digest", sa.String(length=64), nullable=True),
        sa.Column("chain_number", sa.Integer(), nullable=True),
        sa.Column("uuid", sa.Uuid(), nullable=False),
        sa.Column("id", KEY, nullable=False),
        sa.CheckConstraint(
            "(submitted_at IS NULL) = (record IS NULL)", name=op.f("ck_demerits_frozen_when_submitted")
        ),
        sa.CheckConstraint(
            "(submitted_at IS NULL) = (digest IS NULL)", name=op.f("ck_demerits_digest_when_submitted")
        ),
        sa.CheckConstraint("points > 0", name=op.f("ck_demerits_points")),
        refers("demerits", "institution_id", "institutions"),
        refers("demerits", "revision_id", "institution_revisions"),
        refers("demerits", "scorer_id", "users"),
        refers("demerits", "person_id", "medical_persons"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_demerits")),
        sa.UniqueConstraint(
            "institution_id", "chain_number", name=op.f("uq_demerits_institution_id_chain_number")
        ),
        sa.UniqueConstraint("uuid", name=op.f("uq_demerits_uuid")),
    )
    for columns in INDEXES:
        op.create_index(f"ix_demerits_{'_'.join(columns)}", "demerits", list(columns))
    op.create_table(
        "demerit_photos",
        sa.Column("demerit_id", KEY, nullable=False),
        sa.Column("institution_id", KEY, nullable=False),
        sa.Column("attachment_id", KEY, nullable=False),
        sa.Column("id", KEY, nullable=False),
        refers("demerit_photos", "demerit_id", "demerits", ondelete="CASCADE"),
        refers("demerit_photos", "institution_id", "institutions"),
        refers("demerit_photos", "attachment_id", "attachments"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_demerit_photos")),
        sa.UniqueConstraint(
            "demerit_id", "attachment_id", name=op.f("uq_demerit_photos_demerit_id_attachment_id")
        ),
    )
    for verb in ("UPDATE", "DELETE"):
        guard(verb)


def downgrade() -> None:
    op.drop_table("demerit_photos")
    op.drop_table("demerits")
    if op.get_bind().dialect.name != "sqlite":
        for verb in ("update", "delete"):
            op.execute(f"DROP FUNCTION demerits_no_{verb}()")
