"""what a facilitator notes on an invitation, until it is taken"""

import sqlalchemy as sa
from alembic import op

revision = "0066"
down_revision = "0064"
branch_labels = None
depends_on = None


def upgrade() -> None:
    empty = sa.text("''")
    op.add_column(
        "invitation", sa.Column("sealed", sa.LargeBinary(), nullable=False, server_default=empty)
    )


def downgrade() -> None:
    op.drop_column("invitation", "sealed")
