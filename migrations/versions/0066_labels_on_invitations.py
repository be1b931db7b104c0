"""what a facilitator notes on an invitation, until it is taken"""

import sqlalchemy as sa
from alembic import op

revision = "0066"
down_revision = "0064"
branch_labels = None
depends_on = None


def upgrade() -> None:
    empty = sa.text("''")
    with op.batch_alter_table("invitation") as batch:
        batch.add_column(
            sa.Column("sealed", sa.LargeBinary(), nullable=False, server_default=empty)
        )
    # For the invitations that are out; each new one says for itself that it holds nothing.
    with op.batch_alter_table("invitation") as batch:
        batch.alter_column("sealed", server_default=None)


def downgrade() -> None:
    op.drop_column("invitation", "sealed")
