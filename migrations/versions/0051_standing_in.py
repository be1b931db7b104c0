"""a colleague stands in for one session"""

import sqlalchemy as sa
from alembic import op

revision = "0051"
down_revision = "0050"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("membership") as table:
        table.add_column(sa.Column("only_session_id", sa.Uuid(), nullable=True))
        table.create_foreign_key(
            "fk_membership_only_session_id_group_session", "group_session", ["only_session_id"],
            ["id"], ondelete="CASCADE",
        )  # fmt: skip
        table.create_index("ix_membership_only_session_id", ["only_session_id"])


def downgrade() -> None:
    with op.batch_alter_table("membership") as table:
        table.drop_index("ix_membership_only_session_id")
        table.drop_constraint("fk_membership_only_session_id_group_session", type_="foreignkey")
        table.drop_column("only_session_id")
