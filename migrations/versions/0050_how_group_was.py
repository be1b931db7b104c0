"""how group was: who rated a session, and what all ratings of a group add up to"""

import sqlalchemy as sa
from alembic import op

revision = "0050"
down_revision = "0049"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "rated",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("group_session_id", sa.Uuid(), nullable=False),
        sa.Column("is_waiting", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("person_id", "group_session_id", name="pk_rated"),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], ondelete="CASCADE", name="fk_rated_person_id_person"
        ),
        sa.ForeignKeyConstraint(
            ["group_session_id"], ["group_session.id"], ondelete="CASCADE",
            name="fk_rated_group_session_id_group_session",
        ),
        sqlite_with_rowid=False,
    )  # fmt: skip
    op.create_index("ix_rated_group_session_id", "rated", ["group_session_id"])
    op.create_table(
        "rating_sum",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("group_id", sa.Uuid(), nullable=False),
        sa.Column("is_shown", sa.Boolean(), nullable=False),
        sa.Column("said", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_rating_sum"),
        sa.ForeignKeyConstraint(
            ["group_id"], ["group.id"], ondelete="CASCADE", name="fk_rating_sum_group_id_group"
        ),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_rating_sum_group_id", "rating_sum", ["group_id"])
    op.create_index(
        "uq_rating_sum_waiting", "rating_sum", ["group_id"], unique=True,
        sqlite_where=sa.text("NOT is_shown"), postgresql_where=sa.text("NOT is_shown"),
    )  # fmt: skip


def downgrade() -> None:
    op.drop_table("rating_sum")
    op.drop_table("rated")
