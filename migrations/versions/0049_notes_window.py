"""until when facilitators write their notes, kept on each share"""

import sqlalchemy as sa
from alembic import op

revision = "0049"
down_revision = "0047"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # A share that was made before keeps the two hours that its author was told.
    op.add_column("share", sa.Column("closes_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column(
        "clinic_settings",
        sa.Column("notes_until", sa.String(5), nullable=False, server_default="12:00"),
    )


def downgrade() -> None:
    op.drop_column("clinic_settings", "notes_until")
    op.drop_column("share", "closes_at")
