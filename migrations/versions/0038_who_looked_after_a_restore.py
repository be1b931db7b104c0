"""when an administrator had looked at whom a restore let in again"""

import sqlalchemy as sa
from alembic import op

revision = "0038"
down_revision = "0044"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("restoration") as table:
        table.add_column(sa.Column("looked_at", sa.DateTime(timezone=True), nullable=True))
    # Nobody was asked to look after those before: they are over.
    op.execute("UPDATE restoration SET looked_at = restored_at")


def downgrade() -> None:
    with op.batch_alter_table("restoration") as table:
        table.drop_column("looked_at")
