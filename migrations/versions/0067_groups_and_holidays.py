"""groups that are over for now; holidays of one group"""

import sqlalchemy as sa
from alembic import op

revision = "0067"
down_revision = "0066"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("group", sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True))
    with op.batch_alter_table("holiday") as table:
        table.add_column(sa.Column("group_id", sa.Uuid(), nullable=True))
        table.create_foreign_key(
            "fk_holiday_group_id_group", "group", ["group_id"], ["id"], ondelete="CASCADE"
        )
        table.drop_constraint("uq_holiday_day", type_="unique")
        table.create_index(
            "uq_holiday_day_of_all",
            ["day"],
            unique=True,
            sqlite_where=sa.text("group_id IS NULL"),
            postgresql_where=sa.text("group_id IS NULL"),
        )
        table.create_index("uq_holiday_day_of_group", ["group_id", "day"], unique=True)


def downgrade() -> None:
    op.execute("DELETE FROM holiday WHERE group_id IS NOT NULL")
    with op.batch_alter_table("holiday") as table:
        table.drop_index("uq_holiday_day_of_group")
        table.drop_index("uq_holiday_day_of_all")
        table.create_unique_constraint("uq_holiday_day", ["day"])
        table.drop_constraint("fk_holiday_group_id_group", type_="foreignkey")
        table.drop_column("group_id")
    op.drop_column("group", "archived_at")
