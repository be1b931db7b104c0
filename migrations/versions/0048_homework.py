"""homework: what was given to whom before which group, and who told that it's done"""

import sqlalchemy as sa
from alembic import op

revision = "0048"
down_revision = "0046"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "homework",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("given_id", sa.Uuid(), nullable=False),
        sa.Column("patient_id", sa.Uuid(), nullable=False),
        sa.Column("group_session_id", sa.Uuid(), nullable=False),
        sa.Column("given_in_id", sa.Uuid(), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=True),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("is_over", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("is_told", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_homework"),
        sa.UniqueConstraint("given_id", "patient_id", name="uq_homework_given_id_patient_id"),
        sa.ForeignKeyConstraint(
            ["patient_id"], ["person.id"], ondelete="CASCADE",
            name="fk_homework_patient_id_person",
        ),
        sa.ForeignKeyConstraint(
            ["group_session_id"], ["group_session.id"], ondelete="CASCADE",
            name="fk_homework_group_session_id_group_session",
        ),
        sa.ForeignKeyConstraint(
            ["given_in_id"], ["group_session.id"], ondelete="CASCADE",
            name="fk_homework_given_in_id_group_session",
        ),
        sa.ForeignKeyConstraint(
            ["by_id"], ["person.id"], ondelete="SET NULL", name="fk_homework_by_id_person"
        ),
    )  # fmt: skip
    for columns in (["patient_id", "is_over"], ["group_session_id"], ["given_in_id"]):
        op.create_index(f"ix_homework_{'_'.join(columns)}", "homework", columns)


def downgrade() -> None:
    op.drop_table("homework")
