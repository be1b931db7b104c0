"""which quarters aren't shown any more, and how many messages push services accepted"""

import sqlalchemy as sa
from alembic import op

revision = "0072"
down_revision = "0070"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "thinned",
        sa.Column("quarter", sa.String(8), nullable=False),
        sa.Column("point", sa.String(16), nullable=False),
        sa.PrimaryKeyConstraint("quarter", "point", name="pk_thinned"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "accepted",
        sa.Column("quarter", sa.String(8), nullable=False),
        sa.Column("messages", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("quarter", name="pk_accepted"),
    )


def downgrade() -> None:
    op.drop_table("accepted")
    op.drop_table("thinned")
