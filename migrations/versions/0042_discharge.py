"""discharge: one a membership, and what each of four chairs says of it"""

import sqlalchemy as sa
from alembic import op

revision = "0042"
down_revision = "0038"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "discharge",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("membership_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("removal_id", sa.Uuid(), nullable=True),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_discharge"),
        sa.UniqueConstraint("membership_id", name="uq_discharge_membership_id"),
        sa.ForeignKeyConstraint(
            ["membership_id"], ["membership.id"], ondelete="CASCADE",
            name="fk_discharge_membership_id_membership",
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], ondelete="CASCADE", name="fk_discharge_person_id_person"
        ),
        sa.ForeignKeyConstraint(
            ["removal_id"], ["removal.id"], ondelete="SET NULL",
            name="fk_discharge_removal_id_removal",
        ),
    )  # fmt: skip
    op.create_index("ix_discharge_person_id_seen_at", "discharge", ["person_id", "seen_at"])
    op.create_index("ix_discharge_removal_id", "discharge", ["removal_id"])
    op.create_table(
        "discharge_position",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("discharge_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("chair", sa.String(16), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by_id", sa.Uuid(), nullable=True),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_discharge_position"),
        sa.ForeignKeyConstraint(
            ["discharge_id"], ["discharge.id"], ondelete="CASCADE",
            name="fk_discharge_position_discharge_id_discharge",
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], ondelete="CASCADE",
            name="fk_discharge_position_person_id_person",
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by_id"], ["person.id"], ondelete="SET NULL",
            name="fk_discharge_position_recorded_by_id_person",
        ),
    )  # fmt: skip
    for name in ("discharge_id", "person_id"):
        op.create_index(f"ix_discharge_position_{name}", "discharge_position", [name])


def downgrade() -> None:
    op.drop_table("discharge_position")
    op.drop_table("discharge")
