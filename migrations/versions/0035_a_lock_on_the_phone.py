"""a phone's own lock: its PIN, when it is asked for, wrong tries; and as of which lock it was hidden"""

import sqlalchemy as sa
from alembic import op

revision = "0035"
down_revision = "0032"
branch_labels = None
depends_on = None

COUNTS = ("hidden_as", "pin_after", "pin_tries")


def upgrade() -> None:
    with op.batch_alter_table("sign_in") as table:
        table.add_column(sa.Column("pin_hash", sa.String(255), nullable=True))
        for name in COUNTS:
            table.add_column(sa.Column(name, sa.Integer(), nullable=False, server_default="0"))
    # Until now whatever raised the count was Hide.
    op.execute("UPDATE sign_in SET hidden_as = locks")


def downgrade() -> None:
    with op.batch_alter_table("sign_in") as table:
        for name in ("pin_hash", *COUNTS):
            table.drop_column(name)
