"""who did what: acts in a chain, which the database refuses to change or delete

Whoever rebuilds `act` in a later migration (SQLite changes a table by building it anew) makes its
triggers anew too.
"""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

SQLITE = """CREATE TRIGGER act_is_never_{done} BEFORE {what} ON act
BEGIN SELECT RAISE(ABORT, 'an act is never {done}'); END"""
FUNCTION = """CREATE FUNCTION refuse_to_change_acts() RETURNS trigger LANGUAGE plpgsql AS
'BEGIN RAISE EXCEPTION ''an act is never changed or deleted''; END'"""
POSTGRESQL = """CREATE TRIGGER act_is_never_changed BEFORE UPDATE OR DELETE OR TRUNCATE ON act
FOR EACH STATEMENT EXECUTE FUNCTION refuse_to_change_acts()"""


def upgrade() -> None:
    op.create_table(
        "act",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("about_id", sa.Uuid(), nullable=True),
        sa.Column("count", sa.Integer(), nullable=True),
        sa.Column("ids_hash", sa.LargeBinary(32), nullable=True),
        sa.Column("before", sa.LargeBinary(32), nullable=False),
        sa.Column("hash", sa.LargeBinary(32), nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_act"),
    )
    op.create_index("ix_act_person_id_at", "act", ["person_id", "at"])
    op.create_index("ix_act_actor_id_at", "act", ["actor_id", "at"])
    op.create_table(
        "failures",
        sa.Column("quarter_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("quarter_at", name="pk_failures"),
    )
    if op.get_bind().dialect.name == "sqlite":
        op.execute(SQLITE.format(done="changed", what="UPDATE"))
        op.execute(SQLITE.format(done="deleted", what="DELETE"))
    else:
        op.execute(FUNCTION)
        op.execute(POSTGRESQL)


def downgrade() -> None:
    op.drop_table("failures")
    op.drop_table("act")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION refuse_to_change_acts()")
