"""a clinical supervisor of a group, and who lets one open what was shared before"""

import sqlalchemy as sa
from alembic import op

revision = "0064"
down_revision = "0062"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("membership") as table:
        table.add_column(
            sa.Column("supervises", sa.Boolean(), nullable=False, server_default=sa.false())
        )
    op.create_table(
        "supervisor_answer",
        sa.Column("membership_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("opens_earlier", sa.Boolean(), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("membership_id", "person_id", name="pk_supervisor_answer"),
        sa.ForeignKeyConstraint(
            ["membership_id"], ["membership.id"], ondelete="CASCADE",
            name="fk_supervisor_answer_membership_id_membership",
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], ondelete="CASCADE",
            name="fk_supervisor_answer_person_id_person",
        ),
    )  # fmt: skip
    op.create_index("ix_supervisor_answer_person_id", "supervisor_answer", ["person_id"])


def downgrade() -> None:
    op.drop_table("supervisor_answer")
    # An older release would take them for who runs the group.
    op.execute("UPDATE membership SET until_at = from_at WHERE supervises AND until_at IS NULL")
    with op.batch_alter_table("membership") as table:
        table.drop_column("supervises")
