"""until when what was said ahead, or told of homework, is seen by staff"""

import sqlalchemy as sa
from alembic import op

revision = "0061"
down_revision = "0057"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for table in ("heads_up", "homework"):
        op.add_column(table, sa.Column("closes_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    for table in ("heads_up", "homework"):
        op.drop_column(table, "closes_at")
