"""what a patient lets be seen over time, until it is stopped"""

import sqlalchemy as sa
from alembic import op

revision = "0055"
down_revision = "0052"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "course",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=False),
        sa.Column("group_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(24), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_course"),
        sa.ForeignKeyConstraint(
            ["author_id"], ["person.id"], ondelete="CASCADE", name="fk_course_author_id_person"
        ),
        sa.ForeignKeyConstraint(
            ["group_id"], ["group.id"], ondelete="CASCADE", name="fk_course_group_id_group"
        ),
    )
    op.create_index("ix_course_group_id_ended_at", "course", ["group_id", "ended_at"])
    op.create_index(
        "uq_course_open", "course", ["author_id", "group_id"], unique=True,
        sqlite_where=sa.text("ended_at IS NULL"), postgresql_where=sa.text("ended_at IS NULL"),
    )  # fmt: skip


def downgrade() -> None:
    op.drop_table("course")
