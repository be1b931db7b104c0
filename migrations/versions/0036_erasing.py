"""erasing an account: the week before, records keys, legal holds, how long records are kept"""

import sqlalchemy as sa
from alembic import op

revision = "0036"
down_revision = "0033"
branch_labels = None
depends_on = None

MOMENTS = ("erase_at", "erased_at", "held_at")


def upgrade() -> None:
    with op.batch_alter_table("person") as table:
        for name in MOMENTS:
            table.add_column(sa.Column(name, sa.DateTime(timezone=True), nullable=True))
    with op.batch_alter_table("clinic_settings") as table:
        table.add_column(sa.Column("years_kept", sa.Integer(), nullable=False, server_default="7"))
    op.create_table(
        "records_key",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("outer_id", sa.String(16), nullable=False),
        sa.Column("wrapped", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("person_id", name="pk_records_key"),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], ondelete="CASCADE",
            name="fk_records_key_person_id_person", deferrable=True, initially="DEFERRED",
        ),
    )  # fmt: skip
    op.create_table(
        "legal_hold",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=False),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by_id", sa.Uuid(), nullable=True),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_legal_hold"),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], ondelete="CASCADE", name="fk_legal_hold_person_id_person"
        ),
        sa.ForeignKeyConstraint(
            ["by_id"], ["person.id"], ondelete="RESTRICT", name="fk_legal_hold_by_id_person"
        ),
        sa.ForeignKeyConstraint(
            ["ended_by_id"], ["person.id"], ondelete="SET NULL",
            name="fk_legal_hold_ended_by_id_person",
        ),
    )  # fmt: skip
    op.create_index("ix_legal_hold_person_id", "legal_hold", ["person_id"])


def downgrade() -> None:
    op.drop_table("legal_hold")
    op.drop_table("records_key")
    with op.batch_alter_table("clinic_settings") as table:
        table.drop_column("years_kept")
    with op.batch_alter_table("person") as table:
        for name in MOMENTS:
            table.drop_column(name)
