"""how to join a meeting and find its door: what feeds say, and its state; an import fills them in"""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

NOTES = ("group_notes", "location_notes", "conference_url_notes", "conference_phone_notes")


def upgrade() -> None:
    for name in NOTES:
        op.add_column(
            "meeting", sa.Column(name, sa.Text(), nullable=False, server_default=sa.text("''"))
        )
    state = sa.Column("state", sa.String(length=64), nullable=False, server_default=sa.text("''"))
    op.add_column("meeting", state)


def downgrade() -> None:
    with op.batch_alter_table("meeting") as batch:
        for name in (*NOTES, "state"):
            batch.drop_column(name)
