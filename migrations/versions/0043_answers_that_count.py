"""answers that count, and when somebody was asked"""

import sqlalchemy as sa
from alembic import op

revision = "0043"
down_revision = "0042"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "counted",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("whose", sa.LargeBinary(32), nullable=False),
        sa.Column("answer", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_counted"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_counted_whose", "counted", ["whose"])
    op.create_table(
        "asked",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("point", sa.String(16), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_asked"),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], ondelete="CASCADE", name="fk_asked_person_id_person"
        ),
    )
    op.create_index("ix_asked_person_id_at", "asked", ["person_id", "at"])


def downgrade() -> None:
    op.drop_table("asked")
    op.drop_table("counted")
