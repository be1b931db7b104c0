"""what was written without a network"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "answer",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("operation_id", sa.Uuid(), nullable=False),
        sa.Column("fingerprint", sa.LargeBinary(length=32), nullable=False),
        sa.Column("outcome", sa.String(length=12), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asks_about", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["asks_about"],
            ["entry.id"],
            name=op.f("fk_answer_asks_about_entry"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["person.id"],
            name=op.f("fk_answer_person_id_person"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("person_id", "operation_id", "fingerprint", name=op.f("pk_answer")),
    )
    op.create_index(op.f("ix_answer_asks_about"), "answer", ["asks_about"])


def downgrade() -> None:
    op.drop_table("answer")
