"""when a questionnaire was put in use, and when it was retired"""

import sqlalchemy as sa
from alembic import op

revision = "0068"
down_revision = "0067"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for name in ("used_at", "retired_at"):
        op.add_column("instrument", sa.Column(name, sa.DateTime(timezone=True), nullable=True))
    # What was imported until now could be answered at once.
    op.execute("UPDATE instrument SET used_at = imported_at")


def downgrade() -> None:
    op.execute("DELETE FROM instrument WHERE used_at IS NULL")
    op.execute(
        "UPDATE instrument SET replaced_at = retired_at "
        "WHERE replaced_at IS NULL AND retired_at IS NOT NULL"
    )
    for name in ("used_at", "retired_at"):
        op.drop_column("instrument", name)
