"""a calendar that rings an hour before: whether one asked for it, and when that last changed"""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    rings = sa.Column("rings", sa.Boolean(), nullable=False, server_default=sa.false())
    op.add_column("calendar_feed", rings)
    op.add_column(
        "calendar_feed", sa.Column("rings_changed_at", sa.DateTime(timezone=True), nullable=True)
    )


def downgrade() -> None:
    with op.batch_alter_table("calendar_feed") as batch:
        batch.drop_column("rings_changed_at")
        batch.drop_column("rings")
