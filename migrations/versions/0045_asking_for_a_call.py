"""somebody who left asks for a call, and who answers"""

import sqlalchemy as sa
from alembic import op

revision = "0045"
down_revision = "0043"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "call_request",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("taken_by_id", sa.Uuid(), nullable=True),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_call_request"),
        sa.UniqueConstraint("person_id", name="uq_call_request_person_id"),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], ondelete="CASCADE",
            name="fk_call_request_person_id_person",
        ),
        sa.ForeignKeyConstraint(
            ["taken_by_id"], ["person.id"], ondelete="SET NULL",
            name="fk_call_request_taken_by_id_person",
        ),
    )  # fmt: skip
    op.create_table(
        "call_answerer",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("person_id", name="pk_call_answerer"),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], ondelete="CASCADE",
            name="fk_call_answerer_person_id_person",
        ),
    )  # fmt: skip
    op.add_column("clinic_settings", sa.Column("call_hours", sa.String(200), nullable=True))


def downgrade() -> None:
    op.drop_column("clinic_settings", "call_hours")
    op.drop_table("call_answerer")
    op.drop_table("call_request")
